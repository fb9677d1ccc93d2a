#pragma once
/// \file
/// What a worker publishes about itself.

#include <array>

#include "dataplane/drop.h"
#include "mediad/base/published.h"

namespace dataplane {

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
  base::Counter decode_jobs, encode_jobs, decode_batches, encode_batches;
  base::Counter codec_ns;
  std::array<base::Counter, kDropCount> drops;
};

}  // namespace dataplane
