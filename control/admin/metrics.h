#pragma once
/// \file
/// The Prometheus page. Names are those of rtpengine's with our prefix where both count the same thing.

#include <string>

#include "control/call_service.h"

namespace control::admin {

/// The whole page in the text format, version 0.0.4. Control thread.
[[nodiscard]] std::string print_metrics(const CallService& service, base::Duration uptime);

}  // namespace control::admin
