#include "control/sip/wire/digest_field.h"

#include <gtest/gtest.h>

namespace control::sip {
namespace {

TEST(DigestCredentials, ReadsAndPrints) {
  const std::string text =
      "Digest username=\"bob, \\\"b\\\"\", realm=\"example.com\", nonce=\"84a4cc6f\", "
      "uri=\"sip:bob@example.com\", "
      "response=\"7587245234b3434cc3412213e5f113a5\", algorithm=SHA-256, cnonce=\"0a4f113b\", qop=auth, "
      "nc=00000001";
  const auto credentials = DigestCredentials::parse(text);
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->username, "\"bob, \\\"b\\\"\"");
  EXPECT_EQ(credentials->algorithm, "SHA-256");
  EXPECT_EQ(credentials->nonce_count, "00000001");
  EXPECT_EQ(credentials->print(), text);
}

TEST(DigestCredentials, RefusesWhatIsNotDigestOrSaysAThingTwice) {
  for (const auto* text :
       {"", "Digest", "Digest ", "Basic YWxhZGRpbg==", "NoOneKnowsThisScheme opaque-data=here",
        "Digest username=\"a\", username=\"b\"", "Digest username=\"a", "Digest username", "Digest a=b,",
        "Digest a=b c=d", "Digest =x"}) {
    EXPECT_FALSE(DigestCredentials::parse(text)) << text;
  }
}

TEST(DigestChallenge, ReadsAndPrints) {
  const auto challenge = DigestChallenge::parse(
      "Digest realm=\"atlanta.com\", domain=\"sip:ss1.carrier.com\", qop=\"auth,auth-int\", "
      "nonce=\"f84f1cec41e6\", "
      "opaque=\"\", stale=TRUE, algorithm=MD5");
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->realm, "atlanta.com");
  EXPECT_TRUE(challenge->qop_auth);
  EXPECT_TRUE(challenge->stale);
  EXPECT_EQ(challenge->print(),
            "Digest realm=\"atlanta.com\", nonce=\"f84f1cec41e6\", algorithm=MD5, qop=\"auth\", stale=true");
  EXPECT_FALSE(DigestChallenge::parse("Digest realm=\"x\""));
}

}  // namespace
}  // namespace control::sip
