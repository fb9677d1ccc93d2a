#pragma once
/// \file
/// What a worker publishes of a session while it runs. It lives inside the Session; control may read it at
/// any time from build_session() until the SessionHome event, without asking the worker.

#include <array>
#include <cstdint>
#include <limits>

#include "dataplane/api/session_plan.h"
#include "dataplane/drop.h"
#include "mediad/base/clock.h"
#include "mediad/base/published.h"

namespace dataplane {

/// One synchronisation source as received from an endpoint (RFC 3550 §6.4.1 and appendix A).
struct SourceRecord {
  std::uint32_t ssrc{0};
  std::uint8_t payload_type{0};
  std::uint32_t clock_hz{8000};
  std::uint64_t packets{0};
  std::uint64_t octets{0};  ///< payload octets
  std::int64_t lost{0};     ///< cumulative, may be negative with duplicates (RFC 3550 A.3)
  std::uint64_t reordered{0};
  std::uint64_t duplicates{0};
  std::uint32_t extended_highest{0};  ///< cycles << 16 | highest sequence number
  std::uint32_t jitter_ticks{0};      ///< RFC 3550 A.8
  std::uint32_t round_trip_us{0};     ///< from the receiver reports about what we sent; 0 unknown
  float far_loss{0};                  ///< fraction lost that the far side reported; -1 if it never did
  std::uint32_t far_jitter_ticks{0};
  std::uint64_t last_packet_ns{0};  ///< MonotonicClock
  // MOS by the E-model (G.107), once a report interval: listening quality of what we received.
  float mos_now{0}, mos_average{0}, mos_lowest{0}, mos_highest{0};
  std::uint64_t mos_lowest_ns{0}, mos_highest_ns{0};
  std::uint32_t mos_samples{0};
  bool mos_estimated{true};  ///< no RTCP from the far side: delay is assumed
};
inline constexpr std::size_t kSourcesPublished = 4;  ///< newest first; older ones are folded into the totals

/// What every packet counts comes first, in one cache line.
struct alignas(64) EndpointStats {
  base::Counter rtp_packets_in, rtp_octets_in;  ///< octets: UDP payload
  base::Counter last_in_ns;                     ///< MonotonicClock of the last packet admitted; 0 = none yet
  base::Counter rtp_packets_out, rtp_octets_out;

  base::Counter rtcp_packets_in, rtcp_octets_in;
  base::Counter rtcp_packets_out, rtcp_octets_out;
  base::Counter errors_in;
  std::array<base::Counter, kDropCount> drops;      ///< of packets received from this endpoint
  base::Published<base::SocketAddress> remote_rtp;  ///< where we send now; port 0 = unknown
  base::Published<base::SocketAddress> remote_rtcp;
  base::Published<base::SocketAddress> last_stranger;  ///< source of the last packet dropped as kWrongSource
  std::array<base::Published<SourceRecord>, kSourcesPublished> sources;
  base::Counter source_count;  ///< sources ever seen; min(this, kSourcesPublished) are published
  base::Counter frames_decoded, frames_concealed, frames_encoded;
  base::Counter events_in;  ///< RFC 4733 events completed
};

struct SessionStats {
  std::array<EndpointStats, 2> endpoints;  ///< of the plan's first two endpoints
};

}  // namespace dataplane
