#pragma once
/// \file
/// The parts that header fields share: `;name=value` parameters, quoted strings and numbers. Views into the
/// caller's text; any thread, no allocation unless said, linear time.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/sip/wire/chars.h"

namespace control::sip {

/// One parameter of a header field. A quoted value keeps its quotes; unquoted() takes them off.
struct Param {
  std::string_view name;
  std::string_view value;
};

/// Takes a quoted string with its quotes (RFC 3261 §25.1 quoted-string); nullopt without a closing quote.
[[nodiscard]] std::optional<std::string_view> take_quoted(std::string_view& text);

/// The text that a quoted string stands for; other text as it is. Allocates.
[[nodiscard]] std::string unquoted(std::string_view text);
/// `text` as a quoted string. Allocates.
[[nodiscard]] std::string quoted(std::string_view text);

/// Takes one generic-param after its separator: token [ "=" (token / host / quoted-string) ].
[[nodiscard]] std::optional<Param> take_param(std::string_view& text);

/// Takes `*( SEMI generic-param )` and returns the text taken; nullopt if a parameter is malformed.
[[nodiscard]] std::optional<std::string_view> take_params(std::string_view& text);

/// Finds a parameter in text that take_params returned; names compare without case. nullopt if absent, empty
/// if it has no value.
[[nodiscard]] std::optional<std::string_view> find_param(std::string_view params, std::string_view name);

/// A whole text of decimal digits up to `max`.
[[nodiscard]] std::optional<std::uint32_t> parse_number(std::string_view digits, std::uint32_t max);

/// delta-seconds at the front of `text`; what does not fit 32 bits counts as the largest value (RFC 4475
/// §3.1.2.4).
[[nodiscard]] std::optional<std::uint32_t> take_delta_seconds(std::string_view& text);

/// Calls `visit(token)` for each token of a comma-separated list such as Supported; stops at what is not a
/// token.
template <typename Visit>
void for_each_token(std::string_view list, Visit visit) {
  do {
    skip_space(list);
    const auto token = take_run(list, kTokenChar);
    if (token.empty()) return;
    visit(token);
  } while (take(list, ','));
}

}  // namespace control::sip
