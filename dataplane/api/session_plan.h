#pragma once
/// \file
/// What control has decided about one media stream of a call: the addresses, the formats, and what becomes of
/// each payload type. A plan is immutable once handed to a worker; a change is a new plan.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "codecs/format.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

struct SessionId {
  std::uint64_t value{0};
  auto operator<=>(const SessionId&) const = default;
};

/// How the remote address is found (rtpengine's `endpoint-learning`).
enum class Learning : std::uint8_t {
  kOff,        ///< the signalled address is final
  kDelayed,    ///< whatever sends after 3 s
  kImmediate,  ///< the first packet's source
  kHeuristic,  ///< the best evidence: signalled address and port, address, port, anything; rtp/learning.h
};

struct SourcePolicy {
  Learning learning{Learning::kHeuristic};
  bool strict{true};           ///< once learned, packets from elsewhere are dropped (kWrongSource)
  bool media_handover{false};  ///< once learned, a new source may take over (then strict is moot)
  bool asymmetric{false};      ///< never send to where packets come from, only to the signalled address
};

enum class MediaKind : std::uint8_t {
  kAudio,
  kOtherRtp,  ///< video, text: RTP that is only ever relayed
  kDatagram,  ///< not RTP (UDPTL): relayed octet for octet
};

/// One payload type that this endpoint may send us.
struct ReceiveFormat {
  std::uint8_t payload_type{0};
  codecs::Format format;
  const codecs::Codec* codec{nullptr};  ///< nullptr: telephone-event, CN, or known only by name

  bool operator==(const ReceiveFormat&) const = default;
};

/// One side of a session: our UDP ports towards it, and where it is.
struct EndpointPlan {
  base::IpAddress local_ip;                       ///< must be one of the dataplane's local addresses
  base::UdpPort local_rtp;                        ///< even, of the session's worker
  base::UdpPort local_rtcp;                       ///< local_rtp + 1; bound also when muxed
  std::optional<base::SocketAddress> remote_rtp;  ///< from the session description; none until it is known
  std::optional<base::SocketAddress> remote_rtcp;
  bool rtcp_mux{false};  ///< RTCP goes out on the RTP pair (RFC 5761); it is accepted on both regardless
  SourcePolicy source;
  std::uint8_t tos{0};
  std::vector<ReceiveFormat> receive;
  std::uint32_t ssrc{0};  ///< of the stream that we originate towards this endpoint (translate mode, RTCP)
  std::string cname;      ///< SDES CNAME for the RTCP that we originate
};

enum class RuleKind : std::uint8_t {
  kForward,       ///< same octets, possibly another payload type number
  kTranscode,     ///< decode, and encode as the flow's send format
  kEvent,         ///< RFC 4733 event, duration and timestamp converted between clock rates
  kComfortNoise,  ///< RFC 3389: becomes noise in the decoded audio, or is forwarded to a CN receiver
  kDrop,          ///< understood, and not for the other side
};

struct PayloadRule {
  std::uint8_t in{0};
  RuleKind kind{RuleKind::kForward};
  std::uint8_t out{0};          ///< for kForward, kEvent, and kComfortNoise when forwarded
  base::ClockRate out_clock{};  ///< for kEvent

  bool operator==(const PayloadRule&) const = default;
};

/// What a translating flow encodes to.
struct SendFormat {
  std::uint8_t payload_type{0};
  codecs::Format format;
  const codecs::Codec* codec{nullptr};
  std::uint16_t ptime_ms{20};
  std::int8_t complexity{codecs::kUsualComplexity};  ///< 0..10, where the codec has such a scale
  std::int8_t least_complexity{0};                   ///< to which a busy worker may shed
  std::int32_t bit_rate{0};
  bool dtx{false};
  std::optional<std::uint8_t> comfort_noise;  ///< payload type of CN if the receiver takes it

  bool operator==(const SendFormat&) const = default;
};

enum class FlowMode : std::uint8_t {
  kRelay,      ///< headers pass through: SSRC, sequence and timestamp are the sender's (RFC 3550 §7.1,
               ///< translator)
  kTranslate,  ///< we restamp: our SSRC, continuous sequence and timestamp whatever happens at the source
};

/// Media from one endpoint of the session to another.
struct FlowPlan {
  std::uint8_t from{0};
  std::uint8_t to{1};
  bool active{true};  ///< false while on hold: received, counted, not sent
  FlowMode mode{FlowMode::kRelay};
  bool relay_unlisted{true};  ///< kRelay only: payload types without a rule pass unchanged
  /// How long the packets are that come, as signalled; 0: not known. If they are as long as those to be sent,
  /// what can be transcoded octet by octet keeps its packets.
  std::uint16_t sender_ptime_ms{0};
  std::vector<PayloadRule> rules;
  std::optional<SendFormat> send;  ///< kTranslate only
};

struct SessionPlan {
  MediaKind kind{MediaKind::kAudio};
  std::vector<EndpointPlan> endpoints;  ///< 2..kMaxEndpoints
  std::vector<FlowPlan> flows;          ///< at most one per ordered pair
};
inline constexpr std::size_t kMaxEndpoints = 8;

}  // namespace dataplane
