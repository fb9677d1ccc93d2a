#pragma once
/// \file
/// What an operator sets about calls; names and defaults are rtpengine's.

#include <chrono>
#include <cstdint>
#include <optional>

#include "dataplane/api/session_plan.h"

namespace control {

struct CallOptions {
  std::chrono::seconds timeout{60};           ///< a call without any media ends
  std::chrono::seconds silent_timeout{3600};  ///< the same while all its media is on hold
  std::chrono::seconds final_timeout{0};      ///< longest call; 0: no limit
  std::chrono::seconds offer_timeout{3600};   ///< a branch that nobody answers ends
  std::chrono::seconds delete_delay{30};      ///< from a delete until media stops and ports are free
  std::uint32_t max_sessions{0};              ///< calls at a time; 0: no limit
  std::uint8_t max_cpu{0};  ///< percent of the workers' time; new calls are refused above; 0: no limit
  std::uint8_t tos{184};    ///< of media packets: Expedited Forwarding (RFC 3246)
  dataplane::Learning learning{dataplane::Learning::kHeuristic};
  bool strict_source{true};          ///< once learned, media from elsewhere is dropped
  std::int32_t opus_complexity{-1};  ///< 0..10; -1: the codec's default
};

}  // namespace control
