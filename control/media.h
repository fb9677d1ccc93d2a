#pragma once
/// \file
/// One m= line of a branch: our port pairs towards both sides, and the dataplane session that runs on them.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "control/placement.h"
#include "control/session_keeper.h"
#include "dataplane/api/session_plan.h"

namespace control {

/// What was decided for the media that one side sends, in words for logs, replies and explain().
struct FlowNote {
  bool active{false};  ///< false: on hold, or the stream is disabled
  bool transcoded{false};
  std::string in;   ///< what may come in: "PCMU/8000, telephone-event/8000"
  std::string out;  ///< what goes out to the other side; empty when relayed as it comes
  bool operator==(const FlowNote&) const = default;
};

/// What is remembered of the plan for one side.
struct SideNote {
  std::optional<base::SocketAddress> signalled;  ///< where its description wants media
  bool rtcp_mux{false};
  FlowNote sends;  ///< of the media that comes from this side
};

struct MediaSide {
  PortLease ports;
  std::uint32_t ssrc{0};  ///< of the stream that we originate towards it
  std::string protocol;   ///< m= profile of this side
  SideNote note;
};

struct Media {
  unsigned index{0};  ///< from 0, as in the description
  std::string type;   ///< audio, video …
  std::array<MediaSide, 2> sides;
  std::int64_t load_us{0};  ///< what its worker was charged for it, in CPU microseconds a second
  std::optional<RunningSession> session;  ///< none until answered, and while the stream is disabled
};

/// The notes of both sides, which are the plan's first two endpoints.
[[nodiscard]] std::array<SideNote, 2> notes_of(const dataplane::SessionPlan& plan);

/// Rough CPU cost of the plan in microseconds per second of talk.
[[nodiscard]] std::int64_t load_of(const dataplane::SessionPlan& plan);

}  // namespace control
