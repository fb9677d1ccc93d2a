#pragma once
/// \file
/// Calls and workers as JSON for the operator's tools.

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "control/call.h"
#include "dataplane/api/worker_stats.h"

namespace control::admin {

/// A row of the list of calls: who, how long, how many streams, packets, worst MOS.
[[nodiscard]] nlohmann::ordered_json brief(const Call& call, base::Instant now);
/// Everything that is known of a call, per party and stream.
[[nodiscard]] nlohmann::ordered_json full(const Call& call, base::Instant now,
                                          const std::function<base::WallTime(base::Instant)>& to_wall);
/// A codec's name among all of the registry, as in rtpmap: "PCMU/8000"; L16 with its channels.
[[nodiscard]] std::string label_of(const codecs::CodecInfo& info);
/// Figures of a worker, with drops by reason and the work of each codec that had any.
[[nodiscard]] nlohmann::ordered_json figures(const dataplane::WorkerStats& stats);

}  // namespace control::admin
