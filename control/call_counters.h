#pragma once
/// \file
/// Figures over all calls since start. Written by CallService and the front ends, read by whoever prints
/// them; all on the control thread.

#include <array>
#include <cstdint>
#include <string_view>

#include "control/call.h"
#include "control/histogram.h"

namespace control {

/// What signalling may ask for.
enum class RequestKind : std::uint8_t { kPing, kOffer, kAnswer, kDelete, kQuery, kList, kStatistics };
inline constexpr std::array<std::string_view, 7> kRequestKinds = {"ping",  "offer", "answer",    "delete",
                                                                  "query", "list",  "statistics"};

struct RequestCounter {
  std::uint64_t requests{0}, errors{0};
  LatencyHistogram latency;
};

struct CallCounters {
  std::array<RequestCounter, kRequestKinds.size()> requests;
  std::uint64_t repeated{0};   ///< requests that got their first reply again
  std::uint64_t malformed{0};  ///< datagrams that were no request

  std::uint64_t calls{0};         ///< begun
  std::uint64_t rejected{0};      ///< by a limit, or for want of ports
  std::uint64_t regular_ends{0};  ///< deleted by signalling
  std::uint64_t forced_ends{0};   ///< by an operator
  std::uint64_t media_timeouts{0}, silent_timeouts{0}, final_timeouts{0}, offer_timeouts{0};
  std::uint64_t dtmf_events{0};

  // Of branches that have ended.
  std::uint64_t packets{0}, octets{0}, errors{0}, lost{0}, reordered{0}, duplicates{0};
  std::uint64_t one_way_streams{0}, zero_way_streams{0};
  base::Duration call_time{};
  double mos_sum{0};
  std::uint64_t mos_count{0};
};

/// Adds what was heard on a branch that ends, while its sessions still run.
void count_ended(const Branch& branch, CallCounters& counters, base::Instant now);

}  // namespace control
