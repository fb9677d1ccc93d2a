#pragma once
/// \file
/// What becomes of each payload type on its way from one side to the other.

#include <optional>
#include <vector>

#include "control/negotiation/stream_view.h"
#include "dataplane/api/session_plan.h"

namespace control {

/// A payload type that a side may send us.
struct IncomingFormat {
  PayloadFormat payload;
  /// The number of the same format at the other side, if both sides saw each other's parameters for it: then
  /// nothing stands against relaying it, whatever the parameters.
  std::optional<std::uint8_t> through;
};

/// A payload type that a side takes from us.
struct OutgoingFormat {
  PayloadFormat payload;
  std::int32_t bit_rate{0};  ///< bit/s; 0: the codec's default
};

struct FlowWishes {
  std::uint16_t forced_ptime_ms{0};       ///< packets to the receiver shall last this long; 0: no wish
  std::uint16_t sender_ptime_ms{0};       ///< how long those of the sender are said to last; 0: not said
  std::uint16_t receiver_ptime_ms{0};     ///< what the receiver asks for; 0: nothing
  std::uint16_t receiver_maxptime_ms{0};  ///< 0: no limit
};

/// The rules of one direction. The flow is a translating one if any rule asks for it; formats that can be
/// relayed are. Among several formats that the receiver takes, its own order decides what we encode (RFC 3264
/// §6.1, §7). Pure.
[[nodiscard]] dataplane::FlowPlan plan_flow(const std::vector<IncomingFormat>& incoming,
                                            const std::vector<OutgoingFormat>& outgoing,
                                            const FlowWishes& wishes);

}  // namespace control
