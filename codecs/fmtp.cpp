#include "codecs/fmtp.h"

#include <algorithm>
#include <charconv>

namespace codecs {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

bool equal_fold(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> fmtp_value(std::string_view fmtp, std::string_view name) {
  while (!fmtp.empty()) {
    const auto end = fmtp.find(';');
    const auto pair = fmtp.substr(0, end);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && equal_fold(trimmed(pair.substr(0, equals)), name)) {
      return trimmed(pair.substr(equals + 1));
    }
    if (end == std::string_view::npos) break;
    fmtp.remove_prefix(end + 1);
  }
  return std::nullopt;
}

std::optional<std::int32_t> fmtp_integer(std::string_view fmtp, std::string_view name) {
  const auto value = fmtp_value(fmtp, name);
  if (!value) return std::nullopt;
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (error != std::errc{} || end != value->data() + value->size()) return std::nullopt;
  return number;
}

bool fmtp_flag(std::string_view fmtp, std::string_view name) {
  return fmtp_value(fmtp, name) == "1";
}

}  // namespace codecs
