#include "dataplane/rtp/framing.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace dataplane::rtp {
namespace {

constexpr base::SampleRate kRate8k{8000};
constexpr base::ClockRate kClock8k{8000};

struct Ptimes {
  std::uint16_t in_ms;
  std::uint16_t out_ms;
  std::uint32_t rate;
  std::uint32_t clock;
};

class AnyToAny : public testing::TestWithParam<Ptimes> {};

TEST_P(AnyToAny, EverySampleOnceInOrderAndOnTime) {
  const auto p = GetParam();
  Framer framer(base::SampleRate{p.rate}, base::ClockRate{p.clock}, p.out_ms);
  framer.begin(0xFFFFFF00u);
  std::vector<std::int16_t> portion(p.rate * p.in_ms / 1000);
  std::uint16_t in = 0;
  std::uint16_t out = 0;
  std::uint64_t samples_out = 0;
  for (int i = 0; i < 2000; ++i) {
    for (auto& s : portion) s = static_cast<std::int16_t>(in++);
    ASSERT_TRUE(framer.push(portion));
    for (auto frame = framer.pop(); !frame.pcm.empty(); frame = framer.pop()) {
      ASSERT_EQ(frame.pcm.size(), p.rate * p.out_ms / 1000);
      ASSERT_EQ(frame.timestamp, static_cast<std::uint32_t>(0xFFFFFF00u + samples_out * p.clock / p.rate));
      for (const auto s : frame.pcm) ASSERT_EQ(static_cast<std::uint16_t>(s), out++);
      samples_out += frame.pcm.size();
    }
    ASSERT_LT(framer.pending(), framer.frame_samples());
  }
  EXPECT_GE(samples_out + framer.frame_samples(), 2000ull * portion.size());
}

INSTANTIATE_TEST_SUITE_P(Ptimes, AnyToAny,
                         testing::Values(Ptimes{20, 20, 8000, 8000}, Ptimes{20, 30, 8000, 8000},
                                         Ptimes{30, 20, 8000, 8000}, Ptimes{10, 60, 48000, 48000},
                                         Ptimes{60, 10, 16000, 48000}, Ptimes{120, 10, 16000, 8000},
                                         Ptimes{120, 120, 48000, 48000}, Ptimes{5, 40, 8000, 8000},
                                         Ptimes{20, 20, 44100, 44100}, Ptimes{30, 20, 11025, 11025}));

TEST(Framer, PadsABegunFrameWithSilence) {
  Framer framer(kRate8k, kClock8k, 20);
  framer.begin(1000);
  EXPECT_FALSE(framer.pad()) << "nothing begun";
  const std::vector<std::int16_t> ones(240, 1);
  ASSERT_TRUE(framer.push(ones));
  EXPECT_EQ(framer.end_timestamp(), 1240u);
  EXPECT_TRUE(framer.pad());
  EXPECT_EQ(framer.pop().timestamp, 1000u);
  const auto last = framer.pop();
  EXPECT_EQ(last.timestamp, 1160u);
  EXPECT_EQ(std::accumulate(last.pcm.begin(), last.pcm.end(), 0), 80);
  EXPECT_EQ(last.pcm.back(), 0);
  EXPECT_TRUE(framer.pop().pcm.empty());
}

TEST(Framer, BeginDropsWhatIsPendingAndSetsTheTime) {
  Framer framer(kRate8k, kClock8k, 20);
  framer.begin(1000);
  const std::vector<std::int16_t> some(100, 1);
  const std::vector<std::int16_t> more(160, 2);
  ASSERT_TRUE(framer.push(some));
  framer.begin(5000);
  ASSERT_TRUE(framer.push(more));
  const auto frame = framer.pop();
  EXPECT_EQ(frame.timestamp, 5000u);
  EXPECT_EQ(frame.pcm.front(), 2);
}

TEST(Framer, RefusesMoreThanItsRoom) {
  Framer framer(kRate8k, kClock8k, 20);
  const std::vector<std::int16_t> longest(960, 1);
  ASSERT_TRUE(framer.push(longest));
  EXPECT_FALSE(framer.push(longest));
  EXPECT_EQ(framer.pending(), 960u);
  const std::vector<std::int16_t> frame(160, 1);
  EXPECT_TRUE(framer.push(frame)) << "a frame less than full plus the longest portion always fits";
}

}  // namespace
}  // namespace dataplane::rtp
