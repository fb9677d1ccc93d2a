#include "control/sip/wire/params.h"

#include <limits>

namespace control::sip {

std::optional<std::string_view> take_quoted(std::string_view& text) {
  if (text.empty() || text.front() != '"') return std::nullopt;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      const auto whole = text.substr(0, i + 1);
      text.remove_prefix(i + 1);
      return whole;
    }
  }
  return std::nullopt;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

std::string quoted(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 2);
  result += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  result += '"';
  return result;
}

std::optional<Param> take_param(std::string_view& text) {
  Param param;
  param.name = take_run(text, kTokenChar);
  if (param.name.empty()) return std::nullopt;
  if (!take(text, '=')) return param;
  if (!text.empty() && text.front() == '"') {
    const auto value = take_quoted(text);
    if (!value) return std::nullopt;
    param.value = *value;
    return param;
  }
  param.value = take_run(text, kParamValueChar);
  if (param.value.empty()) return std::nullopt;
  return param;
}

std::optional<std::string_view> take_params(std::string_view& text) {
  const std::string_view start = text;
  while (take(text, ';')) {
    if (!take_param(text)) return std::nullopt;
  }
  return start.substr(0, start.size() - text.size());
}

std::optional<std::string_view> find_param(std::string_view params, std::string_view name) {
  while (take(params, ';')) {
    const auto param = take_param(params);
    if (!param) return std::nullopt;
    if (equal_ignoring_case(param->name, name)) return param->value;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> parse_number(std::string_view digits, std::uint32_t max) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!is_in(c, kDigitChar)) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
    if (value > max) return std::nullopt;
  }
  return static_cast<std::uint32_t>(value);
}

std::optional<std::uint32_t> take_delta_seconds(std::string_view& text) {
  const auto digits = take_run(text, kDigitChar);
  if (digits.empty()) return std::nullopt;
  constexpr auto kMax = std::numeric_limits<std::uint32_t>::max();
  return parse_number(digits, kMax).value_or(kMax);
}

}  // namespace control::sip
