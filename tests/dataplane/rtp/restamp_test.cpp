#include "dataplane/rtp/restamp.h"

#include <gtest/gtest.h>

namespace dataplane::rtp {
namespace {

using namespace std::chrono_literals;
constexpr base::ClockRate k8k{8000};
constexpr base::ClockRate k48k{48000};

TEST(Restamper, NumbersOnAcrossTheWrapAndMarksTheFirst) {
  Restamper r(7, 65534, 0xFFFFFF00u, k8k);
  r.anchor(1000, k8k, base::Instant{});
  for (std::uint32_t i = 0; i < 5; ++i) {
    const auto f = r.stamp(8, r.map(1000 + i * 160), 160, base::Instant{i * 20ms});
    EXPECT_EQ(f.ssrc, 7u);
    EXPECT_EQ(f.sequence, static_cast<std::uint16_t>(65534 + i));
    EXPECT_EQ(f.timestamp, 0xFFFFFF00u + i * 160);
    EXPECT_EQ(f.payload_type, 8);
    EXPECT_EQ(f.marker, i == 0);
  }
}

TEST(Restamper, ConvertsTheClockExactlyForDays) {
  for (const auto& [in, out] :
       {std::pair{k8k, k48k}, std::pair{k48k, k8k}, std::pair{base::ClockRate{16000}, k8k},
        std::pair{base::ClockRate{44100}, k8k}}) {
    Restamper r(1, 0, 500, out);
    r.anchor(0xFFFFF000u, in, base::Instant{});
    for (std::uint64_t second = 0; second < 3 * 86400; second += 30) {
      const auto source = static_cast<std::uint32_t>(0xFFFFF000u + second * in.hz);
      ASSERT_EQ(r.map(source), static_cast<std::uint32_t>(500 + second * out.hz)) << in.hz << "->" << out.hz;
      ASSERT_EQ(r.map(source + in.hz / 50), static_cast<std::uint32_t>(500 + second * out.hz + out.hz / 50));
    }
  }
}

TEST(Restamper, APacketBeforeTheAnchorMapsBackwards) {
  Restamper r(1, 0, 0, k48k);
  r.anchor(1000, k8k, base::Instant{});
  EXPECT_EQ(r.map(840), static_cast<std::uint32_t>(-960));
}

TEST(Restamper, ANewSourceFollowsOnInWallTime) {
  Restamper r(1, 0, 10000, k8k);
  r.anchor(0, k8k, base::Instant{0s});
  EXPECT_EQ(r.stamp(0, r.map(0), 160, base::Instant{0s}).timestamp, 10000u);
  // Ringing tone from one gateway, then, 3 s later, the callee under another SSRC with its own timestamps.
  r.anchor(0xDEADBEEF, k8k, base::Instant{3s});
  const auto f = r.stamp(0, r.map(0xDEADBEEF), 160, base::Instant{3s});
  EXPECT_EQ(f.timestamp, 10000u + 24000);
  EXPECT_EQ(f.sequence, 1);
  EXPECT_TRUE(f.marker);
}

TEST(Restamper, ANewSourceNeverOverlapsTheOldOne) {
  Restamper r(1, 0, 10000, k8k);
  r.anchor(0, k8k, base::Instant{0s});
  (void)r.stamp(0, r.map(0), 480, base::Instant{1s});
  r.anchor(77, k48k, base::Instant{1s + 5ms});
  EXPECT_EQ(r.map(77), 10480u);
  r.anchor(78, k48k, base::Instant{0s});  // a clock that went back is no time passed
  EXPECT_EQ(r.map(78), 10480u);
}

TEST(Restamper, SilenceOfTheSourceStaysSilence) {
  Restamper r(1, 0, 0, k48k);
  r.anchor(0, k8k, base::Instant{0s});
  (void)r.stamp(111, r.map(0), 960, base::Instant{0s});
  r.mark_next();
  const auto f = r.stamp(111, r.map(8000), 960, base::Instant{1s});
  EXPECT_EQ(f.timestamp, 48000u);
  EXPECT_EQ(f.sequence, 1) << "nothing was lost, so nothing is missing";
  EXPECT_TRUE(f.marker);
}

TEST(Restamper, SkipsNumbersOfWhatWasLostBeforeUs) {
  Restamper r(1, 65535, 0, k8k);
  r.anchor(0, k8k, base::Instant{0s});
  (void)r.stamp(18, r.map(0), 160, base::Instant{0s});
  EXPECT_EQ(r.stamp(18, r.map(480), 160, base::Instant{60ms}, 2).sequence, 2);
}

TEST(Restamper, TellsItsTimestampOfAnyInstant) {
  Restamper r(1, 0, 0, k48k);
  r.anchor(0, k8k, base::Instant{0s});
  (void)r.stamp(111, r.map(0), 960, base::Instant{10s});
  EXPECT_EQ(r.timestamp_at(base::Instant{11500ms}), 72000u);
  EXPECT_EQ(r.timestamp_at(base::Instant{0s}), 0u);
  EXPECT_EQ(r.timestamp_at(base::Instant{10s + 24h * 365}),
            static_cast<std::uint32_t>(48000ull * 86400 * 365));
}

}  // namespace
}  // namespace dataplane::rtp
