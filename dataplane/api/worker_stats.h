#pragma once
/// \file
/// What a worker publishes about itself.

#include <array>

#include "dataplane/drop.h"
#include "mediad/base/published.h"

namespace dataplane {

/// What a worker did with one codec in one direction. A job is a packet.
struct CodecWork {
  base::Counter jobs, batches, ns;
  base::Counter redone;  ///< frames that left the range of a SIMD codec
};
inline constexpr std::size_t kMostCodecs = 16;

struct WorkerStats {
  base::Counter turns;  ///< passes of the loop
  base::Counter packets_in, packets_out, octets_in, octets_out;
  base::Counter busy_ns;          ///< time of turns that did something
  base::Counter idle_ns;          ///< time asleep or in empty turns
  base::Counter longest_turn_ns;  ///< since start
  base::Counter commands;
  base::Counter events_lost;  ///< outbox full; only informative events are ever lost
  base::Counter sessions;     ///< now
  base::Counter handed_over_in, handed_over_out;
  /// In the order of codecs::all().
  std::array<CodecWork, kMostCodecs> decoders, encoders;
  base::Counter effort_ceiling;  ///< of encoders that have a scale of 0..10; now
  std::array<base::Counter, kDropCount> drops;
};

}  // namespace dataplane
