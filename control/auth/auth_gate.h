#pragma once
/// \file
/// The gate that every request passes before anything is spent on it. What it lets through carries an
/// AuthenticatedOrigin, which nothing else can make; registrar and routing take nothing less.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "control/auth/account.h"
#include "control/auth/digest.h"
#include "control/auth/nonce.h"
#include "control/sip/sip_port.h"
#include "control/sip/wire/digest_field.h"
#include "mediad/base/clock.h"
#include "mediad/base/ip_address.h"

namespace control {

/// Proof that a request came from a user who knows the password, from a trunk at its address or from a proxy
/// that is trusted to have asked for the password itself. Cannot be made outside the gate; copies are as good
/// as the original.
class AuthenticatedOrigin {
 public:
  enum class Kind : std::uint8_t { kUser, kTrunk, kProxy };

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_user() const { return kind_ == Kind::kUser; }
  /// The user's or the trunk's name, or the proxy's address.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  friend class AuthGate;
  AuthenticatedOrigin(Kind kind, std::string name) : kind_(kind), name_(std::move(name)) {}
  Kind kind_;
  std::string name_;
};

/// How a trunk is known without a password.
struct TrunkIdentity {
  std::string name;
  std::vector<base::IpAddress> addresses;
  /// If set, the address alone is not enough: the connection must be TLS with a certificate for this name.
  std::string tls_name;
};

struct AuthGateOptions {
  std::string realm{"mediad"};
  std::vector<TrunkIdentity> trunks;
  /// Proxies in front of us, which have authenticated who calls through them.
  std::vector<base::IpAddress> proxies{};
  /// Offered in this order. RFC 8760 §2.4 wants the strongest first and a client to take the first that it
  /// knows; but clients older than it, baresip 1.0 and SIPp 3.6 among them, give up when they see one that
  /// they do not know. So SHA-256 is for who has phones that know it.
  std::vector<DigestAlgorithm> algorithms{DigestAlgorithm::kMd5};
  base::Duration nonce_lifetime{std::chrono::minutes{5}};
  /// Failures that one address may have: so many at once, then so many a second.
  double failure_burst{30};
  double failures_per_second{1};
};

struct AuthCounters {
  std::uint64_t admitted{0};
  std::uint64_t challenged{0};  ///< no credentials yet
  std::uint64_t failed{0};      ///< wrong ones, of known and unknown users alike
  std::uint64_t stale{0};
  std::uint64_t replayed{0};
  std::uint64_t throttled{0};
};

/// Control thread. Unknown users get the same answer as wrong passwords, after the same sums.
class AuthGate {
 public:
  using Verdict = std::variant<AuthenticatedOrigin, sip::OutgoingResponse>;

  /// `secret` keys nonces and the made-up passwords of unknown users: random, at least 32 octets.
  AuthGate(const Accounts& accounts, std::string secret, AuthGateOptions options = {});

  /// Lets a request pass, or says what to answer: 401 or 503 (whose to_tag is the caller's to set). Not for
  /// ACK and CANCEL, which cannot be challenged.
  [[nodiscard]] Verdict admit(const sip::Request& request, base::Instant now);

  /// True for the address of a trusted proxy.
  [[nodiscard]] bool is_proxy(const base::IpAddress& address) const;

  /// Replaces who is known by address.
  void set_trunks(std::vector<TrunkIdentity> trunks) { options_.trunks = std::move(trunks); }
  /// For an operator who asks where a call would go. Never for a request.
  [[nodiscard]] static AuthenticatedOrigin pretend(AuthenticatedOrigin::Kind kind, std::string name) {
    return {kind, std::move(name)};
  }

  [[nodiscard]] const AuthCounters& counters() const { return counters_; }

 private:
  struct Bucket {
    double tokens;
    base::Instant last;
  };

  [[nodiscard]] const TrunkIdentity* trunk_of(const sip::Request& request) const;
  [[nodiscard]] Verdict judge(const sip::Request& request, const sip::DigestCredentials& credentials,
                              base::Instant now);
  [[nodiscard]] std::string expected_ha1(DigestAlgorithm algorithm, const std::string& user) const;
  [[nodiscard]] sip::OutgoingResponse challenge(const base::IpAddress& client, bool stale, base::Instant now);
  [[nodiscard]] bool may_try(const base::IpAddress& client, base::Instant now);
  void note_failure(const base::IpAddress& client, base::Instant now);

  const Accounts& accounts_;
  std::string secret_;
  AuthGateOptions options_;
  NonceMint nonces_;
  std::unordered_map<base::IpAddress, Bucket> failures_;
  AuthCounters counters_;
};

}  // namespace control
