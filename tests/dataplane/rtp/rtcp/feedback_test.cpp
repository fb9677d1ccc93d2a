#include "dataplane/rtp/rtcp/feedback.h"

#include <gtest/gtest.h>

#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp::rtcp {
namespace {

TEST(Feedback, ReadsNackAndPictureLoss) {
  const auto octets = test::from_hex("81cd0003 00000001 00000002 00640003  81ce0002 00000001 00000002");
  auto it = Compound::parse(octets)->begin();
  const auto nack = parse_feedback(*it);
  ASSERT_TRUE(nack);
  EXPECT_EQ(nack->type, PacketType::kTransportFeedback);
  EXPECT_EQ(nack->format, kNack);
  EXPECT_EQ(nack->sender, 1u);
  EXPECT_EQ(nack->media, 2u);
  EXPECT_EQ(nack->fci.size(), 4u);
  ++it;
  const auto pli = parse_feedback(*it);
  ASSERT_TRUE(pli);
  EXPECT_EQ(pli->type, PacketType::kPayloadFeedback);
  EXPECT_EQ(pli->format, kPictureLoss);
  EXPECT_TRUE(pli->fci.empty());
}

TEST(Feedback, TooShortOrAnotherType) {
  const auto body = test::from_hex("00000001 000000");
  EXPECT_FALSE(parse_feedback({PacketType::kPayloadFeedback, 1, body}));
  EXPECT_FALSE(parse_feedback({PacketType::kBye, 1, test::from_hex("0000000100000002")}));
}

}  // namespace
}  // namespace dataplane::rtp::rtcp
