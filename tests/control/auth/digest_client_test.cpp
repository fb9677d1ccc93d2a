#include "control/auth/digest_client.h"

#include <gtest/gtest.h>

#include "tests/control/auth/gate_fixture.h"

namespace control {
namespace {

sip::Message refusal_of(int status, const std::string& challenge) {
  const std::string header = status == 407 ? "Proxy-Authenticate: " : "WWW-Authenticate: ";
  auto parsed = sip::parse(
      "SIP/2.0 " + std::to_string(status) +
      " No\r\nVia: SIP/2.0/UDP a.org;branch=z9hG4bK1\r\n"
      "From: <sip:b@b.org>;tag=1\r\nTo: <sip:a@b.org>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n" +
      header + challenge + "\r\n\r\n");
  EXPECT_FALSE(parsed.fault);
  return parsed.message;
}

sip::OutgoingRequest register_request() {
  sip::OutgoingRequest request;
  request.method = "REGISTER";
  request.uri = "sip:example.com";
  return request;
}

TEST(DigestClient, PassesOurOwnGate) {
  const TestAccounts accounts{"alice"};
  for (const auto algorithm : {DigestAlgorithm::kMd5, DigestAlgorithm::kSha256}) {
    AuthGateOptions options;
    options.algorithms = {algorithm};
    AuthGate gate(accounts, "secret", options);
    sip::FakeSipPort port;
    DigestClient client({"alice", "secret-alice", "mediad"});
    const auto admit = [&](const sip::OutgoingRequest& request) {
      return gate.admit(
          port.receive("REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
                       "From: <sip:alice@example.com>;tag=1\r\nTo: <sip:alice@example.com>\r\nCall-ID: 1\r\n"
                       "CSeq: 1 REGISTER\r\n" +
                       std::string(request.headers.text()) + "\r\n"),
          port.now);
    };
    auto request = register_request();
    client.authorize(request, "cn");
    const auto refused = admit(request);
    const auto challenge =
        challenge_in(std::get<sip::OutgoingResponse>(refused), std::string(name_of(algorithm)));
    ASSERT_TRUE(client.take_challenge(refusal_of(401, challenge.print())));
    for (int count = 1; count <= 3; ++count) {
      request = register_request();
      client.authorize(request, "cn");
      EXPECT_TRUE(std::holds_alternative<AuthenticatedOrigin>(admit(request))) << count;
    }
  }
}

TEST(DigestClient, GivesUpOnAWrongPasswordButNotOnAStaleNonce) {
  DigestClient client({"alice", "wrong", ""});
  const std::string challenge = "Digest realm=\"x\", nonce=\"1\", algorithm=MD5, qop=\"auth\"";
  EXPECT_TRUE(client.take_challenge(refusal_of(407, challenge)));
  auto request = register_request();
  client.authorize(request, "cn");
  EXPECT_TRUE(request.headers.text().starts_with("Proxy-Authorization: Digest "));
  EXPECT_TRUE(client.take_challenge(refusal_of(407, challenge + ", stale=true")));
  client.authorize(request, "cn");
  EXPECT_FALSE(client.take_challenge(refusal_of(407, challenge)));
  EXPECT_FALSE(client.has_challenge());
}

TEST(DigestClient, AnswersOnlyWhatItCan) {
  DigestClient client({"alice", "p", "home"});
  EXPECT_FALSE(client.take_challenge(refusal_of(401, "Digest realm=\"elsewhere\", nonce=\"1\"")));
  EXPECT_FALSE(
      client.take_challenge(refusal_of(401, "Digest realm=\"home\", nonce=\"1\", algorithm=SHA-512-256")));
  EXPECT_FALSE(client.take_challenge(refusal_of(401, "Basic realm=\"home\"")));
  // Without qop the sum is that of RFC 2069.
  ASSERT_TRUE(client.take_challenge(refusal_of(401, "Digest realm=\"home\", nonce=\"1\", opaque=\"o\"")));
  auto request = register_request();
  client.authorize(request, "cn");
  EXPECT_EQ(request.headers.text().find("qop"), std::string_view::npos);
  EXPECT_NE(request.headers.text().find("opaque=\"o\""), std::string_view::npos);
}

}  // namespace
}  // namespace control
