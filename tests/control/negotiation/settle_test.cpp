#include "control/negotiation/settle.h"

#include <gtest/gtest.h>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

const PayloadFormat kOpus{111, {"opus", {48000}, 2, ""}};
const PayloadFormat kPcma{8, {"PCMA", {8000}, 1, ""}};
const PayloadFormat kPcmu{0, {"PCMU", {8000}, 1, ""}};
const PayloadFormat kG729{18, {"G729", {8000}, 1, ""}};
const PayloadFormat kIlbc{116, {"iLBC", {8000}, 1, ""}};
const PayloadFormat kNoise{13, {"CN", {8000}, 1, ""}};
const PayloadFormat kEvent{101, {"telephone-event", {8000}, 1, "0-15"}};
const PayloadFormat kFullbandEvent{110, {"telephone-event", {48000}, 1, "0-15"}};

PayloadFormat as(PayloadFormat payload, std::uint8_t number) {
  payload.number = number;
  return payload;
}

/// "8<8 0": the offerer's numbers in the answer, each with its number at the answerer where it is passed
/// through.
std::string answer_text(const SettledFormats& settled) {
  std::string text;
  for (const auto& written : settled.answer) {
    if (!text.empty()) text += ' ';
    text += std::to_string(written.payload.number);
    if (written.source) text += "<" + std::to_string(*written.source);
  }
  return text;
}

struct Row {
  const char* name;
  std::vector<PayloadFormat> offered;
  const char* flags;
  std::vector<PayloadFormat> answered;
  const char* expected;
};

class SettleTable : public ::testing::TestWithParam<Row> {};

TEST_P(SettleTable, Holds) {
  const auto& row = GetParam();
  const auto policy = test::policy_with(row.flags);
  PayloadNumbers numbers;
  const auto list = make_offer_list(row.offered, policy.codecs, numbers);
  EXPECT_EQ(answer_text(settle_formats(row.offered, list, row.answered, {policy.single_codec, {}})),
            row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, SettleTable,
    ::testing::Values(
        Row{"Same", {kPcmu, kPcma, kEvent}, "", {kPcmu, kPcma, kEvent}, "0<0 8<8 101<101"},
        Row{"TheAnswerersOrder", {kPcmu, kPcma}, "", {kPcma, kPcmu}, "8<8 0<0"},
        Row{"Fewer", {kPcmu, kPcma, kEvent}, "", {kPcma}, "8<8"},
        Row{"OtherNumbers", {kOpus, kEvent}, "", {as(kOpus, 96), as(kEvent, 97)}, "111<96 101<97"},
        Row{"UnknownCodecsToo", {kIlbc, kPcmu}, "", {kIlbc}, "116<116"},
        Row{"CommonBeforeTranscoding", {kG729, kPcmu}, "codec-transcode-opus", {kPcmu, as(kOpus, 96)}, "0<0"},
        Row{"NoneCommon",
            {kG729, kPcmu, kEvent},
            "codec-mask-all codec-transcode-opus",
            {as(kOpus, 96), kEvent},
            "18 0 101<101"},
        Row{"NoneCommonSingle",
            {kG729, kPcmu, kEvent},
            "codec-mask-all codec-transcode-opus single-codec",
            {as(kOpus, 96), kEvent},
            "18 101<101"},
        Row{"SingleOfCommon", {kPcmu, kPcma, kEvent}, "single-codec", {kPcma, kPcmu, kEvent}, "8<8 101<101"},
        Row{"AcceptedThoughRefused", {kOpus, kPcmu}, "codec-accept-opus", {kPcmu}, "111 0<0"},
        Row{"StrippedIsNotTaken",
            {kG729, kPcmu},
            "codec-strip-G729 codec-mask-PCMU codec-transcode-opus",
            {as(kOpus, 96)},
            "0"},
        Row{"NoEventsIfTheAnswererHasNone",
            {kPcmu, kEvent},
            "codec-mask-all codec-transcode-opus",
            {as(kOpus, 96)},
            "0"},
        Row{"EventAtTheClockOfTheAudio",
            {kPcmu, kFullbandEvent, kEvent},
            "codec-mask-all codec-transcode-opus",
            {as(kOpus, 96), as(kFullbandEvent, 97)},
            "0 101"},
        Row{"EventAtAnotherClockIfThereIsNoBetter",
            {kPcmu, kFullbandEvent},
            "codec-mask-all codec-transcode-opus",
            {as(kOpus, 96), as(kFullbandEvent, 110)},
            "0 110<110"},
        Row{"ComfortNoiseBesideWhatWeDecode",
            {kPcmu, kNoise},
            "codec-mask-all codec-transcode-opus",
            {as(kOpus, 96)},
            "0 13"},
        Row{"ComfortNoiseNotIfRelayedAndRefused", {kPcmu, kNoise}, "", {kPcmu}, "0<0"},
        Row{"NeverOfferedButWeCan", {kPcmu}, "", {kPcma}, "0"},
        Row{"NeverOfferedAndWeCannot", {kPcmu}, "", {kIlbc}, ""},
        Row{"NothingInCommon", {kIlbc}, "", {kPcmu}, ""}),
    [](const auto& param) { return param.param.name; });

TEST(Settle, ParametersOfThePassedThroughAreTheAnswerers) {
  auto offered = kG729;
  offered.format.fmtp = "annexb=yes";
  auto answered = kG729;
  answered.format.fmtp = "annexb=no";
  PayloadNumbers numbers;
  const auto list = make_offer_list({offered}, {}, numbers);
  const auto settled = settle_formats({offered}, list, {answered}, {});
  ASSERT_EQ(settled.from_offerer.size(), 1U);
  EXPECT_EQ(settled.from_offerer[0].payload.format.fmtp, "annexb=no");
  EXPECT_EQ(settled.from_offerer[0].through, 18);
  EXPECT_EQ(settled.to_offerer[0].payload.format.fmtp, "annexb=yes");
}

TEST(Settle, BitRatesOfBothSides) {
  const auto policy = test::policy_with("codec-mask-all codec-transcode-PCMU codec-set-opus/48000/2/16000");
  PayloadNumbers numbers;
  const auto list = make_offer_list({kOpus}, policy.codecs, numbers);
  const auto settled = settle_formats({kOpus}, list, {kPcmu}, {false, policy.codecs.set});
  EXPECT_EQ(settled.to_offerer.at(0).bit_rate, 16000);
}

}  // namespace
}  // namespace control
