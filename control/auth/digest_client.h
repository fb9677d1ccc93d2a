#pragma once
/// \file
/// Our own side of digest authentication: answering the challenge of a trunk or registrar (RFC 3261 §22.2,
/// RFC 7616).

#include <cstdint>
#include <string>
#include <string_view>

#include "control/auth/digest.h"
#include "control/sip/wire/message.h"
#include "control/sip/wire/print.h"

namespace control {

/// Who we are at a peer.
struct Credentials {
  std::string user;
  std::string password;
  /// Challenges of other realms are not answered; empty: of any.
  std::string realm{};
  /// In place of the password, if the realm is known.
  std::string ha1_md5{}, ha1_sha256{};

  bool operator==(const Credentials&) const = default;
};

/// Remembers the last nonce of one peer, so that only its first request costs a second try. Control thread.
class DigestClient {
 public:
  explicit DigestClient(Credentials credentials) : credentials_(std::move(credentials)) {}

  /// Takes the challenge of a 401 or 407. False if there is nothing new to say: no challenge that we can
  /// answer, or the same nonce refused again and not stale, which means that the password is wrong.
  [[nodiscard]] bool take_challenge(const sip::Message& refusal);

  /// Adds Authorization or Proxy-Authorization to a request once there was a challenge. `cnonce` is random
  /// text.
  void authorize(sip::OutgoingRequest& request, std::string_view cnonce);

  [[nodiscard]] bool has_challenge() const { return !nonce_.empty(); }

 private:
  Credentials credentials_;
  sip::HeaderId answers_in_{sip::HeaderId::kAuthorization};
  DigestAlgorithm algorithm_{DigestAlgorithm::kMd5};
  std::string realm_;
  std::string nonce_;
  std::string opaque_;
  std::string ha1_;
  bool has_qop_{false};
  std::uint32_t count_{0};
};

}  // namespace control
