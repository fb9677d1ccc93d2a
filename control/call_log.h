#pragma once
/// \file
/// The lines that the log gets of a call: one an offer or answer, one when a branch ends.

#include <string>
#include <string_view>

#include "control/call.h"

namespace control {

/// Text that came from outside, fit for a log line: printable ASCII without quotes, at most 80 characters.
[[nodiscard]] std::string printable(std::string_view text);

/// What was chosen for each stream, and why. `what` is "offer" or "answer".
void log_exchange(std::string_view what, const Call& call, const Branch& branch);
/// What had been heard on the branch until it ended, per direction: codec, packets, loss, jitter, MOS.
void log_end(const Call& call, const Branch& branch, std::string_view reason, base::Instant now);

}  // namespace control
