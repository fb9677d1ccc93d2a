#include "dataplane/rtp/rtcp/reporter.h"

#include <gtest/gtest.h>

#include <vector>

#include "dataplane/rtp/rtcp/bye.h"
#include "dataplane/rtp/rtcp/ntp.h"
#include "dataplane/rtp/rtcp/receiver_report.h"
#include "dataplane/rtp/rtcp/sender_report.h"
#include "dataplane/rtp/rtcp/source_description.h"
#include "dataplane/rtp/rtcp/writer.h"
#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp::rtcp {
namespace {

using namespace std::chrono_literals;

Source heard(std::uint32_t ssrc) {
  Source source(ssrc, 100, base::ClockRate{8000}, 1);
  for (std::uint16_t s = 100; s < 200; ++s) {
    if (s % 10 != 5) source.receive(s, 160);
  }
  return source;
}

Moment at(base::Duration d) {
  return {base::Instant{d}, base::WallTime{1700000000s + d}, 4711};
}

class Reporting : public testing::Test {
 protected:
  Reporter us{0xAAAA, "media@example"};
  Reporter them{0xBBBB, "phone@example"};
  std::vector<std::byte> buffer = std::vector<std::byte>(kLongestReport);
};

TEST_F(Reporting, SenderReportWithWhatWasReceived) {
  Source source = heard(0xBBBB);
  us.count_sent(160);
  us.count_sent(160);
  const Reception reception{&source, source.end_interval()};
  const auto compound = Compound::parse(us.report(buffer, at(10s), {&reception, 1}), Framing::kFull);
  ASSERT_TRUE(compound);
  auto it = compound->begin();
  const auto sr = parse_sender_report(*it);
  ASSERT_TRUE(sr);
  EXPECT_EQ(sr->ssrc, 0xAAAAu);
  EXPECT_EQ(sr->ntp, to_ntp(at(10s).wall));
  EXPECT_EQ(sr->rtp_timestamp, 4711u);
  EXPECT_EQ(sr->packets, 2u);
  EXPECT_EQ(sr->octets, 320u);
  const auto block = read_report_block(sr->blocks.data());
  EXPECT_EQ(block.ssrc, 0xBBBBu);
  EXPECT_EQ(block.cumulative_lost, 10);
  EXPECT_EQ(block.fraction_lost, 25) << "10 of 100, in 1/256";
  EXPECT_EQ(block.extended_highest, 199u);
  EXPECT_EQ(block.last_sr, 0u) << "they have sent no SR yet";
  ++it;
  EXPECT_EQ(cname_of(*it, 0xAAAA), "media@example");
  ++it;
  EXPECT_EQ(it, compound->end());
}

TEST_F(Reporting, ReceiverReportWhenNothingWasSent) {
  auto first = Compound::parse(us.report(buffer, at(0s), {}));
  EXPECT_TRUE(parse_receiver_report(*first->begin()));
  us.count_sent(160);
  first = Compound::parse(us.report(buffer, at(5s), {}));
  EXPECT_TRUE(parse_sender_report(*first->begin()));
  first = Compound::parse(us.report(buffer, at(10s), {}));
  EXPECT_TRUE(parse_receiver_report(*first->begin())) << "silent since";
}

TEST_F(Reporting, RoundTripBothWays) {
  // Our SR takes 30 ms, they keep it for 2 s, their report takes 20 ms.
  us.count_sent(160);
  const auto ours = us.report(buffer, at(10s), {});
  them.hear(*Compound::parse(ours), base::Instant{10030ms});

  Source our_stream = heard(0xAAAA);
  const Reception reception{&our_stream, our_stream.end_interval()};
  std::vector<std::byte> answer(kLongestReport);
  const auto theirs = them.report(answer, at(12030ms), {&reception, 1});
  EXPECT_FALSE(us.heard_reports());
  EXPECT_EQ(us.about(0xAAAA), nullptr);
  us.hear(*Compound::parse(theirs), base::Instant{12050ms});
  EXPECT_TRUE(us.heard_reports());
  const auto* far = us.about(0xAAAA);
  ASSERT_NE(far, nullptr);
  EXPECT_EQ(far->fraction_lost, 25);
  ASSERT_TRUE(far->round_trip);
  EXPECT_NEAR(static_cast<double>(far->round_trip->count()), 50e6, 20e3) << "DLSR counts in 15 us";
}

TEST_F(Reporting, RoundTripOfARelayedStream) {
  // A third party's SR passes through us to them; they report about it.
  Reporter origin{0xCCCC, "origin"};
  origin.count_sent(1);
  const auto relayed = origin.report(buffer, at(10s), {});
  us.relay(*Compound::parse(relayed), base::Instant{10s});
  them.hear(*Compound::parse(relayed), base::Instant{10040ms});
  Source stream = heard(0xCCCC);
  const Reception reception{&stream, {}};
  std::vector<std::byte> answer(kLongestReport);
  us.hear(*Compound::parse(them.report(answer, at(11s), {&reception, 1})), base::Instant{11040ms});
  ASSERT_NE(us.about(0xCCCC), nullptr);
  EXPECT_NEAR(static_cast<double>(us.about(0xCCCC)->round_trip->count()), 80e6, 20e3);
}

TEST_F(Reporting, SaysGoodbye) {
  const auto octets = us.goodbye(buffer, at(1s), {});
  const auto compound = Compound::parse(octets, Framing::kFull);
  ASSERT_TRUE(compound);
  bool bye = false;
  for (const Packet packet : *compound)
    bye = bye || (parse_bye(packet) && parse_bye(packet)->source(0) == 0xAAAA);
  EXPECT_TRUE(bye);
  EXPECT_TRUE(them.hear(*compound, base::Instant{1s}));
  EXPECT_FALSE(them.hear(*Compound::parse(us.report(buffer, at(2s), {})), base::Instant{2s}));
}

TEST_F(Reporting, ABufferTooSmallIsNoReport) {
  EXPECT_TRUE(us.report(base::MutableOctets{buffer}.first(20), at(0s), {}).empty());
  EXPECT_TRUE(us.goodbye(base::MutableOctets{buffer}.first(39), at(0s), {}).empty());
}

TEST_F(Reporting, ManySourcesDoNotGrowIt) {
  for (std::uint32_t ssrc = 1; ssrc < 100; ++ssrc) {
    Reporter other{ssrc, "x"};
    other.count_sent(1);
    Source stream = heard(ssrc);
    const Reception reception{&stream, {}};
    us.hear(*Compound::parse(other.report(buffer, at(1s), {&reception, 1})), base::Instant{1s});
  }
  EXPECT_NE(us.about(99), nullptr);
  EXPECT_EQ(us.about(1), nullptr);
}

TEST_F(Reporting, HearsTheHostileCapture) {
  for (const auto& packet : test::read_packets("asterisk-hostile-rtcp.txt")) {
    EXPECT_FALSE(
        us.hear(*Compound::parse(packet.octets), base::Instant{std::chrono::microseconds{packet.us + 1}}));
  }
  ASSERT_NE(us.about(0x197f4b44), nullptr);
  EXPECT_FALSE(us.about(0x197f4b44)->round_trip) << "it names no SR of ours";
}

}  // namespace
}  // namespace dataplane::rtp::rtcp
