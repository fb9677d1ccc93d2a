#include "control/ng/request.h"

#include <algorithm>
#include <array>

#include "control/ng/flags.h"

namespace control::ng {
namespace {

constexpr std::array<std::string_view, kCommandCount> kCommands = {"ping",  "offer", "answer",    "delete",
                                                                   "query", "list",  "statistics"};

}  // namespace

std::string_view to_string(Command command) {
  return kCommands[static_cast<std::size_t>(command)];
}

base::Result<NgRequest> parse_request(const Value& message) {
  const auto* entries = message.dictionary();
  const auto* name = message.find("command");
  if (entries == nullptr || name == nullptr) return base::Error{"Dictionary contains no key \"command\""};
  const auto found = std::find(kCommands.begin(), kCommands.end(), name->as_text());
  if (found == kCommands.end()) return base::Error{"Unrecognized command"};

  NgRequest request;
  request.command = static_cast<Command>(found - kCommands.begin());
  for (const auto& [key, value] : *entries) {
    if (key != "command") apply_key(key, value, request);
  }
  return request;
}

}  // namespace control::ng
