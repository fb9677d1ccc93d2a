#include "control/negotiation/translation.h"

#include <gtest/gtest.h>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

const codecs::Format kOpus{"opus", {48000}, 2, ""};
const codecs::Format kPcmu{"PCMU", {8000}, 1, ""};
const codecs::Format kPcma{"PCMA", {8000}, 1, ""};
const codecs::Format kG729{"G729", {8000}, 1, ""};
const codecs::Format kG729NoAnnexB{"G729", {8000}, 1, "annexb=no"};
const codecs::Format kIlbc{"iLBC", {8000}, 1, ""};
const codecs::Format kNoise{"CN", {8000}, 1, ""};
const codecs::Format kEvent{"telephone-event", {8000}, 1, "0-15"};
const codecs::Format kFullbandEvent{"telephone-event", {48000}, 1, "0-15"};

IncomingFormat in(std::uint8_t number, const codecs::Format& format,
                  std::optional<std::uint8_t> through = {}) {
  return {{number, format}, through};
}
OutgoingFormat out(std::uint8_t number, const codecs::Format& format) {
  return {{number, format}, 0};
}

struct Row {
  const char* name;
  std::vector<IncomingFormat> incoming;
  std::vector<OutgoingFormat> outgoing;
  FlowWishes wishes;
  const char* expected;
};

class TranslationTable : public ::testing::TestWithParam<Row> {};

TEST_P(TranslationTable, Holds) {
  const auto& row = GetParam();
  EXPECT_EQ(test::text_of(plan_flow(row.incoming, row.outgoing, row.wishes)), row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Flows, TranslationTable,
    ::testing::Values(
        Row{"Relay",
            {in(0, kPcmu), in(101, kEvent)},
            {out(0, kPcmu), out(101, kEvent)},
            {},
            "relay 0>0 101>101 as PCMU 20ms"},
        Row{"OtherNumbers",
            {in(111, kOpus), in(126, kEvent)},
            {out(96, kOpus), out(97, kEvent)},
            {},
            "relay 111>96 126>97 as opus 20ms"},
        Row{"UnknownCodecRelayed", {in(116, kIlbc)}, {out(97, kIlbc)}, {}, "relay 116>97"},
        Row{"UnknownCodecDropped", {in(116, kIlbc)}, {out(0, kPcmu)}, {}, "relay -116 as PCMU 20ms"},
        Row{"Transcode",
            {in(0, kPcmu), in(8, kPcma)},
            {out(96, kOpus)},
            {},
            "translate 0*96 8*96 as opus 20ms"},
        Row{"RelayWhatCanBe",
            {in(8, kPcma), in(0, kPcmu)},
            {out(96, kOpus), out(0, kPcmu)},
            {},
            "translate 8*0 0>0 as PCMU 20ms"},
        Row{"ReceiversOrderDecides",
            {in(96, kOpus)},
            {out(8, kPcma), out(0, kPcmu)},
            {},
            "translate 96*8 as PCMA 20ms"},
        Row{"AnnexBSeenByBoth",
            {in(18, kG729NoAnnexB, 18)},
            {out(18, kG729)},
            {},
            "relay 18>18 as G729 20ms"},
        Row{"AnnexBNotSeen", {in(18, kG729)}, {out(18, kG729NoAnnexB)}, {}, "translate 18*18 as G729 20ms"},
        Row{"EventToTheClockOfTheAudio",
            {in(0, kPcmu), in(101, kEvent)},
            {out(96, kOpus), out(97, kFullbandEvent), out(101, kEvent)},
            {},
            "translate 0*96 101@97/48000 as opus 20ms"},
        Row{"EventStaysIfThatIsAllThereIs",
            {in(0, kPcmu), in(101, kEvent)},
            {out(96, kOpus), out(101, kEvent)},
            {},
            "translate 0*96 101>101 as opus 20ms"},
        Row{"EventDropped",
            {in(0, kPcmu), in(101, kEvent)},
            {out(0, kPcmu)},
            {},
            "relay 0>0 -101 as PCMU 20ms"},
        Row{"OnlyTheEventDiffers",
            {in(111, kOpus), in(126, kEvent)},
            {out(111, kOpus), out(110, kFullbandEvent)},
            {},
            "translate 111>111 126@110/48000 as opus 20ms"},
        Row{"NoiseRelayed",
            {in(0, kPcmu), in(13, kNoise)},
            {out(0, kPcmu), out(13, kNoise)},
            {},
            "relay 0>0 13>13 as PCMU 20ms"},
        Row{"NoiseIntoSound",
            {in(0, kPcmu), in(13, kNoise)},
            {out(96, kOpus)},
            {},
            "translate 0*96 13~0 as opus 20ms"},
        Row{"NoiseToAnotherCodec",
            {in(0, kPcmu), in(13, kNoise)},
            {out(8, kPcma), out(13, kNoise)},
            {},
            "translate 0*8 13~13 as PCMA 20ms"},
        Row{"NoiseDropped",
            {in(0, kPcmu), in(13, kNoise)},
            {out(0, kPcmu)},
            {},
            "relay 0>0 -13 as PCMU 20ms"},
        Row{"ForcedPtime", {in(0, kPcmu)}, {out(0, kPcmu)}, {40, 20, 0, 0}, "translate 0*0 as PCMU 40ms"},
        Row{"ForcedPtimeIsThereAlready",
            {in(0, kPcmu)},
            {out(0, kPcmu)},
            {40, 40, 0, 0},
            "relay 0>0 as PCMU 40ms"},
        Row{"ReceiversPtime",
            {in(0, kPcmu)},
            {out(18, kG729)},
            {0, 20, 40, 0},
            "translate 0*18 as G729 40ms"},
        Row{"ReceiversMaxptime",
            {in(0, kPcmu)},
            {out(18, kG729)},
            {0, 20, 40, 30},
            "translate 0*18 as G729 30ms"},
        Row{"WholeFrames", {in(0, kPcmu)}, {out(18, kG729)}, {0, 0, 25, 0}, "translate 0*18 as G729 20ms"},
        Row{"AtLeastOneFrame", {in(0, kPcmu)}, {out(18, kG729)}, {0, 0, 0, 5}, "translate 0*18 as G729 10ms"},
        Row{"Nothing", {}, {}, {}, "relay"}),
    [](const auto& param) { return param.param.name; });

TEST(PlanFlow, UnlistedNumbersPassOnlyIfNothingIsRenumberedOrDropped) {
  EXPECT_TRUE(plan_flow({in(0, kPcmu)}, {out(0, kPcmu)}, {}).relay_unlisted);
  EXPECT_FALSE(plan_flow({in(96, kOpus)}, {out(111, kOpus)}, {}).relay_unlisted);
  EXPECT_FALSE(plan_flow({in(0, kPcmu), in(101, kEvent)}, {out(0, kPcmu)}, {}).relay_unlisted);
}

// RFC 3551 §4.2: 20 ms where nothing is said; a wish of the operator's is not built on that.
TEST(PlanFlow, TheSendersPacketsAreAsLongAsItSaysOrAsUsual) {
  const auto sender_ptime = [](const FlowWishes& wishes) {
    return plan_flow({in(0, kPcmu)}, {out(8, kPcma)}, wishes).sender_ptime_ms;
  };
  EXPECT_EQ(sender_ptime({}), 20);
  EXPECT_EQ(sender_ptime({0, 30, 20, 0}), 30);
  EXPECT_EQ(sender_ptime({20, 0, 0, 0}), 0);
  EXPECT_EQ(sender_ptime({20, 20, 0, 0}), 20);
}

TEST(PlanFlow, ComfortNoiseOfTheSameClockMayBeSent) {
  const auto flow = plan_flow({in(96, kOpus)}, {out(0, kPcmu), out(13, kNoise)}, {});
  EXPECT_EQ(flow.send->comfort_noise, 13);
  EXPECT_EQ(plan_flow({in(0, kPcmu)}, {out(96, kOpus), out(13, kNoise)}, {}).send->comfort_noise,
            std::nullopt);
}

}  // namespace
}  // namespace control
