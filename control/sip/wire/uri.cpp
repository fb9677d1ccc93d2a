#include "control/sip/wire/uri.h"

#include "control/sip/wire/chars.h"
#include "control/sip/wire/limits.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

/// A host name of RFC 3261 §25.1: labels of alphanum and "-"; the last begins with a letter, else all is an
/// IPv4 address.
bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > 255) return false;
  std::size_t label = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] != '.') continue;
    if (i == label || name[label] == '-' || name[i - 1] == '-') return false;
    if (i + 1 < name.size()) label = i + 1;
  }
  if (name.back() == '-' || name[label] == '-') return false;
  return is_in(name[label], kAlphaChar) || base::IpAddress::parse(name).has_value();
}

/// RFC 3261's own grammar lets "::" meet the ":" before an embedded IPv4 address; RFC 5118 §4.10 wants that
/// read as "::".
std::optional<base::IpAddress> parse_v6(std::string_view text) {
  if (text.size() > 64) return std::nullopt;
  if (const auto at = text.find(":::");
      at != std::string_view::npos && text.find('.', at) != std::string_view::npos) {
    std::string corrected(text);
    corrected.erase(at, 1);
    const auto address = base::IpAddress::parse(corrected);
    return address && address->is_v6() ? address : std::nullopt;
  }
  const auto address = base::IpAddress::parse(text);
  return address && address->is_v6() ? address : std::nullopt;
}

/// `*( ";" pname [ "=" pvalue ] )` without any space.
bool take_uri_params(std::string_view& rest) {
  for (std::size_t count = 0; !rest.empty() && rest.front() == ';'; ++count) {
    if (count == kMaxUriParams) return false;
    rest.remove_prefix(1);
    const std::size_t name = span_of_escaped(rest, kUriParamChar);
    if (name == 0) return false;
    rest.remove_prefix(name);
    if (rest.empty() || rest.front() != '=') continue;
    rest.remove_prefix(1);
    const std::size_t value = span_of_escaped(rest, kUriParamChar);
    if (value == 0) return false;
    rest.remove_prefix(value);
  }
  return true;
}

/// `"?" header *( "&" header )`, header = hname "=" hvalue.
bool take_uri_headers(std::string_view& rest) {
  do {
    rest.remove_prefix(1);
    const std::size_t name = span_of_escaped(rest, kUriHeaderChar);
    if (name == 0) return false;
    rest.remove_prefix(name);
    if (rest.empty() || rest.front() != '=') return false;
    rest.remove_prefix(1);
    rest.remove_prefix(span_of_escaped(rest, kUriHeaderChar));
  } while (!rest.empty() && rest.front() == '&');
  return true;
}

bool parse_userinfo(std::string_view info, Uri& uri) {
  const std::size_t user = span_of_escaped(info, kUserChar);
  if (user == 0) return false;
  uri.user = info.substr(0, user);
  if (user == info.size()) return true;
  if (info[user] != ':') return false;
  uri.password = info.substr(user + 1);
  return span_of_escaped(uri.password, kPasswordChar) == uri.password.size();
}

bool parse_sip(std::string_view rest, Uri& uri) {
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    if (!parse_userinfo(rest.substr(0, at), uri)) return false;
    rest.remove_prefix(at + 1);
  }
  uri.host = take_host(rest);
  if (uri.host.empty()) return false;
  if (!rest.empty() && rest.front() == ':') {
    rest.remove_prefix(1);
    const auto port = parse_number(take_run(rest, kDigitChar), 65535);
    if (!port) return false;
    uri.port = static_cast<std::uint16_t>(*port);
  }
  const std::string_view params = rest;
  if (!take_uri_params(rest)) return false;
  uri.params = params.substr(0, params.size() - rest.size());
  if (rest.empty()) return true;
  if (rest.front() != '?') return false;
  uri.headers = rest.substr(1);
  return take_uri_headers(rest) && rest.empty();
}

bool parse_tel(std::string_view rest, Uri& uri) {
  std::size_t digits = 0;
  while (digits < rest.size() && (is_in(rest[digits], kHexChar) || rest[digits] == '+' ||
                                  rest[digits] == '-' || rest[digits] == '.' || rest[digits] == '(' ||
                                  rest[digits] == ')' || rest[digits] == '*' || rest[digits] == '#')) {
    ++digits;
  }
  if (digits == 0) return false;
  uri.user = rest.substr(0, digits);
  rest.remove_prefix(digits);
  uri.params = rest;
  return take_uri_params(rest) && rest.empty();
}

/// Parameters that must be in both URIs or in neither (RFC 3261 §19.1.4).
constexpr std::string_view kDecisiveParams[] = {"user", "ttl", "method", "maddr", "transport"};

bool params_agree(const Uri& a, const Uri& b) {
  std::string_view rest = a.params;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(part.size());
    const auto name = part.substr(0, part.find('='));
    const auto mine = a.param(name);
    const auto theirs = b.param(name);
    if (mine && theirs && !equal_ignoring_case(unescaped(*mine), unescaped(*theirs))) return false;
  }
  for (const auto name : kDecisiveParams) {
    if (a.has_param(name) != b.has_param(name)) return false;
  }
  return true;
}

int hex_value(char c) {
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

}  // namespace

std::string_view take_host(std::string_view& text) {
  std::size_t length = 0;
  if (!text.empty() && text.front() == '[') {
    const auto end = text.substr(0, 66).find(']');
    if (end == std::string_view::npos || !parse_v6(text.substr(1, end - 1))) return {};
    length = end + 1;
  } else {
    length = span_of(text, kHostChar);
    if (!is_host_name(text.substr(0, length))) return {};
  }
  const auto host = text.substr(0, length);
  text.remove_prefix(length);
  return host;
}

std::optional<base::IpAddress> address_of_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    return parse_v6(host.substr(1, host.size() - 2));
  return base::IpAddress::parse(host);
}

std::optional<Uri> Uri::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_in(text.front(), kAlphaChar)) return std::nullopt;
  const auto scheme = text.substr(0, colon);
  const auto rest = text.substr(colon + 1);
  Uri uri;
  uri.text = text;
  if (equal_ignoring_case(scheme, "sip")) {
    uri.scheme = Scheme::kSip;
  } else if (equal_ignoring_case(scheme, "sips")) {
    uri.scheme = Scheme::kSips;
  } else if (equal_ignoring_case(scheme, "tel")) {
    uri.scheme = Scheme::kTel;
  }
  if (uri.is_sip()) return parse_sip(rest, uri) ? std::optional{uri} : std::nullopt;
  if (uri.scheme == Scheme::kTel) return parse_tel(rest, uri) ? std::optional{uri} : std::nullopt;
  for (const char c : scheme) {
    if (!is_in(c, kAlphaChar | kDigitChar) && c != '+' && c != '-' && c != '.') return std::nullopt;
  }
  if (rest.empty() || span_of_escaped(rest, kUriChar) != rest.size()) return std::nullopt;
  return uri;
}

std::optional<std::string_view> Uri::param(std::string_view name) const {
  std::string_view rest = params;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(part.size());
    const auto equals = part.find('=');
    if (equal_ignoring_case(part.substr(0, equals), name)) {
      return equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
    }
  }
  return std::nullopt;
}

std::optional<base::IpAddress> Uri::host_address() const {
  return address_of_host(host);
}

std::string unescaped(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_in(text[i + 1], kHexChar) &&
        is_in(text[i + 2], kHexChar)) {
      plain += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string escaped_user(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (is_in(c, kUserChar)) {
      result += c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      result += '%';
      result += kHex[octet >> 4];
      result += kHex[octet & 15];
    }
  }
  return result;
}

bool equivalent(const Uri& a, const Uri& b) {
  if (a.scheme != b.scheme) return false;
  if (!a.is_sip()) return equal_ignoring_case(a.text, b.text);
  if (unescaped(a.user) != unescaped(b.user) || unescaped(a.password) != unescaped(b.password)) return false;
  if (!equal_ignoring_case(a.host, b.host)) {
    const auto address = a.host_address();
    if (!address || address != b.host_address()) return false;
  }
  return a.port == b.port && params_agree(a, b) && params_agree(b, a) &&
         equal_ignoring_case(a.headers, b.headers);
}

}  // namespace control::sip
