#include "mediad/ini_file.h"

#include <fmt/format.h>

namespace mediad {
namespace {

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

base::Error at_line(int line, std::string_view what) {
  return {fmt::format("line {}: {}", line, what)};
}

}  // namespace

base::Result<std::vector<IniEntry>> parse_ini(std::string_view text) {
  if (text.size() > kMaxIniSize) return base::Error{"file is larger than 1 MiB"};
  std::vector<IniEntry> entries;
  std::string section;
  for (int line = 1; !text.empty(); ++line) {
    const auto end = text.find('\n');
    const auto content = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (content.find('\0') != std::string_view::npos) return at_line(line, "not a text file");
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    if (content.front() == '[') {
      if (content.back() != ']') return at_line(line, fmt::format("section '{}' lacks its ']'", content));
      section = trim(content.substr(1, content.size() - 2));
      continue;
    }
    const auto equals = content.find('=');
    const auto key = trim(content.substr(0, equals));
    const auto value =
        equals == std::string_view::npos ? std::string_view{} : trim(content.substr(equals + 1));
    if (key.empty() || key.find_first_of(" \t") != std::string_view::npos) {
      return at_line(line, fmt::format("'{}' is no key = value", content));
    }
    entries.push_back({section, std::string{key}, std::string{value}, line});
  }
  return entries;
}

}  // namespace mediad
