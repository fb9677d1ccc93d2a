#pragma once
/// \file
/// The client's side of digest authentication, for tests: what a phone answers to a challenge.

#include <cstdio>
#include <map>
#include <optional>
#include <string>

#include "control/auth/account.h"
#include "control/auth/auth_gate.h"
#include "control/auth/digest.h"
#include "control/sip/wire/digest_field.h"
#include "control/sip/wire/params.h"
#include "tests/control/sip/fake_sip_port.h"

namespace control {

/// Accounts in memory, passwords "secret-USER".
class TestAccounts final : public Accounts {
 public:
  explicit TestAccounts(std::initializer_list<const char*> users) {
    for (const std::string user : users) {
      Account a;
      a.user = user;
      a.ha1_md5 = digest_ha1(DigestAlgorithm::kMd5, user, "mediad", "secret-" + user);
      a.ha1_sha256 = digest_ha1(DigestAlgorithm::kSha256, user, "mediad", "secret-" + user);
      accounts[user] = a;
    }
  }
  [[nodiscard]] std::optional<Account> find(std::string_view user) const override {
    ++lookups;
    const auto at = accounts.find(std::string(user));
    return at == accounts.end() ? std::nullopt : std::optional{at->second};
  }
  std::map<std::string, Account> accounts;
  mutable int lookups{0};
};

/// The challenge of this algorithm in a 401.
inline sip::DigestChallenge challenge_in(const sip::OutgoingResponse& response,
                                         const std::string& algorithm) {
  std::string_view lines = response.headers.text();
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find("\r\n"));
    lines.remove_prefix(line.size() + 2);
    if (!line.starts_with("WWW-Authenticate: ")) continue;
    auto challenge = sip::DigestChallenge::parse(line.substr(18));
    if (challenge && challenge->algorithm == algorithm) return *challenge;
  }
  return {};
}

/// An Authorization value.
inline std::string authorize(const sip::DigestChallenge& challenge, const std::string& user,
                             const std::string& password, const std::string& method, const std::string& uri,
                             unsigned count = 1) {
  const auto algorithm = challenge.algorithm == "SHA-256" ? DigestAlgorithm::kSha256 : DigestAlgorithm::kMd5;
  char nc[9];
  std::snprintf(nc, sizeof nc, "%08x", count);
  const auto response = digest_response(algorithm, digest_ha1(algorithm, user, challenge.realm, password),
                                        {challenge.nonce, nc, "cn", "auth", method, uri});
  return "Digest username=" + sip::quoted(user) + ", realm=" + sip::quoted(challenge.realm) +
         ", nonce=" + sip::quoted(challenge.nonce) + ", uri=" + sip::quoted(uri) + ", response=\"" +
         response + "\", algorithm=" + challenge.algorithm + ", cnonce=\"cn\", qop=auth, nc=" + nc;
}

/// An origin as the gate makes it for this user, or for a trunk at 192.0.2.77 (none of the tests can make one
/// otherwise).
inline AuthenticatedOrigin user_origin(const std::string& user) {
  const TestAccounts accounts{user.c_str()};
  AuthGate gate(accounts, "secret");
  sip::FakeSipPort port;
  const std::string head =
      "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: "
      "<sip:a@b>;tag=1\r\n"
      "To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\n";
  auto verdict = gate.admit(port.receive(head + "\r\n"), port.now);
  const auto challenge = challenge_in(std::get<sip::OutgoingResponse>(verdict), "MD5");
  const auto value = authorize(challenge, user, "secret-" + user, "REGISTER", "sip:example.com");
  return std::get<AuthenticatedOrigin>(
      gate.admit(port.receive(head + "Authorization: " + value + "\r\n\r\n"), port.now));
}

inline AuthenticatedOrigin trunk_origin(const std::string& name) {
  const TestAccounts accounts{};
  AuthGateOptions options;
  options.trunks = {{name, {base::IpAddress::v4(192, 0, 2, 77)}, {}}};
  AuthGate gate(accounts, "secret", options);
  sip::FakeSipPort port;
  return std::get<AuthenticatedOrigin>(gate.admit(
      port.receive("OPTIONS sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
                   "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n",
                   77),
      port.now));
}

}  // namespace control
