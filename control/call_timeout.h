#pragma once
/// \file
/// When a branch of a call has been silent, unanswered or alive for too long.

#include <optional>
#include <string_view>

#include "control/call.h"
#include "control/call_options.h"

namespace control {

enum class Timeout : std::uint8_t { kMedia, kSilent, kFinal, kOffer };

/// "no media", "no media while on hold" …, for the log.
[[nodiscard]] std::string_view to_string(Timeout timeout);

/// The reason for which this branch must end now, if there is one. Reads what workers publish.
[[nodiscard]] std::optional<Timeout> expired(const Branch& branch, const CallOptions& options,
                                             base::Instant now);

/// When something last came in from either side of any stream; the last signalling if nothing has.
[[nodiscard]] base::Instant last_activity(const Branch& branch);

}  // namespace control
