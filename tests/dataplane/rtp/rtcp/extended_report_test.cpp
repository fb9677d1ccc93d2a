#include "dataplane/rtp/rtcp/extended_report.h"

#include <gtest/gtest.h>

#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp::rtcp {
namespace {

using test::from_hex;

std::optional<VoipMetrics> find(const std::vector<std::byte>& body) {
  return find_voip_metrics({PacketType::kExtendedReport, 0, body});
}

TEST(ExtendedReport, FindsVoipMetricsBehindOtherBlocks) {
  const auto body = from_hex(
      "00000009"                   // sender
      "04000002 0102030405060708"  // receiver reference time
      "07000008 00000abc 05060708 00640014 00c80028 c4b57f10 5d7f2c2b b000003c 0078 012c");
  const auto metrics = find(body);
  ASSERT_TRUE(metrics);
  EXPECT_EQ(metrics->ssrc, 0xabcu);
  EXPECT_EQ(metrics->loss_rate, 5);
  EXPECT_EQ(metrics->discard_rate, 6);
  EXPECT_EQ(metrics->round_trip_ms, 200);
  EXPECT_EQ(metrics->end_system_ms, 40);
  EXPECT_EQ(metrics->r_factor, 93);
  EXPECT_EQ(metrics->mos_lq_x10, 44);
  EXPECT_EQ(metrics->mos_cq_x10, 43);
}

TEST(ExtendedReport, BrokenOrWithout) {
  EXPECT_FALSE(find(from_hex("000000")));
  EXPECT_FALSE(find(from_hex("00000009")));
  EXPECT_FALSE(find(from_hex("00000009 07000008 00000abc")));
  EXPECT_FALSE(find(from_hex("00000009 07000001 00000abc"))) << "a metrics block of the wrong length";
  EXPECT_FALSE(find(from_hex("00000009 0700")));
}

}  // namespace
}  // namespace dataplane::rtp::rtcp
