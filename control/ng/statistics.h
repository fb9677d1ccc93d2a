#pragma once
/// \file
/// The reply to `statistics`, in the shape of rtpengine's as far as it has a meaning here.

#include "control/call_service.h"
#include "control/ng/value.h"

namespace control::ng {

[[nodiscard]] Value print_statistics(const CallService& service, base::Duration uptime);

}  // namespace control::ng
