#pragma once
/// \file
/// One side of a running session: what its packets are judged by, and how packets get to it.

#include <array>
#include <cstdint>
#include <optional>

#include "dataplane/api/session_plan.h"
#include "dataplane/api/session_stats.h"
#include "dataplane/net/header_template.h"
#include "dataplane/net/routes.h"
#include "dataplane/originated_stream.h"
#include "dataplane/rtp/event.h"
#include "dataplane/rtp/learning.h"
#include "dataplane/rtp/mos.h"
#include "dataplane/rtp/rtcp/reporter.h"
#include "dataplane/rtp/rtcp/schedule.h"
#include "dataplane/rtp/source.h"

namespace dataplane {

class Session;
struct Flow;

/// Payload types are seven bits.
inline constexpr std::size_t kPayloadTypes = 128;

/// What a payload type from an endpoint is, apart from what becomes of it.
enum class PayloadKind : std::uint8_t { kMedia, kEvent, kComfortNoise };

/// A stream as it is heard.
struct HeardStream {
  explicit HeardStream(const rtp::Source& of) : source(of) {}

  rtp::Source source;
  std::uint8_t payload_type{0xFF};
  PayloadKind kind{PayloadKind::kMedia};
  base::Instant last_packet{};
  rtp::MosRecord mos;
};

/// The last few streams of one endpoint. One that is not valid yet never displaces one that is.
class HeardStreams {
 public:
  /// The stream of this SSRC. A new one takes an empty place, that of one on probation, or that of the one
  /// not heard for longest. `min_sequential`: see rtp::Source.
  [[nodiscard]] HeardStream& of(std::uint32_t ssrc, std::uint16_t first_sequence, base::ClockRate clock,
                                std::uint8_t min_sequential) {
    auto& current = streams_[current_];
    if (current && current->source.ssrc() == ssrc) [[likely]]
      return *current;
    return other(ssrc, first_sequence, clock, min_sequential);
  }
  [[nodiscard]] HeardStream* find(std::uint32_t ssrc);
  /// By when they were last heard, the newest at index 0; nullptr beyond the last.
  [[nodiscard]] HeardStream* newest(std::size_t index);
  [[nodiscard]] std::uint64_t seen() const { return seen_; }

 private:
  HeardStream& other(std::uint32_t ssrc, std::uint16_t first_sequence, base::ClockRate clock,
                     std::uint8_t min_sequential);

  std::uint8_t current_{0};  // the place of the stream that sent last
  std::uint64_t seen_{0};
  std::array<std::optional<HeardStream>, kSourcesPublished> streams_;
};

/// A way to an endpoint: its RTP or its RTCP address. Two cache lines.
struct alignas(64) Destination {
  HopRef hop;                  ///< not current: headers must be made anew before the next packet
  base::SocketAddress remote;  ///< port 0: not known
  HeaderTemplate headers;

  void set_remote(const std::optional<base::SocketAddress>& address) {
    remote = address.value_or(base::SocketAddress{});
    hop = {};
  }
  [[nodiscard]] bool known() const { return remote.port.number != 0; }
};

/// What a payload type from an endpoint is, apart from what becomes of it.
struct PayloadInfo {
  static constexpr std::uint8_t kUnlisted = 0xFF;
  std::uint8_t format{kUnlisted};  ///< index into EndpointPlan::receive
  PayloadKind kind{PayloadKind::kMedia};
};

/// One worker; nothing here allocates once it is built. The order of the members is the order in which a
/// packet needs them: first what is read of the endpoint that it comes from, then of the one that it goes to,
/// then the rest.
struct alignas(64) Endpoint {
  EndpointStats* stats{nullptr};
  Flow* flows{nullptr};  ///< first of those that start here, chained through Flow::next
  bool opaque{false};    ///< not RTP: MediaKind::kDatagram
  bool wants_hop{true};  ///< the next admitted packet shall tell where frames for it go
  rtp::AddressLearner learner;
  HeardStreams heard;

  Destination rtp;
  std::optional<OriginatedStream> originated;  ///< if a flow that translates ends here
  std::optional<rtp::rtcp::Reporter> reporter;
  std::optional<rtp::rtcp::Schedule> reports;  ///< set when the session starts

  Destination rtcp;  ///< unused while muxed
  Session* session{nullptr};
  rtp::EventTracker events{base::ClockRate{}};  ///< of the stream that sent last
  rtp::AddressLearner rtcp_learner;
  const EndpointPlan* plan{nullptr};
  std::uint8_t index{0};
  std::array<PayloadInfo, kPayloadTypes> payloads{};

  /// The way that RTCP takes: RFC 5761 §5.1.1.
  [[nodiscard]] Destination& rtcp_destination() { return plan->rtcp_mux ? rtp : rtcp; }
  [[nodiscard]] const ReceiveFormat* format_of(std::uint8_t payload_type) const {
    const auto index_in_plan = payloads[payload_type].format;
    return index_in_plan == PayloadInfo::kUnlisted ? nullptr : &plan->receive[index_in_plan];
  }
};

}  // namespace dataplane
