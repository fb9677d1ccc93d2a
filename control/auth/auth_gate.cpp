#include "control/auth/auth_gate.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "control/sip/wire/params.h"

namespace control {
namespace {

/// Addresses whose failures are remembered: 4 MB. Beyond it the refilled ones are forgotten, and if there are
/// none, all.
constexpr std::size_t kMaxFailureEntries = 65536;

/// The algorithm that credentials name; nullopt if it is not on offer. Without a name it is MD5 (RFC 7616
/// §3.4).
std::optional<DigestAlgorithm> algorithm_of(std::string_view name,
                                            const std::vector<DigestAlgorithm>& offered) {
  for (const auto each : offered) {
    if (sip::equal_ignoring_case(name.empty() ? "MD5" : name, name_of(each))) return each;
  }
  return std::nullopt;
}

/// Credentials for our realm among several Authorization fields.
std::optional<sip::DigestCredentials> credentials_of(const sip::Message& message, std::string_view realm) {
  std::optional<sip::DigestCredentials> found;
  message.for_each(sip::HeaderId::kAuthorization, [&](std::string_view value) {
    const auto each = sip::DigestCredentials::parse(value);
    if (each && sip::unquoted(each->realm) == realm) found = each;
  });
  return found;
}

/// RFC 7616 §3.4.6: the URI that was signed must be the one that is asked for.
bool signs_this_uri(const std::string& signed_uri, const sip::Message& message) {
  if (signed_uri == message.uri_text()) return true;
  const auto uri = sip::Uri::parse(signed_uri);
  return uri && sip::equivalent(*uri, message.uri());
}

}  // namespace

AuthGate::AuthGate(const Accounts& accounts, std::string secret, AuthGateOptions options)
    : accounts_(accounts),
      secret_(std::move(secret)),
      options_(std::move(options)),
      nonces_(hmac_sha256(secret_, "nonce"), options_.nonce_lifetime) {}

AuthGate::Verdict AuthGate::admit(const sip::Request& request, base::Instant now) {
  if (const auto* trunk = trunk_of(request)) {
    ++counters_.admitted;
    return AuthenticatedOrigin(AuthenticatedOrigin::Kind::kTrunk, trunk->name);
  }
  const auto& client = request.flow.remote.ip;
  if (is_proxy(client)) {
    ++counters_.admitted;
    return AuthenticatedOrigin(AuthenticatedOrigin::Kind::kProxy, client.to_string());
  }
  if (!may_try(client, now)) {
    ++counters_.throttled;
    sip::OutgoingResponse refusal{.status = 503, .reason = "", .to_tag = ""};
    refusal.headers.add(sip::HeaderId::kRetryAfter, 30U);
    return refusal;
  }
  const auto credentials = credentials_of(request.message, options_.realm);
  if (!credentials) {
    ++counters_.challenged;
    return challenge(client, false, now);
  }
  return judge(request, *credentials, now);
}

AuthGate::Verdict AuthGate::judge(const sip::Request& request, const sip::DigestCredentials& credentials,
                                  base::Instant now) {
  const auto& client = request.flow.remote.ip;
  const auto algorithm = algorithm_of(sip::unquoted(credentials.algorithm), options_.algorithms);
  const auto qop = sip::unquoted(credentials.qop);
  const auto user = sip::unquoted(credentials.username);
  const auto nonce = sip::unquoted(credentials.nonce);
  const auto uri = sip::unquoted(credentials.uri);
  const auto cnonce = sip::unquoted(credentials.cnonce);
  // qop is demanded: without it there is no nonce count, and a request could be replayed.
  if (!algorithm || !sip::equal_ignoring_case(qop, "auth") || credentials.nonce_count.size() != 8 ||
      cnonce.empty()) {
    ++counters_.failed;
    return challenge(client, false, now);
  }
  const auto nonce_verdict = nonces_.check(nonce, client, now);
  // The sums are made whatever is known by now, so that their time says nothing.
  const auto expected =
      digest_response(*algorithm, expected_ha1(*algorithm, user),
                      {nonce, credentials.nonce_count, cnonce, qop, request.message.method_name(), uri});
  const bool is_right = equal_in_constant_time(expected, sip::unquoted(credentials.response));
  if (!is_right || nonce_verdict == NonceMint::Verdict::kForeign || !signs_this_uri(uri, request.message)) {
    ++counters_.failed;
    note_failure(client, now);
    return challenge(client, false, now);
  }
  if (nonce_verdict == NonceMint::Verdict::kStale) {
    ++counters_.stale;
    return challenge(client, true, now);
  }
  std::uint32_t count = 0;
  for (const char c : credentials.nonce_count) {
    if (!sip::is_in(c, sip::kHexChar)) return challenge(client, false, now);
    count = count * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  if (!nonces_.take_count(nonce, count, now)) {
    ++counters_.replayed;
    return challenge(client, true, now);
  }
  ++counters_.admitted;
  return AuthenticatedOrigin(AuthenticatedOrigin::Kind::kUser, user);
}

bool AuthGate::is_proxy(const base::IpAddress& address) const {
  return std::find(options_.proxies.begin(), options_.proxies.end(), address) != options_.proxies.end();
}

const TrunkIdentity* AuthGate::trunk_of(const sip::Request& request) const {
  for (const auto& trunk : options_.trunks) {
    const auto& known = trunk.addresses;
    if (std::find(known.begin(), known.end(), request.flow.remote.ip) == known.end()) continue;
    if (trunk.tls_name.empty() || sip::equal_ignoring_case(trunk.tls_name, request.tls_name)) return &trunk;
  }
  return nullptr;
}

/// Of a user that does not exist, a value that no password gives: made anew each time, and the look-up is
/// made too.
std::string AuthGate::expected_ha1(DigestAlgorithm algorithm, const std::string& user) const {
  auto made_up = hmac_sha256(secret_, user);
  if (algorithm == DigestAlgorithm::kMd5) made_up.resize(32);
  const auto account = accounts_.find(user);
  if (!account) return made_up;
  const auto& ha1 = algorithm == DigestAlgorithm::kMd5 ? account->ha1_md5 : account->ha1_sha256;
  return ha1.empty() ? made_up : ha1;
}

sip::OutgoingResponse AuthGate::challenge(const base::IpAddress& client, bool stale, base::Instant now) {
  sip::OutgoingResponse response{.status = 401, .reason = "", .to_tag = ""};
  const auto nonce = nonces_.make(client, now);
  for (const auto algorithm : options_.algorithms) {
    sip::DigestChallenge each;
    each.realm = options_.realm;
    each.nonce = nonce;
    each.algorithm = name_of(algorithm);
    each.stale = stale;
    response.headers.add(sip::HeaderId::kWwwAuthenticate, each.print());
  }
  return response;
}

bool AuthGate::may_try(const base::IpAddress& client, base::Instant now) {
  const auto at = failures_.find(client);
  if (at == failures_.end()) return true;
  auto& bucket = at->second;
  const double seconds = std::chrono::duration<double>(now - bucket.last).count();
  bucket.tokens = std::min(options_.failure_burst, bucket.tokens + seconds * options_.failures_per_second);
  bucket.last = now;
  if (bucket.tokens < options_.failure_burst) return bucket.tokens >= 1;
  failures_.erase(at);
  return true;
}

void AuthGate::note_failure(const base::IpAddress& client, base::Instant now) {
  if (failures_.size() >= kMaxFailureEntries && !failures_.contains(client)) {
    const double refill = options_.failure_burst / options_.failures_per_second;
    std::erase_if(failures_, [&](const auto& each) {
      return std::chrono::duration<double>(now - each.second.last).count() > refill;
    });
    if (failures_.size() >= kMaxFailureEntries) failures_.clear();
  }
  auto& bucket = failures_.try_emplace(client, Bucket{options_.failure_burst, now}).first->second;
  bucket.tokens -= 1;
  bucket.last = now;
}

}  // namespace control
