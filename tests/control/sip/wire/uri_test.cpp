#include "control/sip/wire/uri.h"

#include <gtest/gtest.h>

namespace control::sip {
namespace {

TEST(Uri, ReadsEveryPart) {
  const auto uri =
      Uri::parse("sips:alice:secret@gateway.example.com:5061;transport=tcp;lr?subject=hi&priority=urgent");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->scheme, Uri::Scheme::kSips);
  EXPECT_EQ(uri->user, "alice");
  EXPECT_EQ(uri->password, "secret");
  EXPECT_EQ(uri->host, "gateway.example.com");
  EXPECT_EQ(uri->port, 5061);
  EXPECT_EQ(uri->param("Transport"), "tcp");
  EXPECT_EQ(uri->param("lr"), "");
  EXPECT_FALSE(uri->param("maddr"));
  EXPECT_EQ(uri->headers, "subject=hi&priority=urgent");
}

TEST(Uri, ReadsOtherSchemes) {
  const auto tel = Uri::parse("tel:+1-201-555-0123;phone-context=example.com");
  ASSERT_TRUE(tel);
  EXPECT_EQ(tel->scheme, Uri::Scheme::kTel);
  EXPECT_EQ(tel->user, "+1-201-555-0123");
  EXPECT_EQ(tel->param("phone-context"), "example.com");
  const auto urn = Uri::parse("urn:service:sos");
  ASSERT_TRUE(urn);
  EXPECT_EQ(urn->scheme, Uri::Scheme::kOther);
}

TEST(Uri, RefusesWhatTheGrammarDoes) {
  for (const auto* text : {"",
                           "sip:",
                           "sip:@host",
                           "sip:a b@host",
                           "sip:a%4@host",
                           "sip:a%zz@host",
                           "sip:host:",
                           "sip:host:65536",
                           "sip:host:port",
                           "sip:-host",
                           "sip:host-",
                           "sip:a..b",
                           "sip:256.1.1.1",
                           "sip:2001:db8::1",
                           "sip:[2001:db8::1",
                           "sip:[192.0.2.1]",
                           "sip:[::1]x",
                           "sip:host;",
                           "sip:host;;lr",
                           "sip:host;=x",
                           "sip:host;lr=",
                           "sip:host?",
                           "sip:host?a",
                           "sip:a@b@c",
                           "sip:host; lr",
                           "host",
                           ":host",
                           "1sip:host",
                           "tel:",
                           "tel:abcx",
                           "http:",
                           "sip:<host>",
                           "sip:us\"er@host",
                           "sip:host\r\n"}) {
    EXPECT_FALSE(Uri::parse(text)) << text;
  }
}

TEST(Uri, EqualityIsThatOfRfc3261) {
  const auto same = [](const char* a, const char* b) { return equivalent(*Uri::parse(a), *Uri::parse(b)); };
  // The examples of RFC 3261 §19.1.4.
  EXPECT_TRUE(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
  EXPECT_TRUE(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
  EXPECT_TRUE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"));
  EXPECT_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
  EXPECT_FALSE(same("sip:bob@biloxi.com:6000", "sip:bob@biloxi.com:6000;transport=tcp"));
  EXPECT_FALSE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
  EXPECT_FALSE(same("sip:carol@chicago.com", "sips:carol@chicago.com"));
  EXPECT_TRUE(same("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0::1]"));
}

TEST(Uri, HasALimitOfParameters) {
  std::string text = "sip:a@example.com";
  for (int i = 0; i < 32; ++i) text += ";p";
  EXPECT_TRUE(Uri::parse(text));
  EXPECT_FALSE(Uri::parse(text + ";p"));
}

TEST(Uri, IsEqualToItselfEvenWithAParameterTwice) {
  const auto uri = Uri::parse("sip:a@example.com;h=1;h=2");
  ASSERT_TRUE(uri);
  EXPECT_TRUE(equivalent(*uri, *uri));
}

TEST(Uri, EscapesAndUnescapes) {
  EXPECT_EQ(unescaped("I%20have%20spaces%"), "I have spaces%");
  EXPECT_EQ(unescaped("%4"), "%4");
  EXPECT_EQ(escaped_user("a b@c#"), "a%20b%40c%23");
  EXPECT_EQ(escaped_user("+1555;x"), "+1555;x");
}

}  // namespace
}  // namespace control::sip
