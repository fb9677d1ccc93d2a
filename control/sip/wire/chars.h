#pragma once
/// \file
/// Character classes of RFC 3261 §25.1 as one table of bits, and the three scans that every SIP parser is
/// made of. Any thread, no allocation, linear time.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace control::sip {

/// Bits of the class table.
enum CharClass : std::uint16_t {
  kDigitChar = 1 << 0,
  kAlphaChar = 1 << 1,
  kHexChar = 1 << 2,
  kTokenChar = 1 << 3,        ///< alphanum and -.!%*_+`'~
  kWordChar = 1 << 4,         ///< what a Call-ID is made of
  kUserChar = 1 << 5,         ///< unreserved and user-unreserved; "%" is checked apart
  kPasswordChar = 1 << 6,     ///< unreserved and &=+$,
  kUriParamChar = 1 << 7,     ///< paramchar
  kUriHeaderChar = 1 << 8,    ///< hnv-unreserved, unreserved
  kUriChar = 1 << 9,          ///< reserved and unreserved: any absolute URI
  kHostChar = 1 << 10,        ///< alphanum, "-" and "."
  kParamValueChar = 1 << 11,  ///< token and "[]:", for an IPv6 address as the value of `received`
};

namespace detail {

constexpr bool contains(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

constexpr std::array<std::uint16_t, 256> make_char_table() {
  std::array<std::uint16_t, 256> table{};
  for (int code = 0; code < 128; ++code) {
    const char c = static_cast<char>(code);
    const bool digit = c >= '0' && c <= '9';
    const bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool alphanum = digit || alpha;
    const bool unreserved = alphanum || contains("-_.!~*'()", c);
    const bool token = alphanum || contains("-.!%*_+`'~", c);
    std::uint16_t bits = 0;
    if (digit) bits |= kDigitChar;
    if (alpha) bits |= kAlphaChar;
    if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= kHexChar;
    if (token) bits |= kTokenChar;
    if (token || contains("()<>:\\\"/[]?{}", c)) bits |= kWordChar;
    if (unreserved || contains("&=+$,;?/", c)) bits |= kUserChar;
    if (unreserved || contains("&=+$,", c)) bits |= kPasswordChar;
    if (unreserved || contains("[]/:&+$", c)) bits |= kUriParamChar;
    if (unreserved || contains("[]/?:+$", c)) bits |= kUriHeaderChar;
    if (unreserved || contains(";/?:@&=+$,", c)) bits |= kUriChar;
    if (alphanum || c == '-' || c == '.') bits |= kHostChar;
    if (token || contains("[]:", c)) bits |= kParamValueChar;
    table[static_cast<std::size_t>(code)] = bits;
  }
  return table;
}

inline constexpr auto kCharTable = make_char_table();

}  // namespace detail

[[nodiscard]] constexpr bool is_in(char c, std::uint16_t classes) {
  return (detail::kCharTable[static_cast<unsigned char>(c)] & classes) != 0;
}

/// Length of the run of `classes` at the front of `text`.
[[nodiscard]] constexpr std::size_t span_of(std::string_view text, std::uint16_t classes) {
  std::size_t n = 0;
  while (n < text.size() && is_in(text[n], classes)) ++n;
  return n;
}

/// Length of the run of `classes` and of %HH escapes at the front of `text`; a broken escape ends it.
[[nodiscard]] constexpr std::size_t span_of_escaped(std::string_view text, std::uint16_t classes) {
  std::size_t n = 0;
  while (n < text.size()) {
    if (is_in(text[n], classes)) {
      ++n;
    } else if (text[n] == '%' && n + 2 < text.size() && is_in(text[n + 1], kHexChar) &&
               is_in(text[n + 2], kHexChar)) {
      n += 3;
    } else {
      break;
    }
  }
  return n;
}

[[nodiscard]] constexpr bool is_space(char c) {
  return c == ' ' || c == '\t';
}

/// Drops spaces and tabs at the front. Folded lines are spaces by the time a parser sees them (wire/parse.cpp
/// unfolds).
constexpr void skip_space(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && is_space(text[n])) ++n;
  text.remove_prefix(n);
}

[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) {
  skip_space(text);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes `c` with the space around it (COLON, SEMI, EQUAL, SLASH … of RFC 3261 §25.1); false and nothing
/// taken without it.
constexpr bool take(std::string_view& text, char c) {
  std::string_view rest = text;
  skip_space(rest);
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  skip_space(rest);
  text = rest;
  return true;
}

/// Takes the run of `classes` at the front; empty without one.
constexpr std::string_view take_run(std::string_view& text, std::uint16_t classes) {
  const std::size_t n = span_of(text, classes);
  const auto run = text.substr(0, n);
  text.remove_prefix(n);
  return run;
}

[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace control::sip
