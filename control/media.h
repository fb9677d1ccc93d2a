#pragma once
/// \file
/// One m= line of a branch: our port pairs towards both sides, and the dataplane session that runs on them.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/negotiation/decision.h"
#include "control/placement.h"
#include "control/session_keeper.h"
#include "dataplane/api/session_plan.h"

namespace control {

/// What was decided for the media that one side sends, in words for logs, replies and explain(). Made when
/// asked for: most calls end without.
struct FlowNote {
  bool active{false};  ///< false: on hold, or the stream is disabled
  bool transcoded{false};
  std::string in;   ///< what may come in: "PCMU/8000, telephone-event/8000"
  std::string out;  ///< what goes out to the other side; empty when relayed as it comes
  bool operator==(const FlowNote&) const = default;
};

struct MediaSide {
  PortLease ports;
  std::uint32_t ssrc{0};  ///< of the stream that we originate towards it
  std::string protocol;   ///< m= profile of this side
};

struct Media {
  unsigned index{0};  ///< from 0, as in the description
  std::string type;   ///< audio, video …
  std::array<MediaSide, 2> sides;
  std::int64_t load_us{0};  ///< what its worker was charged for it, in CPU microseconds a second
  std::optional<RunningSession> session;  ///< none while the stream is disabled
};

/// Of the media that comes from this side.
[[nodiscard]] FlowNote note_of(const MediaDecision& decision, unsigned side);

/// Rough CPU cost of a flow's codecs in microseconds per second of talk; 0 if it does not transcode.
[[nodiscard]] std::int64_t codec_load_of(const dataplane::FlowPlan& flow,
                                         const std::vector<dataplane::ReceiveFormat>& received);
/// The same of the whole plan, with what relaying costs.
[[nodiscard]] std::int64_t load_of(const dataplane::SessionPlan& plan);

}  // namespace control
