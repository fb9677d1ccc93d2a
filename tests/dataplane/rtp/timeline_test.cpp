#include "dataplane/rtp/timeline.h"

#include <gtest/gtest.h>

namespace dataplane::rtp {
namespace {

using namespace std::chrono_literals;
using Kind = Step::Kind;

class Timeline : public testing::Test {
 protected:
  Timeline() { EXPECT_EQ(step(kFirst, 0ms).kind, Kind::kRestart); }
  Step step(std::uint32_t timestamp, base::Duration at, std::uint16_t missing = 0, bool restart = false) {
    return timeline.advance(timestamp, 160, missing, base::Instant{at}, restart);
  }
  static constexpr std::uint32_t kFirst = 0xFFFFFF00u;  // wraps on the second packet
  SourceTimeline timeline{base::ClockRate{8000}};
};

TEST_F(Timeline, FollowsOnWithoutAGap) {
  for (std::uint32_t i = 1; i < 10; ++i) EXPECT_EQ(step(kFirst + i * 160, i * 20ms).kind, Kind::kContinuous);
}

TEST_F(Timeline, ALossIsAsLongAsItsTimestampsSay) {
  const auto loss = step(kFirst + 3 * 160, 60ms, 2);
  EXPECT_EQ(loss.kind, Kind::kLoss);
  EXPECT_EQ(loss.ticks, 320u);
}

TEST_F(Timeline, ALongLossIsAPause) {
  EXPECT_EQ(step(kFirst + 160 + 960, 140ms, 6).kind, Kind::kLoss) << "120 ms";
  EXPECT_EQ(step(kFirst + 160 + 960 + 160 + 961, 280ms, 7).kind, Kind::kPause);
}

TEST_F(Timeline, SilenceSuppressionIsAPauseOfAnyLength) {
  const auto pause = step(kFirst + 8000 * 3600, 1h);
  EXPECT_EQ(pause.kind, Kind::kPause);
  EXPECT_EQ(pause.ticks, 8000u * 3600 - 160);
}

TEST_F(Timeline, ATimestampThatOutrunsTheWallClockIsANewBeginning) {
  EXPECT_EQ(step(kFirst + 160 + 8000, 20ms).kind, Kind::kPause) << "a second: a burst after a stall";
  EXPECT_EQ(step(kFirst + 160 + 8000 * 10, 40ms).kind, Kind::kRestart);
}

TEST_F(Timeline, ATimestampThatStoodStillWhileNothingWasSentIsContinuous) {
  EXPECT_EQ(step(kFirst + 160, 30s).kind, Kind::kContinuous) << "on hold with a paused clock";
}

TEST_F(Timeline, GoingBack) {
  const auto overlap = step(kFirst + 80, 20ms);
  EXPECT_EQ(overlap.kind, Kind::kOverlap);
  EXPECT_EQ(overlap.ticks, 80u);
  EXPECT_EQ(step(kFirst + 240, 40ms).kind, Kind::kContinuous);
  EXPECT_EQ(step(kFirst, 40ms).kind, Kind::kOverlap);
  EXPECT_EQ(step(kFirst + 400, 60ms).kind, Kind::kContinuous) << "a repeated packet moves nothing";
  EXPECT_EQ(step(kFirst - 8000 * 3, 80ms).kind, Kind::kRestart);
}

TEST_F(Timeline, ASequenceRestartIsOneWhateverTheTimestamp) {
  EXPECT_EQ(step(kFirst + 160, 20ms, 0, true).kind, Kind::kRestart);
}

TEST_F(Timeline, AudioBehindAnEventFollowsAPause) {
  const auto audio = step(kFirst + 160 + 800, 120ms);
  EXPECT_EQ(audio.kind, Kind::kPause);
  EXPECT_EQ(audio.ticks, 800u);
}

TEST_F(Timeline, ALostPacketOfAnEventIsNoLostAudio) {
  EXPECT_EQ(step(kFirst + 160 + 800, 120ms, 1).kind, Kind::kPause) << "one packet is not 100 ms";
  EXPECT_EQ(step(kFirst + 1120 + 160, 160ms, 1).kind, Kind::kLoss);
}

TEST_F(Timeline, AnotherClockIsANewBeginning) {
  timeline.set_clock(base::ClockRate{8000});
  EXPECT_EQ(step(kFirst + 160, 20ms).kind, Kind::kContinuous);
  timeline.set_clock(base::ClockRate{48000});
  EXPECT_EQ(step(kFirst + 320, 40ms).kind, Kind::kRestart);
}

}  // namespace
}  // namespace dataplane::rtp
