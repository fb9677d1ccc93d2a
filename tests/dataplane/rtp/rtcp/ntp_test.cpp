#include "dataplane/rtp/rtcp/ntp.h"

#include <gtest/gtest.h>

namespace dataplane::rtp::rtcp {
namespace {

using namespace std::chrono_literals;

TEST(Ntp, CountsFrom1900) {
  EXPECT_EQ(to_ntp(base::WallTime{}), 2208988800ull << 32);
  // RFC 3550 §6.4.1, figure 2: 10 Nov 1995 11:33:25.125 UTC is 0xb44db705:0x20000000.
  const auto wall = std::chrono::sys_days{std::chrono::year{1995} / 11 / 10} + 11h + 33min + 25s + 125ms;
  EXPECT_EQ(to_ntp(wall), 0xb44db70520000000u);
  EXPECT_EQ(middle_bits(0xb44db70520000000u), 0xb7052000u);
}

TEST(Ntp, DelayIsIn65536thsOfASecond) {
  EXPECT_EQ(to_dlsr(5250ms), 0x00054000u) << "figure 2";
  EXPECT_EQ(from_dlsr(0x00054000u), 5250ms);
  EXPECT_EQ(to_dlsr(-1s), 0u);
  EXPECT_EQ(to_dlsr(24h), 0xFFFFFFFFu);
  EXPECT_EQ(to_dlsr(0ns), 0u);
}

}  // namespace
}  // namespace dataplane::rtp::rtcp
