#pragma once
/// \file
/// One side of a running session: what its packets are judged by, and how packets get to it.

#include <algorithm>
#include <array>
#include <cstddef>
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

/// The unit in which memory comes to the processor.
inline constexpr std::size_t kCacheLine = 64;

/// A stream as it is heard. What an ordinary packet touches of it is kCacheLine octets from the start.
struct HeardStream {
  std::uint8_t payload_type{0xFF};
  PayloadKind kind{PayloadKind::kMedia};
  bool used{false};
  rtp::Source source{0, 0, {}};
  base::Instant last_beside{};  ///< when the last packet came that was no media
  rtp::MosRecord mos{};

  [[nodiscard]] base::Instant last_packet() const { return std::max(source.last_arrival(), last_beside); }
};
static_assert(offsetof(HeardStream, source) + rtp::Source::kHotSize == kCacheLine);

/// The last few streams of one endpoint. One that is not valid yet never displaces one that is.
class alignas(kCacheLine) HeardStreams {
 public:
  /// The stream of this SSRC, nullptr if it is not known. It becomes the current one.
  [[nodiscard]] HeardStream* of(std::uint32_t ssrc) {
    auto& current = streams_.front();
    if (current.used && current.source.ssrc() == ssrc) [[likely]]
      return &current;
    return other(ssrc);
  }
  /// A new stream, the current one from now on. It takes an empty place, that of one on probation, or that of
  /// the one not heard for longest. `min_sequential`: see rtp::Source.
  HeardStream& add(std::uint32_t ssrc, std::uint16_t first_sequence, base::ClockRate clock,
                   std::uint8_t min_sequential);

  [[nodiscard]] HeardStream* find(std::uint32_t ssrc);
  /// By when they were last heard, the newest at index 0; nullptr beyond the last.
  [[nodiscard]] HeardStream* newest(std::size_t index);
  [[nodiscard]] std::uint64_t seen() const { return seen_; }

 private:
  HeardStream* other(std::uint32_t ssrc);

  std::array<HeardStream, kSourcesPublished> streams_;  // the one that sent last comes first
  std::uint64_t seen_{0};
};

/// A way to an endpoint: its RTP or its RTCP address. What sending to an IPv4 address touches is one cache
/// line.
struct alignas(kCacheLine) Destination {
  EndpointStats* stats{nullptr};     ///< of the endpoint that it leads to
  [[no_unique_address]] HopRef hop;  ///< not current: headers must be made anew before the next packet
  bool known{false};                 ///< `remote` is an address
  HeaderTemplate headers;
  base::SocketAddress remote;  ///< port 0: not known

  void set_remote(const std::optional<base::SocketAddress>& address) {
    remote = address.value_or(base::SocketAddress{});
    known = remote.port.number != 0;
    hop = {};
  }
};
static_assert(offsetof(Destination, headers) + 1 + kEthernetHeader + kIpv4Header + kUdpHeader <= kCacheLine);

/// What a payload type from an endpoint is, apart from what becomes of it.
struct PayloadInfo {
  static constexpr std::uint8_t kUnlisted = 0xFF;
  std::uint8_t format{kUnlisted};  ///< index into EndpointPlan::receive
  PayloadKind kind{PayloadKind::kMedia};
};

/// One worker; nothing here allocates once it is built. With thousands of sessions in rotation the cost of a
/// packet is the cache lines that it touches, so what a relayed packet needs comes in three of them, each at
/// a known place: `stats` to the learner's source, the current stream, and the way to the other endpoint. The
/// counters are the fourth and, of the other side, the fifth.
struct alignas(kCacheLine) Endpoint {
  EndpointStats* stats{nullptr};
  Endpoint* passes_to{
      nullptr};          ///< all that is RTP goes to this endpoint alone, as it came: no flow is asked
  bool opaque{false};    ///< not RTP: MediaKind::kDatagram
  bool wants_hop{true};  ///< the next admitted packet shall tell where frames for it go
  rtp::AddressLearner learner;
  Flow* flows{nullptr};  ///< first of those that start here, chained through Flow::next
  Session* session{nullptr};
  HeardStreams heard;
  Destination rtp;

  std::optional<OriginatedStream> originated;  ///< if a flow that translates ends here
  std::optional<rtp::rtcp::Reporter> reporter;
  std::optional<rtp::rtcp::Schedule> reports;   ///< set when the session starts
  rtp::EventTracker events{base::ClockRate{}};  ///< of the stream that sent last
  const EndpointPlan* plan{nullptr};
  std::uint8_t index{0};

  Destination rtcp;  ///< unused while muxed
  rtp::AddressLearner rtcp_learner;
  std::array<PayloadInfo, kPayloadTypes> payloads{};

  /// The counters and, for sending, those of both ways.
  void count_in(EndpointStats& counters) { stats = rtp.stats = rtcp.stats = &counters; }
  /// The way that RTCP takes: RFC 5761 §5.1.1.
  [[nodiscard]] Destination& rtcp_destination() { return plan->rtcp_mux ? rtp : rtcp; }
  [[nodiscard]] const ReceiveFormat* format_of(std::uint8_t payload_type) const {
    const auto index_in_plan = payloads[payload_type].format;
    return index_in_plan == PayloadInfo::kUnlisted ? nullptr : &plan->receive[index_in_plan];
  }
};

static_assert(offsetof(Endpoint, learner) + rtp::AddressLearner::kHotSize <= kCacheLine);

}  // namespace dataplane
