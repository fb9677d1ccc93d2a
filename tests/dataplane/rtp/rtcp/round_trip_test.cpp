#include "dataplane/rtp/rtcp/round_trip.h"

#include <gtest/gtest.h>

namespace dataplane::rtp::rtcp {
namespace {

using namespace std::chrono_literals;
constexpr std::uint64_t kNtp = 0xb44db70520000000u;

TEST(RoundTrip, TheExampleOfRfc3550) {  // §6.4.1, figure 2: back 11.375 s later, kept for 5.25 s
  RoundTripMeter meter;
  meter.sent(1, kNtp, base::Instant{100s});
  const auto trip = meter.measure({.ssrc = 1, .last_sr = 0xb7052000, .delay_since_last_sr = 0x00054000},
                                  base::Instant{111375ms});
  EXPECT_EQ(trip, 6125ms);
}

TEST(RoundTrip, OnlyWhatItKnows) {
  RoundTripMeter meter;
  EXPECT_FALSE(meter.measure({.ssrc = 0, .last_sr = 0}, base::Instant{})) << "no SR received yet";
  meter.sent(1, kNtp, base::Instant{100s});
  EXPECT_FALSE(meter.measure({.ssrc = 2, .last_sr = 0xb7052000}, base::Instant{101s}));
  EXPECT_FALSE(meter.measure({.ssrc = 1, .last_sr = 0xb7052001}, base::Instant{101s}));
  EXPECT_FALSE(
      meter.measure({.ssrc = 1, .last_sr = 0xb7052000, .delay_since_last_sr = 0x20000}, base::Instant{101s}))
      << "kept for longer than it was gone";
  EXPECT_EQ(meter.measure({.ssrc = 1, .last_sr = 0xb7052000, .delay_since_last_sr = 0x10000},
                          base::Instant{101s} - 10us),
            0ns)
      << "rounding";
}

TEST(RoundTrip, RemembersTheLastFew) {
  RoundTripMeter meter;
  for (std::uint32_t i = 0; i < 20; ++i) meter.sent(1, std::uint64_t{i + 1} << 16, base::Instant{i * 1s});
  EXPECT_EQ(meter.measure({.ssrc = 1, .last_sr = 20}, base::Instant{20s}), 1s);
  EXPECT_EQ(meter.measure({.ssrc = 1, .last_sr = 19}, base::Instant{20s}), 2s);
  EXPECT_FALSE(meter.measure({.ssrc = 1, .last_sr = 3}, base::Instant{20s}));
}

}  // namespace
}  // namespace dataplane::rtp::rtcp
