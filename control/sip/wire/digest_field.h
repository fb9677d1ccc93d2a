#pragma once
/// \file
/// The header fields of digest authentication: WWW-Authenticate and Proxy-Authenticate, Authorization and
/// Proxy-Authorization (RFC 7616, RFC 8760). Text only; the sums are made in control/auth.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace control::sip {

/// A view on credentials as sent: quoted values keep their quotes. Any thread, no allocation.
struct DigestCredentials {
  std::string_view username;
  std::string_view realm;
  std::string_view nonce;
  std::string_view uri;
  std::string_view response;
  std::string_view algorithm;  ///< empty means MD5
  std::string_view cnonce;
  std::string_view opaque;
  std::string_view qop;
  std::string_view nonce_count;

  /// nullopt if the scheme is not Digest, the list is malformed or names a field twice.
  [[nodiscard]] static std::optional<DigestCredentials> parse(std::string_view text);
  /// The header value. Allocates.
  [[nodiscard]] std::string print() const;
};

/// A challenge, with plain values.
struct DigestChallenge {
  std::string realm;
  std::string nonce;
  std::string opaque;
  std::string algorithm;  ///< empty means MD5
  bool qop_auth{true};
  bool stale{false};

  /// nullopt if the scheme is not Digest or the list is malformed. Allocates.
  [[nodiscard]] static std::optional<DigestChallenge> parse(std::string_view text);
  /// The header value. Allocates.
  [[nodiscard]] std::string print() const;
};

}  // namespace control::sip
