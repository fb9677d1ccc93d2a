#include <gtest/gtest.h>

#include "dataplane/rtp/rtcp/application.h"
#include "dataplane/rtp/rtcp/bye.h"
#include "dataplane/rtp/rtcp/receiver_report.h"
#include "dataplane/rtp/rtcp/sender_report.h"
#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp::rtcp {
namespace {

using test::from_hex;

TEST(SenderReport, ReadsTheHostileCaptureAsTsharkDoes) {
  const auto octets = test::read_packets("asterisk-hostile-rtcp.txt").front().octets;
  auto it = Compound::parse(octets)->begin();
  const auto sr = parse_sender_report(*it);
  ASSERT_TRUE(sr);
  EXPECT_EQ(sr->ssrc, 0x6a1b26d7u);
  EXPECT_EQ(sr->ntp, 0x59f70ad0cd05fc6eu);
  EXPECT_EQ(sr->rtp_timestamp, 19992u);
  EXPECT_EQ(sr->packets, 121u);
  EXPECT_EQ(sr->octets, 19360u);
  ASSERT_EQ(sr->blocks.size(), ReportBlock::kSize);
  const auto block = read_report_block(sr->blocks.data());
  EXPECT_EQ(block.ssrc, 0x197f4b44u);
  EXPECT_EQ(block.extended_highest, 30694u);
  EXPECT_EQ(block.last_sr, 270629464u);
  EXPECT_EQ(block.delay_since_last_sr, 161873u);
  EXPECT_FALSE(parse_receiver_report(*it));

  ++it;
  const auto rr = parse_receiver_report(*it);
  ASSERT_TRUE(rr);
  EXPECT_EQ(rr->ssrc, 0x6a1b26d7u);
  EXPECT_EQ(rr->blocks.size(), ReportBlock::kSize);
}

TEST(SenderReport, FewerBlocksThanAnnouncedIsRefused) {
  std::vector<std::byte> body(24 + 24 + 23);
  EXPECT_FALSE(parse_sender_report({PacketType::kSenderReport, 2, body}));
  EXPECT_TRUE(parse_sender_report({PacketType::kSenderReport, 1, body}))
      << "profile-specific extensions follow";
  EXPECT_FALSE(parse_sender_report({PacketType::kSenderReport, 0, base::Octets{body}.first(23)}));
  EXPECT_FALSE(parse_receiver_report({PacketType::kReceiverReport, 31, body}));
  EXPECT_FALSE(parse_receiver_report({PacketType::kReceiverReport, 0, {}}));
}

TEST(ReportBlock, CumulativeLossHasASign) {
  for (const std::int32_t lost : {0, 1, -1, 0x7FFFFF, -0x800000}) {
    std::byte octets[ReportBlock::kSize];
    write_report_block(octets, {.ssrc = 1, .fraction_lost = 255, .cumulative_lost = lost, .jitter_ticks = 9});
    const auto block = read_report_block(octets);
    EXPECT_EQ(block.cumulative_lost, lost);
    EXPECT_EQ(block.fraction_lost, 255);
    EXPECT_EQ(block.jitter_ticks, 9u);
  }
}

TEST(Bye, SourcesAndReason) {
  const auto octets = from_hex("82cb0005 00000001 00000002 0b 7465616d20647261696e 2e");
  const auto bye = parse_bye(*Compound::parse(octets)->begin());
  ASSERT_TRUE(bye);
  EXPECT_EQ(bye->size(), 2u);
  EXPECT_EQ(bye->source(1), 2u);
  EXPECT_EQ(bye->reason, "team drain.");
}

TEST(Bye, WithoutReasonOrWithALie) {
  const auto body = from_hex("00000001 ff610000");
  EXPECT_EQ(parse_bye({PacketType::kBye, 1, body})->reason, "");
  EXPECT_EQ(parse_bye({PacketType::kBye, 1, base::Octets{body}.first(4)})->reason, "");
  EXPECT_FALSE(parse_bye({PacketType::kBye, 3, body}));
  EXPECT_EQ(parse_bye({PacketType::kBye, 0, {}})->size(), 0u);
}

TEST(Application, NameAndData) {
  const auto body = from_hex("00000001 71746c6b 0102");
  const auto app = parse_application({PacketType::kApplication, 5, body});
  ASSERT_TRUE(app);
  EXPECT_EQ(app->name, "qtlk");
  EXPECT_EQ(app->subtype, 5);
  EXPECT_EQ(app->data.size(), 2u);
  EXPECT_FALSE(parse_application({PacketType::kApplication, 5, base::Octets{body}.first(7)}));
}

}  // namespace
}  // namespace dataplane::rtp::rtcp
