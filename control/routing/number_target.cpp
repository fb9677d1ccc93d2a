#include "control/routing/number_target.h"

namespace control {

base::Result<NumberTarget> parse_number_target(std::string_view text) {
  const auto fail = [&] {
    return base::Error{"target \"" + std::string(text) +
                       "\": expected user:NAME, group:NAME or trunk:NAME:NUMBER"};
  };
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return fail();
  const auto kind = text.substr(0, colon);
  const std::string name{text.substr(colon + 1)};
  if (kind == "user") return NumberTarget{ToUser{name}};
  if (kind == "group") return NumberTarget{ToGroup{name}};
  const auto second = name.find(':');
  if (kind != "trunk" || second == std::string::npos || second == 0 || second + 1 == name.size())
    return fail();
  return NumberTarget{ToTrunkNumber{name.substr(0, second), name.substr(second + 1)}};
}

std::string print_number_target(const NumberTarget& target) {
  if (const auto* user = std::get_if<ToUser>(&target)) return "user:" + user->user;
  if (const auto* group = std::get_if<ToGroup>(&target)) return "group:" + group->group;
  if (const auto* trunk = std::get_if<ToTrunkNumber>(&target))
    return "trunk:" + trunk->trunk + ':' + trunk->number;
  return "service";
}

}  // namespace control
