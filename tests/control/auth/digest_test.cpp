#include "control/auth/digest.h"

#include <gtest/gtest.h>

namespace control {
namespace {

// RFC 7616 §3.9.1, both algorithms.
const DigestInput kExample{"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                           "00000001",
                           "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                           "auth",
                           "GET",
                           "/dir/index.html"};

TEST(Digest, GivesTheExamplesOfRfc7616) {
  const auto md5 = digest_ha1(DigestAlgorithm::kMd5, "Mufasa", "http-auth@example.org", "Circle of Life");
  EXPECT_EQ(digest_response(DigestAlgorithm::kMd5, md5, kExample), "8ca523f5e9506fed4657c9700eebdbec");
  const auto sha256 =
      digest_ha1(DigestAlgorithm::kSha256, "Mufasa", "http-auth@example.org", "Circle of Life");
  EXPECT_EQ(digest_response(DigestAlgorithm::kSha256, sha256, kExample),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST(Digest, GivesTheExampleOfRfc2069) {
  // RFC 2617 §3.5's example without qop would be RFC 2069's sum; here with qop as printed there.
  const auto ha1 = digest_ha1(DigestAlgorithm::kMd5, "Mufasa", "testrealm@host.com", "Circle Of Life");
  EXPECT_EQ(digest_response(DigestAlgorithm::kMd5, ha1,
                            {"dcd98b7102dd2f0e8b11d0f600bfb0c093", "00000001", "0a4f113b", "auth", "GET",
                             "/dir/index.html"}),
            "6629fae49393a05397450978507c4ef1");
  EXPECT_EQ(digest_response(DigestAlgorithm::kMd5, ha1,
                            {"dcd98b7102dd2f0e8b11d0f600bfb0c093", "", "", "", "GET", "/dir/index.html"}),
            "670fd8c2df070c60b045671b8b24ff02");
}

TEST(Digest, HmacIsThatOfRfc4231) {
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, ComparesWholeTexts) {
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
  EXPECT_TRUE(equal_in_constant_time("", ""));
}

}  // namespace
}  // namespace control
