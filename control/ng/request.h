#pragma once
/// \file
/// An ng request, parsed once into typed values. Behind this file nobody looks at dictionaries.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/call_counters.h"
#include "control/ng/value.h"
#include "control/offer_flags.h"
#include "mediad/base/result.h"

namespace control::ng {

/// One request. Texts that did not come are empty.
struct NgRequest {
  RequestKind command{RequestKind::kPing};
  std::string call_id, from_tag, to_tag, via_branch;
  std::string sdp;
  OfferFlags flags;
  bool fatal{false};                                 ///< delete: an unknown call is an error, not a warning
  bool supports_load_limit{false};                   ///< a full server may answer "load limit"
  bool all_branches{false};                          ///< via-branch was given as "all"
  std::optional<std::int64_t> limit;                 ///< list: how many
  std::optional<std::chrono::seconds> delete_delay;  ///< delete: instead of the configured one
  std::vector<std::string> unknown;                  ///< keys and flags that mean nothing to us, for the log
};

/// Errors in the words of rtpengine where proxies or operators know them: no command, unknown command.
/// Everything else that is unknown or senseless is ignored and listed in `unknown`.
[[nodiscard]] base::Result<NgRequest> parse_request(const Value& message);

}  // namespace control::ng
