#include "control/auth/digest_client.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "control/sip/wire/digest_field.h"
#include "control/sip/wire/params.h"

namespace control {
namespace {

std::optional<DigestAlgorithm> algorithm_of(std::string_view name) {
  if (name.empty() || sip::equal_ignoring_case(name, "MD5")) return DigestAlgorithm::kMd5;
  if (sip::equal_ignoring_case(name, "SHA-256")) return DigestAlgorithm::kSha256;
  return std::nullopt;
}

/// The first challenge that we can answer: the peer's order is its preference (RFC 8760 §2.4).
std::optional<sip::DigestChallenge> choose(const sip::Message& refusal, sip::HeaderId header,
                                           const std::string& realm) {
  std::optional<sip::DigestChallenge> chosen;
  refusal.for_each(header, [&](std::string_view value) {
    if (chosen) return;
    auto challenge = sip::DigestChallenge::parse(value);
    if (challenge && algorithm_of(challenge->algorithm) && (realm.empty() || challenge->realm == realm)) {
      chosen = std::move(challenge);
    }
  });
  return chosen;
}

}  // namespace

bool DigestClient::take_challenge(const sip::Message& refusal) {
  const bool is_proxy = refusal.status() == 407;
  const auto header = is_proxy ? sip::HeaderId::kProxyAuthenticate : sip::HeaderId::kWwwAuthenticate;
  auto challenge = choose(refusal, header, credentials_.realm);
  if (!challenge) return false;
  // Our answer to an earlier nonce of the same realm was refused, and not for the nonce's age.
  if (count_ > 0 && challenge->realm == realm_ && !challenge->stale) {
    count_ = 0;
    nonce_.clear();
    return false;
  }
  answers_in_ = is_proxy ? sip::HeaderId::kProxyAuthorization : sip::HeaderId::kAuthorization;
  algorithm_ = *algorithm_of(challenge->algorithm);
  realm_ = std::move(challenge->realm);
  nonce_ = std::move(challenge->nonce);
  opaque_ = std::move(challenge->opaque);
  has_qop_ = challenge->qop_auth;
  const auto& stored = algorithm_ == DigestAlgorithm::kMd5 ? credentials_.ha1_md5 : credentials_.ha1_sha256;
  ha1_ = stored.empty() ? digest_ha1(algorithm_, credentials_.user, realm_, credentials_.password) : stored;
  count_ = 0;
  return true;
}

void DigestClient::authorize(sip::OutgoingRequest& request, std::string_view cnonce) {
  if (nonce_.empty()) return;
  const auto count = fmt::format("{:08x}", ++count_);
  const auto qop = has_qop_ ? std::string_view{"auth"} : std::string_view{};
  const auto response =
      '"' + digest_response(algorithm_, ha1_, {nonce_, count, cnonce, qop, request.method, request.uri}) +
      '"';
  const auto user = sip::quoted(credentials_.user), realm = sip::quoted(realm_), nonce = sip::quoted(nonce_);
  const auto uri = sip::quoted(request.uri), opaque = sip::quoted(opaque_),
             quoted_cnonce = sip::quoted(cnonce);
  sip::DigestCredentials field;
  field.username = user;
  field.realm = realm;
  field.nonce = nonce;
  field.uri = uri;
  field.response = response;
  field.algorithm = name_of(algorithm_);
  if (!opaque_.empty()) field.opaque = opaque;
  if (has_qop_) {
    field.cnonce = quoted_cnonce;
    field.qop = qop;
    field.nonce_count = count;
  }
  request.headers.add(answers_in_, field.print());
}

}  // namespace control
