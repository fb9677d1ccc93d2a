#include "control/sip/wire/name_addr.h"

#include "control/sip/wire/chars.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

/// `*(token LWS)` up to the "<"; with leniency anything but quotes and brackets.
std::optional<std::string_view> take_unquoted_display(std::string_view& text, const Leniency& leniency) {
  std::size_t n = 0;
  while (n < text.size() && text[n] != '<') {
    if (!is_in(text[n], kTokenChar) && !is_space(text[n])) {
      if (!leniency.unquoted_display_name || text[n] == '"' || text[n] == '>') return std::nullopt;
    }
    ++n;
  }
  if (n == text.size()) return std::nullopt;
  const auto display = trimmed(text.substr(0, n));
  text.remove_prefix(n);
  return display;
}

std::optional<Uri> take_bracketed(std::string_view& text, const Leniency& leniency) {
  const auto end = text.find('>');
  if (end == std::string_view::npos) return std::nullopt;
  auto spec = text.substr(1, end - 1);
  if (leniency.space_in_addr_spec) spec = trimmed(spec);
  text.remove_prefix(end + 1);
  return Uri::parse(spec);
}

/// Without brackets ";" begins the header's parameters, and "," and "?" may not occur at all (RFC 3261
/// §20.10).
std::optional<Uri> take_bare(std::string_view& text, const Leniency& leniency) {
  const auto end = text.find_first_of("; \t,");
  const auto spec = text.substr(0, end);
  text.remove_prefix(spec.size());
  const auto uri = Uri::parse(spec);
  if (!uri || (spec.find('?') != std::string_view::npos && !leniency.headers_in_bare_contact))
    return std::nullopt;
  return uri;
}

/// True if the element is a bare addr-spec: a ":" comes before any "<" or quote.
bool is_bare(std::string_view text) {
  const auto mark = text.find_first_of(":<\"");
  return mark != std::string_view::npos && text[mark] == ':';
}

}  // namespace

std::optional<NameAddr> NameAddr::take(std::string_view& text, const Leniency& leniency) {
  skip_space(text);
  NameAddr result;
  std::optional<Uri> uri;
  if (is_bare(text)) {
    uri = take_bare(text, leniency);
  } else {
    const bool is_quoted = !text.empty() && text.front() == '"';
    const auto display = is_quoted ? take_quoted(text) : take_unquoted_display(text, leniency);
    if (!display) return std::nullopt;
    result.display = *display;
    skip_space(text);
    if (text.empty() || text.front() != '<') return std::nullopt;
    uri = take_bracketed(text, leniency);
  }
  if (!uri) return std::nullopt;
  result.uri = *uri;
  const auto params = take_params(text);
  if (!params) return std::nullopt;
  result.params = *params;
  skip_space(text);
  if (!text.empty() && text.front() != ',') return std::nullopt;
  return result;
}

std::optional<NameAddr> NameAddr::parse(std::string_view text, const Leniency& leniency) {
  const auto result = take(text, leniency);
  return text.empty() ? result : std::nullopt;
}

std::optional<std::string_view> NameAddr::param(std::string_view name) const {
  return find_param(params, name);
}

std::string NameAddr::display_name() const {
  return unquoted(display);
}

}  // namespace control::sip
