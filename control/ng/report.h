#pragma once
/// \file
/// A call's figures in the shape of rtpengine's replies to delete and query.

#include <functional>

#include "control/call_report.h"
#include "control/ng/value.h"

namespace control::ng {

enum class Detail : std::uint8_t {
  kFull,
  kCompact,  ///< what proxies read of a delete: tags, labels, SSRCs, MOS, totals
};

/// Seconds and the microseconds of an instant on the wall clock.
using ToWall = std::function<base::WallTime(base::Instant)>;

/// Entries of the reply, without "result".
[[nodiscard]] Value::Dictionary print_report(const CallReport& report, Detail detail, const ToWall& to_wall);

}  // namespace control::ng
