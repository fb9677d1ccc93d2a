#include "control/b2bua/header_policy.h"

#include <gtest/gtest.h>

#include "control/sip/wire/parse.h"

namespace control {
namespace {

constexpr Standing kUser{}, kTrunk{.is_trusted = true}, kProxy{.is_trusted = true, .is_transparent = true},
    kFarEnd{.is_trusted = false, .is_transparent = true};

sip::Message message(const std::string& fields) {
  auto parsed = sip::parse(
      "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: "
      "<sip:a@b>;tag=1"
      "\r\nTo: <sip:b@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" +
      fields + "\r\n");
  EXPECT_FALSE(parsed.fault);
  return std::move(parsed.message);
}

std::string passed(const std::string& fields, Standing from, Standing to) {
  sip::HeaderLines lines;
  pass_headers(message(fields), from, to, lines);
  return std::string(lines.text());
}

struct Field {
  std::string line;
  bool user_to_trunk, trunk_to_user, proxy_to_proxy, proxy_to_far;
};
class Fields : public testing::TestWithParam<Field> {};

TEST_P(Fields, PassByStanding) {
  const auto& [text, user_to_trunk, trunk_to_user, proxy_to_proxy, proxy_to_far] = GetParam();
  const auto line = text + "\r\n";
  const auto expected = [&](bool passes) { return passes ? line : std::string{}; };
  EXPECT_EQ(passed(line, kUser, kTrunk), expected(user_to_trunk));
  EXPECT_EQ(passed(line, kTrunk, kUser), expected(trunk_to_user));
  EXPECT_EQ(passed(line, kProxy, kProxy), expected(proxy_to_proxy));
  EXPECT_EQ(passed(line, kProxy, kFarEnd), expected(proxy_to_far));
}
INSTANTIATE_TEST_SUITE_P(
    Table, Fields,
    testing::Values(
        Field{"Subject: lunch", true, true, true, true}, Field{"X-Account: 7", true, true, true, true},
        Field{"Reason: Q.850;cause=16", true, true, true, true},
        Field{"Diversion: <sip:d@example.com>", false, true, true, true},
        Field{"History-Info: <sip:d@example.com>;index=1", false, true, true, true},
        Field{"P-Asserted-Identity: <sip:a@example.com>", false, true, true, true},
        Field{"P-Preferred-Identity: <sip:a@example.com>", false, false, false, false},
        Field{"Remote-Party-ID: <sip:a@example.com>", false, false, true, true},
        Field{"Privacy: id", true, false, true, false},
        Field{"Proxy-Authorization: Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"sip:r\", "
              "response=\"00\"",
              false, false, true, true},
        Field{"User-Agent: phone", false, false, true, true},
        // Ours, the hop's, the dialog's or the body's.
        Field{"Allow: INVITE", false, false, false, false},
        Field{"Supported: timer", false, false, false, false},
        Field{"Session-Expires: 1800", false, false, false, false},
        Field{"Record-Route: <sip:p;lr>", false, false, false, false},
        Field{"Contact: <sip:a@192.0.2.1>", false, false, false, false},
        Field{"Target-Dialog: 1", false, false, false, false},
        Field{"MIME-Version: 1.0", false, false, false, false}));

// RFC 3325 §7: what is asked to stay within the trust domain does.
TEST(HeaderPolicy, AHiddenIdentityStaysAmongTheTrusted) {
  const std::string identity = "P-Asserted-Identity: <sip:a@example.com>\r\n";
  for (const auto* privacy : {"Privacy: id\r\n", "Privacy: header;id\r\n", "Privacy: user; critical\r\n"}) {
    EXPECT_TRUE(hides_identity(message(privacy))) << privacy;
    EXPECT_EQ(passed(identity + privacy, kProxy, kFarEnd), "") << privacy;
    EXPECT_EQ(passed(identity + privacy, kTrunk, kUser), "") << privacy;
    EXPECT_EQ(passed(identity + privacy, kProxy, kProxy), identity + privacy) << privacy;
  }
  EXPECT_FALSE(hides_identity(message("Privacy: none\r\n")));
  EXPECT_EQ(passed(identity + "Privacy: none\r\n", kProxy, kFarEnd), identity);
}

}  // namespace
}  // namespace control
