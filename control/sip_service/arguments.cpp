#include "control/sip_service/arguments.h"

#include <algorithm>
#include <charconv>

namespace control {

base::Result<Arguments> Arguments::parse(const std::vector<std::string>& words,
                                         const std::vector<std::string_view>& options) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) {
      arguments.positions_.push_back(words[i]);
      continue;
    }
    const auto equals = words[i].find('=');
    const auto name = words[i].substr(2, equals == std::string::npos ? std::string::npos : equals - 2);
    if (std::find(options.begin(), options.end(), name) == options.end())
      return base::Error{"there is no option --" + name};
    if (equals != std::string::npos) {
      arguments.options_[name] = words[i].substr(equals + 1);
    } else if (++i < words.size()) {
      arguments.options_[name] = words[i];
    } else {
      return base::Error{"--" + name + " lacks its value"};
    }
  }
  return arguments;
}

std::string Arguments::value(std::string_view name, std::string otherwise) const {
  const auto found = options_.find(name);
  return found == options_.end() ? otherwise : found->second;
}

base::Result<std::uint32_t> Arguments::number(std::string_view name, std::uint32_t otherwise) const {
  const auto found = options_.find(name);
  if (found == options_.end()) return otherwise;
  const auto& text = found->second;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return base::Error{"--" + std::string(name) + ": \"" + text + "\" is no number"};
  return number;
}

std::vector<std::string> Arguments::list(std::string_view name) const {
  std::vector<std::string> parts;
  const auto text = value(name);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace control
