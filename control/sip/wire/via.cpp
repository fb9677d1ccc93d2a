#include "control/sip/wire/via.h"

#include "control/sip/wire/chars.h"
#include "control/sip/wire/params.h"
#include "control/sip/wire/uri.h"

namespace control::sip {

std::optional<Via> Via::take(std::string_view& text) {
  skip_space(text);
  const std::string_view start = text;
  Via via;
  if (!equal_ignoring_case(take_run(text, kTokenChar), "SIP") || !control::sip::take(text, '/'))
    return std::nullopt;
  via.version = take_run(text, kTokenChar);
  if (via.version.empty() || !control::sip::take(text, '/')) return std::nullopt;
  via.transport = take_run(text, kTokenChar);
  if (via.transport.empty() || text.empty() || !is_space(text.front())) return std::nullopt;
  skip_space(text);
  via.host = take_host(text);
  if (via.host.empty()) return std::nullopt;
  if (control::sip::take(text, ':')) {
    const auto port = parse_number(take_run(text, kDigitChar), 65535);
    if (!port) return std::nullopt;
    via.port = static_cast<std::uint16_t>(*port);
  }
  const std::string_view params = text;
  while (control::sip::take(text, ';')) {
    const auto param = take_param(text);
    if (!param) return std::nullopt;
    if (via.branch.empty() && equal_ignoring_case(param->name, "branch")) via.branch = param->value;
  }
  via.params = params.substr(0, params.size() - text.size());
  via.text = start.substr(0, start.size() - text.size());
  skip_space(text);
  if (!text.empty() && text.front() != ',') return std::nullopt;
  return via;
}

std::optional<Via> Via::parse(std::string_view text) {
  const auto via = take(text);
  return text.empty() ? via : std::nullopt;
}

std::optional<std::string_view> Via::param(std::string_view name) const {
  return find_param(params, name);
}

}  // namespace control::sip
