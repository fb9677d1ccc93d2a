#include "control/ng/request.h"

#include <algorithm>

#include "control/ng/flags.h"

namespace control::ng {
base::Result<NgRequest> parse_request(const Value& message) {
  const auto* entries = message.dictionary();
  const auto* name = message.find("command");
  if (entries == nullptr || name == nullptr) return base::Error{"Dictionary contains no key \"command\""};
  const auto found = std::find(kRequestKinds.begin(), kRequestKinds.end(), name->as_text());
  if (found == kRequestKinds.end()) return base::Error{"Unrecognized command"};

  NgRequest request;
  request.command = static_cast<RequestKind>(found - kRequestKinds.begin());
  for (const auto& [key, value] : *entries) {
    if (key != "command") apply_key(key, value, request);
  }
  return request;
}

}  // namespace control::ng
