#pragma once
/// \file
/// What is known of a call at this moment, copied out of its running sessions: for replies to delete and
/// query, for the admin socket, and for the line that is logged when a call ends.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/call.h"
#include "mediad/base/clock.h"

namespace control {

/// MOS by the E-model at one time, or over all time.
struct MosReport {
  double mos{0};
  std::optional<base::Instant> at;
};

/// One synchronisation source as it was received.
struct SourceReport {
  std::uint32_t ssrc{0};
  std::uint64_t packets{0}, octets{0};
  std::int64_t lost{0};
  double loss_percent{0};
  double jitter_ms{0};
  double round_trip_ms{0};  ///< 0 when unknown
  std::uint64_t reordered{0}, duplicates{0};
  std::uint32_t mos_samples{0};
  bool mos_estimated{true};  ///< nobody told the delay
  MosReport average, lowest, highest;
};

/// One UDP flow of one side: RTP or RTCP.
struct StreamReport {
  bool rtcp{false};
  base::SocketAddress local;
  std::optional<base::SocketAddress> remote;     ///< where we send
  std::optional<base::SocketAddress> signalled;  ///< where its description told us to
  base::Instant last_packet{};                   ///< the last signalling if none ever came
  std::uint64_t packets{0}, octets{0}, errors{0};
  std::vector<SourceReport> sources;  ///< newest first
};

struct DropCount {
  std::string_view reason;
  std::uint64_t packets{0};
};

struct MediaReport {
  unsigned index{0};  ///< from 1
  std::string type, protocol;
  FlowNote sends;
  bool running{false};
  std::array<StreamReport, 2> streams;  ///< RTP, RTCP
  std::uint64_t packets_out{0}, octets_out{0};
  std::uint64_t frames_decoded{0}, frames_concealed{0}, frames_encoded{0};
  std::vector<DropCount> drops;                 ///< those that happened
  std::optional<base::SocketAddress> stranger;  ///< whose packets were dropped last
};

/// One party. A caller with several branches has its medias in the branch that was answered, else the first.
struct TagReport {
  std::string tag, label, via_branch;
  base::Instant created{};
  std::vector<std::string> peers;
  std::vector<MediaReport> medias;
};

struct TrafficTotals {
  std::uint64_t packets{0}, octets{0}, errors{0};
};

struct CallReport {
  std::string call_id;
  base::Instant created{}, last_signal{};
  std::vector<TagReport> tags;
  TrafficTotals rtp, rtcp;
};

/// The side's view of a stream.
[[nodiscard]] MediaReport report_of(const Branch& branch, const Media& media, unsigned side);
/// The call, or just these branches of it.
[[nodiscard]] CallReport report_of(const Call& call, std::span<Branch* const> branches);
[[nodiscard]] CallReport report_of(const Call& call);

}  // namespace control
