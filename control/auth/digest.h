#pragma once
/// \file
/// The sums of digest authentication (RFC 7616 §3.4, RFC 8760). Any thread; allocates its results.

#include <cstdint>
#include <string>
#include <string_view>

namespace control {

enum class DigestAlgorithm : std::uint8_t { kMd5, kSha256 };

/// "MD5", "SHA-256" as on the wire.
[[nodiscard]] std::string_view name_of(DigestAlgorithm algorithm);

/// H(user:realm:password) in lower-case hex: what is stored instead of a password. `user` and `realm` in
/// plain text.
[[nodiscard]] std::string digest_ha1(DigestAlgorithm algorithm, std::string_view user, std::string_view realm,
                                     std::string_view password);

/// What the response is made of besides HA1; plain values without quotes.
struct DigestInput {
  std::string_view nonce;
  std::string_view nonce_count;
  std::string_view cnonce;
  std::string_view qop;  ///< "auth", or empty for RFC 2069 clients
  std::string_view method;
  std::string_view uri;
};

/// The response in lower-case hex.
[[nodiscard]] std::string digest_response(DigestAlgorithm algorithm, std::string_view ha1,
                                          const DigestInput& input);

/// HMAC-SHA-256 in lower-case hex.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

/// Equality in a time that depends on the lengths alone.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace control
