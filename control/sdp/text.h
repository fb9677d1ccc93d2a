#pragma once
/// \file
/// Small readers of text shared by the parts of an SDP parser. Pure; never allocate.

#include <charconv>
#include <optional>
#include <string_view>

namespace control::sdp {

/// The text less blanks at both ends.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes the next token off the front of `text`, with the blanks around it; empty at the end.
[[nodiscard]] constexpr std::string_view next_token(std::string_view& text) {
  text = trim(text);
  const auto token = text.substr(0, text.find_first_of(" \t"));
  text = trim(text.substr(token.size()));
  return token;
}

/// The whole text as a decimal number that fits T; nullopt otherwise.
template <typename T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Equality that folds ASCII case, for tokens that RFC 4855 §3 and RFC 8866 compare so.
[[nodiscard]] constexpr bool equal_fold(std::string_view a, std::string_view b) {
  constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace control::sdp
