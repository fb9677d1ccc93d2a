#pragma once
/// \file
/// Why a direction is silent, in a sentence, from what workers publish.

#include <string>

#include "control/call.h"
#include "control/call_report.h"

namespace control {

/// One direction of one stream: `from` is the sender's side of it, `to` the receiver's.
[[nodiscard]] std::string explain(const MediaReport& from, const MediaReport& to, bool answered,
                                  base::Instant now);

/// The whole call: a line per direction and stream.
[[nodiscard]] std::string explain(const Call& call, base::Instant now);

}  // namespace control
