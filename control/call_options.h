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
  std::uint8_t max_cpu{
      0};  ///< percent of a worker's time that is used; new calls are refused above; 0: no limit
  std::uint8_t max_load{0};  ///< percent that its calls are expected to use; new transcoded calls are refused
                             ///< above; 0: no limit
  std::uint8_t tos{184};     ///< of media packets: Expedited Forwarding (RFC 3246)
  dataplane::Learning learning{dataplane::Learning::kHeuristic};
  bool strict_source{true};                       ///< once learned, media from elsewhere is dropped
  int opus_complexity{codecs::kUsualComplexity};  ///< 0..10
  int opus_least_complexity{0};                   ///< to which a busy worker may shed
};

}  // namespace control
