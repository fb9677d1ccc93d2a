#include "control/auth/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace control {
namespace {

std::string to_hex(const unsigned char* octets, std::size_t size) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * size);
  for (std::size_t i = 0; i < size; ++i) {
    text += kHex[octets[i] >> 4];
    text += kHex[octets[i] & 15];
  }
  return text;
}

std::string hash(DigestAlgorithm algorithm, std::string_view text) {
  // Fetched once: EVP_md5() and EVP_sha256() look their provider up at every use.
  static const EVP_MD* const kMd5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum;
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), sum.data(), &size, algorithm == DigestAlgorithm::kMd5 ? kMd5 : kSha256,
             nullptr);
  return to_hex(sum.data(), size);
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) {
    if (!text.empty()) text += ':';
    text += part;
  }
  return text;
}

}  // namespace

std::string_view name_of(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::kMd5 ? "MD5" : "SHA-256";
}

std::string digest_ha1(DigestAlgorithm algorithm, std::string_view user, std::string_view realm,
                       std::string_view password) {
  std::string text(user);
  text += ':';
  text += realm;
  text += ':';
  text += password;
  return hash(algorithm, text);
}

std::string digest_response(DigestAlgorithm algorithm, std::string_view ha1, const DigestInput& input) {
  const auto ha2 = hash(algorithm, joined({input.method, input.uri}));
  if (input.qop.empty()) return hash(algorithm, joined({ha1, input.nonce, ha2}));
  return hash(algorithm, joined({ha1, input.nonce, input.nonce_count, input.cnonce, input.qop, ha2}));
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum;
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum.data(), &size);
  return to_hex(sum.data(), size);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace control
