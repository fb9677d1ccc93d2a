#include "control/negotiation/offer_list.h"

#include <gtest/gtest.h>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

using test::policy_with;

const PayloadFormat kOpus{111, {"opus", {48000}, 2, "useinbandfec=1"}};
const PayloadFormat kPcma{8, {"PCMA", {8000}, 1, ""}};
const PayloadFormat kPcmu{0, {"PCMU", {8000}, 1, ""}};
const PayloadFormat kG729{18, {"G729", {8000}, 1, "annexb=no"}};
const PayloadFormat kIlbc{116, {"iLBC", {8000}, 1, "mode=20"}};
const PayloadFormat kNoise{13, {"CN", {8000}, 1, ""}};
const PayloadFormat kEvent{101, {"telephone-event", {8000}, 1, "0-15"}};
const PayloadFormat kFullbandEvent{110, {"telephone-event", {48000}, 1, ""}};

/// "PCMA=8 +opus=96 telephone-event/8000=101": + for what we added; then the uses as letters.
std::string text_of(const OfferList& list) {
  std::string text;
  for (const auto& listed : list.listed) {
    if (!listed.original) text += '+';
    text += listed.payload.format.encoding;
    if (codecs::same_encoding(listed.payload.format, kEvent.format)) text += "/8000";
    if (codecs::same_encoding(listed.payload.format, kFullbandEvent.format)) text += "/48000";
    text += "=" + std::to_string(listed.payload.number) + " ";
  }
  for (const auto use : list.uses) text += "somA"[static_cast<std::size_t>(use)];
  return text;
}

struct Row {
  const char* name;
  std::vector<PayloadFormat> offered;
  const char* flags;
  const char* expected;
};

class OfferListTable : public ::testing::TestWithParam<Row> {};

TEST_P(OfferListTable, Holds) {
  const auto& row = GetParam();
  PayloadNumbers numbers;
  EXPECT_EQ(text_of(make_offer_list(row.offered, policy_with(row.flags).codecs, numbers)), row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, OfferListTable,
    ::testing::Values(
        Row{"NothingAsked",
            {kOpus, kPcma, kNoise, kEvent},
            "",
            "opus=111 PCMA=8 CN=13 telephone-event/8000=101 oooo"},
        Row{"Strip", {kOpus, kPcma, kEvent}, "codec-strip-opus", "PCMA=8 telephone-event/8000=101 soo"},
        Row{"StripWithOtherChannelsStays", {kOpus, kPcma}, "codec-strip-opus/48000/1", "opus=111 PCMA=8 oo"},
        Row{"StripAllExcept",
            {kOpus, kPcma, kPcmu, kEvent},
            "codec-strip-all codec-except-PCMU",
            "PCMU=0 telephone-event/8000=101 ssom"},
        Row{"ExceptKeepsTheOrder",
            {kOpus, kPcma, kPcmu},
            "codec-strip-all codec-except-PCMU codec-except-PCMA",
            "PCMA=8 PCMU=0 soo"},
        Row{"OfferSetsTheOrder",
            {kOpus, kPcma, kPcmu},
            "codec-strip-all codec-offer-PCMU codec-offer-PCMA",
            "PCMU=0 PCMA=8 soo"},
        Row{"OfferAloneMovesToTheFront",
            {kOpus, kPcma, kPcmu},
            "codec-offer-PCMU",
            "PCMU=0 opus=111 PCMA=8 ooo"},
        Row{"StrippingEverythingIsIgnored",
            {kPcma, kEvent},
            "codec-strip-all",
            "PCMA=8 telephone-event/8000=101 oo"},
        Row{"MaskAllRestoresWhatIsThere",
            {kOpus, kPcmu, kEvent},
            "codec-mask-all codec-transcode-PCMU",
            "PCMU=0 telephone-event/8000=101 mom"},
        Row{"MaskAllAddsWhatIsNot",
            {kPcmu, kEvent},
            "codec-mask-all codec-transcode-opus",
            "+opus=96 telephone-event/8000=101 +telephone-event/48000=97 mm"},
        Row{"MaskFullMakesAnInstanceOfOurs",
            {kOpus, kPcmu},
            "codec-mask-full codec-transcode-PCMU",
            "+PCMU=0 mm"},
        Row{"MaskByName", {kOpus, kPcmu}, "codec-mask-opus codec-transcode-PCMU", "PCMU=0 mo"},
        Row{"TranscodeAdds",
            {kPcmu, kPcma, kEvent},
            "codec-transcode-opus",
            "PCMU=0 PCMA=8 +opus=96 telephone-event/8000=101 +telephone-event/48000=97 ooo"},
        Row{"TranscodeTwiceAddsOnce",
            {kPcmu},
            "codec-transcode-opus codec-transcode-opus/48000",
            "PCMU=0 +opus=96 o"},
        Row{"TranscodeOfWhatIsThereChangesNothing",
            {kPcmu, kPcma},
            "codec-transcode-PCMA",
            "PCMU=0 PCMA=8 oo"},
        Row{"BesideOursNothingWeCannotTranscode",
            {kIlbc, kPcmu},
            "codec-transcode-opus",
            "PCMU=0 +opus=96 so"},
        Row{"WhatWeCannotTranscodeIsNotAdded", {kPcmu}, "codec-transcode-AMR", "PCMU=0 o"},
        Row{"AcceptShowsToo", {kOpus, kPcmu}, "codec-accept-opus", "opus=111 PCMU=0 Ao"},
        Row{"AlwaysTranscode",
            {kOpus, kPcmu, kEvent},
            "always-transcode",
            "opus=111 PCMU=0 telephone-event/8000=101 AAo"},
        Row{"FullbandEventNeedsAFullbandCodec",
            {kOpus, kPcmu, kFullbandEvent, kEvent},
            "codec-mask-all codec-transcode-PCMU",
            "PCMU=0 telephone-event/8000=101 momm"},
        Row{"OnlyFullbandEventOffered",
            {kOpus, kPcmu, kFullbandEvent},
            "codec-mask-all codec-transcode-PCMU",
            "PCMU=0 +telephone-event/8000=101 mom"},
        Row{"NoDigitsWithoutADigitSender",
            {kPcmu},
            "codec-mask-all codec-transcode-opus codec-transcode-telephone-event",
            "+opus=96 m"},
        Row{"EventStrippedByName",
            {kPcmu, kEvent},
            "codec-strip-telephone-event codec-transcode-opus",
            "PCMU=0 +opus=96 os"},
        Row{"NumbersDoNotCollide",
            {PayloadFormat{96, kEvent.format}, kPcmu},
            "codec-mask-all codec-transcode-opus",
            "+opus=97 telephone-event/8000=96 +telephone-event/48000=98 mm"}),
    [](const auto& param) { return param.param.name; });

TEST(OfferList, SaysWhatItCouldNotDo) {
  PayloadNumbers numbers;
  EXPECT_EQ(make_offer_list({kPcmu}, policy_with("codec-transcode-AMR").codecs, numbers).notes,
            std::vector<std::string>{"codec AMR cannot be transcoded and is not offered"});
  EXPECT_EQ(make_offer_list({kPcmu}, policy_with("codec-strip-all").codecs, numbers).notes,
            std::vector<std::string>{"the codec flags leave nothing to offer and are ignored"});
}

TEST(OfferList, AddedCodecsHaveTheirOptions) {
  PayloadNumbers numbers;
  const auto list =
      make_offer_list({kPcmu}, policy_with("codec-transcode-opus/48000/2/24000//stereo--0").codecs, numbers);
  ASSERT_EQ(list.listed.size(), 2U);
  EXPECT_EQ(list.listed[1].payload.format.fmtp, "stereo=0");
  EXPECT_EQ(list.listed[1].bit_rate, 24000);
}

TEST(KeepOfferList, ShowsWhatIsInUse) {
  PayloadNumbers numbers;
  const PayloadFormat theirs{96, {"opus", {48000}, 2, ""}};
  EXPECT_EQ(text_of(keep_offer_list({kPcmu, kG729, kEvent}, {theirs, kEvent}, numbers)),
            "+opus=96 telephone-event/8000=101 mmo");
  PayloadNumbers others;
  others.learn(theirs);
  EXPECT_EQ(text_of(keep_offer_list({kPcmu, kOpus}, {theirs}, others)),
            "opus=96 mo");  // it can be relayed now
}

}  // namespace
}  // namespace control
