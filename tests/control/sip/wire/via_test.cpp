#include "control/sip/wire/via.h"

#include <gtest/gtest.h>

namespace control::sip {
namespace {

TEST(Via, ReadsEveryPart) {
  const auto via =
      Via::parse("SIP/2.0/UDP [2001:db8::9:1]:5062;rport;branch=z9hG4bKas3-111;received=2001:db8::9:255");
  ASSERT_TRUE(via);
  EXPECT_EQ(via->version, "2.0");
  EXPECT_EQ(via->transport, "UDP");
  EXPECT_EQ(via->host, "[2001:db8::9:1]");
  EXPECT_EQ(via->port, 5062);
  EXPECT_EQ(via->param("rport"), "");
  EXPECT_EQ(via->param("received"), "2001:db8::9:255");
  EXPECT_EQ(via->branch, "z9hG4bKas3-111");
  EXPECT_TRUE(via->has_unique_branch());
}

TEST(Via, CookieAloneIsNotUnique) {
  EXPECT_FALSE(Via::parse("SIP/2.0/UDP a.example;branch=z9hG4bK")->has_unique_branch());
  EXPECT_FALSE(Via::parse("SIP/2.0/UDP a.example;branch=1")->has_unique_branch());
  EXPECT_FALSE(Via::parse("SIP/2.0/UDP a.example")->has_unique_branch());
}

TEST(Via, RefusesWhatTheGrammarDoes) {
  for (const auto* text :
       {"", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0 UDP a", "HTTP/2.0/UDP a", "SIP/2.0/UDP a b",
        "SIP/2.0/UDP a:", "SIP/2.0/UDP a:99999", "SIP/2.0/UDP a;", "SIP/2.0/UDP a;;branch=x",
        "SIP/2.0/UDP a;branch=", "SIP/2.0/UDP [::1", "SIP/2.0/UDPa", "SIP/2.0/UDP a,"}) {
    EXPECT_FALSE(Via::parse(text)) << text;
  }
}

}  // namespace
}  // namespace control::sip
