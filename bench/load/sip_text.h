#pragma once
/// \file
/// Just enough of SIP for a load generator: fields of a message by their full names, as servers print them.

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

/// Value of the first field of this name; empty without one. `name` without the colon.
[[nodiscard]] inline std::string_view field(std::string_view message, std::string_view name) {
  for (auto at = message.find("\r\n"); at != std::string_view::npos; at = message.find("\r\n", at)) {
    at += 2;
    const auto line = message.substr(at, message.find("\r\n", at) - at);
    if (line.empty()) return {};
    if (line.size() <= name.size() || line[name.size()] != ':' || !line.starts_with(name)) continue;
    const auto value = line.find_first_not_of(' ', name.size() + 1);
    return value == std::string_view::npos ? std::string_view{} : line.substr(value);
  }
  return {};
}

/// All lines of this name with their line ends: what a response copies.
[[nodiscard]] inline std::string lines(std::string_view message, std::string_view name) {
  std::string found;
  for (auto at = message.find("\r\n"); at != std::string_view::npos; at = message.find("\r\n", at)) {
    at += 2;
    const auto line = message.substr(at, message.find("\r\n", at) - at);
    if (line.empty()) break;
    if (line.size() > name.size() && line[name.size()] == ':' && line.starts_with(name))
      found.append(line).append("\r\n");
  }
  return found;
}

/// Status of a response; 0 of a request.
[[nodiscard]] inline unsigned status_of(std::string_view message) {
  unsigned status = 0;
  if (message.starts_with("SIP/2.0 "))
    std::from_chars(message.data() + 8, message.data() + message.size(), status);
  return status;
}

/// What stands between `<` and `>`.
[[nodiscard]] inline std::string_view in_brackets(std::string_view value) {
  const auto open = value.find('<');
  if (open == std::string_view::npos) return value;
  return value.substr(open + 1, value.find('>', open) - open - 1);
}

/// A quoted parameter of a challenge.
[[nodiscard]] inline std::string_view quoted_param(std::string_view value, std::string_view name) {
  const auto at = value.find(std::string(name) + "=\"");
  if (at == std::string_view::npos) return {};
  const auto begin = at + name.size() + 2;
  return value.substr(begin, value.find('"', begin) - begin);
}

/// The number that a Call-ID of ours begins with.
[[nodiscard]] inline std::uint32_t leading_number(std::string_view text) {
  std::uint32_t number = UINT32_MAX;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace bench
