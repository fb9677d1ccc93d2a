#include "control/sip/wire/digest_field.h"

#include "control/sip/wire/chars.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

/// Calls `visit(name, value)` for each auth-param behind "Digest"; false if the text is malformed or visit
/// refuses.
template <typename Visit>
bool for_each_auth_param(std::string_view text, Visit visit) {
  skip_space(text);
  if (!equal_ignoring_case(take_run(text, kTokenChar), "Digest")) return false;
  if (text.empty() || !is_space(text.front())) return false;
  skip_space(text);
  do {
    const auto name = take_run(text, kTokenChar);
    if (name.empty() || !take(text, '=')) return false;
    std::string_view value;
    if (!text.empty() && text.front() == '"') {
      const auto whole = take_quoted(text);
      if (!whole) return false;
      value = *whole;
    } else {
      value = take_run(text, kTokenChar);
      if (value.empty()) return false;
    }
    if (!visit(name, value)) return false;
  } while (take(text, ','));
  skip_space(text);
  return text.empty();
}

void append(std::string& to, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  to += to.back() == ' ' ? "" : ", ";
  to += name;
  to += '=';
  to += value;
}

}  // namespace

std::optional<DigestCredentials> DigestCredentials::parse(std::string_view text) {
  DigestCredentials result;
  const struct {
    std::string_view name;
    std::string_view DigestCredentials::*member;
  } kFields[] = {{"username", &DigestCredentials::username}, {"realm", &DigestCredentials::realm},
                 {"nonce", &DigestCredentials::nonce},       {"uri", &DigestCredentials::uri},
                 {"response", &DigestCredentials::response}, {"algorithm", &DigestCredentials::algorithm},
                 {"cnonce", &DigestCredentials::cnonce},     {"opaque", &DigestCredentials::opaque},
                 {"qop", &DigestCredentials::qop},           {"nc", &DigestCredentials::nonce_count}};
  const bool well_formed = for_each_auth_param(text, [&](std::string_view name, std::string_view value) {
    for (const auto& field : kFields) {
      if (!equal_ignoring_case(field.name, name)) continue;
      if (!(result.*field.member).empty()) return false;
      result.*field.member = value;
    }
    return true;
  });
  if (!well_formed) return std::nullopt;
  return result;
}

std::string DigestCredentials::print() const {
  std::string text = "Digest ";
  append(text, "username", username);
  append(text, "realm", realm);
  append(text, "nonce", nonce);
  append(text, "uri", uri);
  append(text, "response", response);
  append(text, "algorithm", algorithm);
  append(text, "cnonce", cnonce);
  append(text, "opaque", opaque);
  append(text, "qop", qop);
  append(text, "nc", nonce_count);
  return text;
}

std::optional<DigestChallenge> DigestChallenge::parse(std::string_view text) {
  DigestChallenge result;
  result.qop_auth = false;
  const bool well_formed = for_each_auth_param(text, [&](std::string_view name, std::string_view value) {
    if (equal_ignoring_case(name, "realm")) result.realm = unquoted(value);
    if (equal_ignoring_case(name, "nonce")) result.nonce = unquoted(value);
    if (equal_ignoring_case(name, "opaque")) result.opaque = unquoted(value);
    if (equal_ignoring_case(name, "algorithm")) result.algorithm = unquoted(value);
    if (equal_ignoring_case(name, "stale")) result.stale = equal_ignoring_case(unquoted(value), "true");
    if (equal_ignoring_case(name, "qop")) {
      for_each_token(unquoted(value),
                     [&](std::string_view qop) { result.qop_auth |= equal_ignoring_case(qop, "auth"); });
    }
    return true;
  });
  if (!well_formed || result.nonce.empty()) return std::nullopt;
  return result;
}

std::string DigestChallenge::print() const {
  std::string text = "Digest ";
  append(text, "realm", quoted(realm));
  append(text, "nonce", quoted(nonce));
  if (!opaque.empty()) append(text, "opaque", quoted(opaque));
  append(text, "algorithm", algorithm);
  if (qop_auth) append(text, "qop", "\"auth\"");
  if (stale) append(text, "stale", "true");
  return text;
}

}  // namespace control::sip
