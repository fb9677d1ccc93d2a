#include "control/auth/auth_gate.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "tests/control/auth/gate_fixture.h"

namespace control {
namespace {

using namespace std::chrono_literals;

static_assert(!std::is_default_constructible_v<AuthenticatedOrigin>);
static_assert(!std::is_constructible_v<AuthenticatedOrigin, AuthenticatedOrigin::Kind, std::string>);

class AuthGateTest : public testing::Test {
 protected:
  static AuthGateOptions both() {
    AuthGateOptions options;
    options.algorithms = {DigestAlgorithm::kSha256, DigestAlgorithm::kMd5};
    return options;
  }
  static std::string request_text(const std::string& method, const std::string& authorization = "") {
    return method +
           " sip:100@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: "
           "<sip:alice@example.com>;tag=1\r\n"
           "To: <sip:100@example.com>\r\nCall-ID: 1\r\nCSeq: 1 " +
           method + "\r\n" + (authorization.empty() ? "" : "Authorization: " + authorization + "\r\n") +
           "\r\n";
  }
  AuthGate::Verdict admit(const std::string& text, std::uint8_t host = 1) {
    return gate_.admit(port_.receive(text, host), now_);
  }
  sip::DigestChallenge challenge(const std::string& algorithm = "SHA-256", std::uint8_t host = 1) {
    return challenge_in(std::get<sip::OutgoingResponse>(admit(request_text("INVITE"), host)), algorithm);
  }
  /// The user's name, or the status of the refusal.
  static std::string said(const AuthGate::Verdict& verdict) {
    if (const auto* origin = std::get_if<AuthenticatedOrigin>(&verdict)) return origin->name();
    return std::to_string(std::get<sip::OutgoingResponse>(verdict).status);
  }

  base::Instant now_{1000s};
  TestAccounts accounts_{"alice", "bob"};
  sip::FakeSipPort port_;
  AuthGate gate_{accounts_, "a secret", both()};
};

TEST_F(AuthGateTest, EveryMethodIsChallenged) {
  for (const auto* method :
       {"INVITE", "REGISTER", "OPTIONS", "UPDATE", "REFER", "MESSAGE", "SUBSCRIBE", "BYE", "INFO", "PRACK"}) {
    EXPECT_EQ(said(admit(request_text(method))), "401") << method;
  }
  // RFC 8760 §2.4: strongest first.
  const auto answer = std::get<sip::OutgoingResponse>(admit(request_text("INVITE")));
  EXPECT_LT(answer.headers.text().find("algorithm=SHA-256"), answer.headers.text().find("algorithm=MD5"));
  EXPECT_EQ(accounts_.lookups, 0);
}

TEST_F(AuthGateTest, BothAlgorithmsPass) {
  for (const auto* algorithm : {"SHA-256", "MD5"}) {
    const auto credentials =
        authorize(challenge(algorithm), "alice", "secret-alice", "INVITE", "sip:100@example.com");
    const auto verdict = admit(request_text("INVITE", credentials));
    ASSERT_EQ(said(verdict), "alice") << algorithm;
    EXPECT_TRUE(std::get<AuthenticatedOrigin>(verdict).is_user());
  }
}

TEST_F(AuthGateTest, WhatIsNotOnOfferDoesNotPass) {
  AuthGate gate(accounts_, "a secret");
  const auto verdict = gate.admit(port_.receive(request_text("INVITE")), now_);
  auto c = challenge_in(std::get<sip::OutgoingResponse>(verdict), "MD5");
  EXPECT_TRUE(challenge_in(std::get<sip::OutgoingResponse>(verdict), "SHA-256").nonce.empty());
  c.algorithm = "SHA-256";
  const auto credentials = authorize(c, "alice", "secret-alice", "INVITE", "sip:100@example.com");
  EXPECT_EQ(said(gate.admit(port_.receive(request_text("INVITE", credentials)), now_)), "401");
}

TEST_F(AuthGateTest, ReplayIsRefusedAndTheNextCountPasses) {
  const auto c = challenge();
  const auto first = authorize(c, "alice", "secret-alice", "INVITE", "sip:100@example.com", 1);
  EXPECT_EQ(said(admit(request_text("INVITE", first))), "alice");
  EXPECT_EQ(said(admit(request_text("INVITE", first))), "401");
  EXPECT_EQ(gate_.counters().replayed, 1U);
  EXPECT_EQ(said(admit(request_text(
                "INVITE", authorize(c, "alice", "secret-alice", "INVITE", "sip:100@example.com", 2)))),
            "alice");
}

TEST_F(AuthGateTest, ForgeriesFail) {
  const auto c = challenge();
  const std::string uri = "sip:100@example.com";
  const auto good = authorize(c, "alice", "secret-alice", "INVITE", uri);
  auto no_qop = good;
  no_qop.erase(no_qop.find(", qop=auth"), 10);
  auto other_realm = c;
  other_realm.realm = "elsewhere";
  auto old_algorithm = good;
  old_algorithm.replace(old_algorithm.find("SHA-256"), 7, "SHA-512");
  for (const auto& bad :
       {authorize(c, "alice", "wrong", "INVITE", uri), authorize(c, "bob", "secret-alice", "INVITE", uri),
        authorize(c, "alice", "secret-alice", "BYE", uri),
        authorize(c, "alice", "secret-alice", "INVITE", "sip:+900@example.com"),
        authorize(other_realm, "alice", "secret-alice", "INVITE", uri), no_qop, old_algorithm,
        std::string("Basic YWxpY2U6c2VjcmV0"), std::string("Digest rubbish")}) {
    EXPECT_EQ(said(admit(request_text("INVITE", bad))), "401") << bad;
  }
  EXPECT_EQ(said(admit(request_text("INVITE", good), 2)), "401");  // from another address
  EXPECT_EQ(said(admit(request_text("INVITE", good))), "alice");
}

TEST_F(AuthGateTest, StaleNoncesAreRenewedWithoutAFailure) {
  const auto c = challenge();
  now_ += 6min;
  const auto verdict =
      admit(request_text("INVITE", authorize(c, "alice", "secret-alice", "INVITE", "sip:100@example.com")));
  EXPECT_EQ(said(verdict), "401");
  EXPECT_TRUE(challenge_in(std::get<sip::OutgoingResponse>(verdict), "MD5").stale);
  EXPECT_EQ(gate_.counters().failed, 0U);
}

TEST_F(AuthGateTest, UnknownUsersGetTheSameAnswerAfterTheSameWork) {
  const auto answer_to = [&](const std::string& user) {
    const auto before = accounts_.lookups;
    auto text = std::get<sip::OutgoingResponse>(admit(
        request_text("INVITE", authorize(challenge(), user, "wrong", "INVITE", "sip:100@example.com"))));
    EXPECT_EQ(accounts_.lookups, before + 1) << user;
    EXPECT_EQ(text.status, 401) << user;
    // The same but for the nonce, which is never the same.
    std::string lines(text.headers.text());
    for (std::size_t at = 0; (at = lines.find("nonce=\"", at)) != std::string::npos; ++at)
      lines.erase(at, lines.find('"', at + 7) - at);
    return lines;
  };
  EXPECT_EQ(answer_to("alice"), answer_to("nobody"));
}

TEST_F(AuthGateTest, GuessingIsThrottledAtItsSourceAlone) {
  const auto c = challenge();
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    const auto verdict = admit(
        request_text("INVITE", authorize(c, "alice", std::to_string(i), "INVITE", "sip:100@example.com")));
    refused += said(verdict) == "503" ? 1 : 0;
  }
  EXPECT_EQ(refused, 70);
  EXPECT_EQ(said(admit(request_text("INVITE"), 2)), "401");
  now_ += 2s;
  EXPECT_EQ(said(admit(request_text(
                "INVITE", authorize(challenge(), "alice", "secret-alice", "INVITE", "sip:100@example.com")))),
            "alice");
}

TEST_F(AuthGateTest, TrunksAreKnownByAddressAndName) {
  AuthGateOptions options;
  options.trunks = {{"carrier", {base::IpAddress::v4(192, 0, 2, 10)}, {}},
                    {"secure", {base::IpAddress::v4(192, 0, 2, 11)}, "sip.example.net"}};
  AuthGate gate(accounts_, "a secret", options);
  EXPECT_EQ(said(gate.admit(port_.receive(request_text("INVITE"), 10), now_)), "carrier");
  EXPECT_EQ(said(gate.admit(port_.receive(request_text("INVITE"), 11), now_)), "401");
  auto over_tls = port_.receive(request_text("INVITE"), 11, sip::Transport::kTls);
  EXPECT_EQ(said(gate.admit(over_tls, now_)), "401");
  over_tls.tls_name = "SIP.example.net";
  const auto verdict = gate.admit(over_tls, now_);
  ASSERT_EQ(said(verdict), "secure");
  EXPECT_EQ(std::get<AuthenticatedOrigin>(verdict).kind(), AuthenticatedOrigin::Kind::kTrunk);
}

}  // namespace
}  // namespace control
