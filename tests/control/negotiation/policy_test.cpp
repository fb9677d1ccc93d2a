#include "control/negotiation/policy.h"

#include <gtest/gtest.h>

namespace control {
namespace {

TEST(PolicyOf, ReadsCodecNamesAndNotesBadOnes) {
  OfferFlags flags;
  flags.codecs.mask = {"all"};
  flags.codecs.consume = {"G729"};
  flags.codecs.transcode = {"opus/48000/2/24000", "PCMU/x"};
  flags.always_transcode = true;
  std::vector<std::string> notes;
  const auto policy = policy_of(flags, &notes);
  ASSERT_EQ(policy.codecs.mask.size(), 2U);
  EXPECT_EQ(policy.codecs.mask[1].encoding, "G729");
  ASSERT_EQ(policy.codecs.transcode.size(), 1U);
  EXPECT_EQ(policy.codecs.transcode[0].bit_rate, 24000);
  ASSERT_EQ(policy.codecs.accept.size(), 1U);
  EXPECT_TRUE(policy.codecs.accept[0].is_all());
  EXPECT_EQ(notes, std::vector<std::string>{"codec name \"PCMU/x\" cannot be read"});
}

TEST(PolicyOf, SourceAddressOnlyIfAsked) {
  OfferFlags flags;
  flags.received_from = base::IpAddress::v4(203, 0, 113, 9);
  EXPECT_EQ(policy_of(flags).source_address, std::nullopt);
  flags.sip_source_address = true;
  EXPECT_EQ(policy_of(flags).source_address, flags.received_from);
}

TEST(PolicyOf, TheRtcpAttributeMayBeLeftOut) {
  OfferFlags flags;
  EXPECT_EQ(policy_of(flags).rtcp_attribute, RtcpAttribute::kShort);
  flags.no_rtcp_attribute = true;
  EXPECT_EQ(policy_of(flags).rtcp_attribute, RtcpAttribute::kNone);
}

TEST(CodecPolicy, SettingABitRateIsNoChoiceOfCodecs) {
  OfferFlags flags;
  flags.codecs.set = {"opus/48000/2/16000"};
  EXPECT_TRUE(policy_of(flags).codecs.empty());
}

}  // namespace
}  // namespace control
