#include "control/auth/nonce.h"

#include <gtest/gtest.h>

namespace control {
namespace {

using namespace std::chrono_literals;
using Verdict = NonceMint::Verdict;

constexpr base::Instant kStart{1000s};
const auto kClient = base::IpAddress::v4(192, 0, 2, 1);

TEST(NonceMint, IsGoodForItsClientAndItsTime) {
  NonceMint mint("key", 5min);
  const auto nonce = mint.make(kClient, kStart);
  EXPECT_NE(nonce, mint.make(kClient, kStart));
  EXPECT_EQ(mint.check(nonce, kClient, kStart), Verdict::kGood);
  EXPECT_EQ(mint.check(nonce, kClient, kStart + 5min), Verdict::kGood);
  EXPECT_EQ(mint.check(nonce, kClient, kStart + 5min + 1ms), Verdict::kStale);
  EXPECT_EQ(mint.check(nonce, base::IpAddress::v4(192, 0, 2, 2), kStart), Verdict::kForeign);
  EXPECT_EQ(NonceMint("other").check(nonce, kClient, kStart), Verdict::kForeign);
  auto forged = nonce;
  forged[3] = forged[3] == '0' ? '1' : '0';
  EXPECT_EQ(mint.check(forged, kClient, kStart), Verdict::kForeign);
  EXPECT_EQ(mint.check("", kClient, kStart), Verdict::kForeign);
}

TEST(NonceMint, TakesEachCountOnce) {
  NonceMint mint("key");
  EXPECT_TRUE(mint.take_count("n", 1, kStart));
  EXPECT_FALSE(mint.take_count("n", 1, kStart));
  EXPECT_TRUE(mint.take_count("n", 3, kStart));
  EXPECT_TRUE(mint.take_count("n", 2, kStart));  // out of order over UDP
  EXPECT_FALSE(mint.take_count("n", 2, kStart));
  EXPECT_FALSE(mint.take_count("n", 3, kStart));
  EXPECT_TRUE(mint.take_count("n", 200, kStart));
  EXPECT_FALSE(mint.take_count("n", 100, kStart));  // too far back to tell
  EXPECT_TRUE(mint.take_count("n", 137, kStart));
  EXPECT_TRUE(mint.take_count("m", 1, kStart));
}

TEST(NonceMint, ForgetsWhatHasExpired) {
  NonceMint mint("key", 5min);
  for (int i = 0; i < 100; ++i) (void)mint.take_count(std::to_string(i), 1, kStart + std::chrono::seconds(i));
  EXPECT_EQ(mint.remembered(), 100U);
  (void)mint.take_count("x", 1, kStart + 1h);
  EXPECT_EQ(mint.remembered(), 1U);
}

}  // namespace
}  // namespace control
