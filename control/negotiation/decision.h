#pragma once
/// \file
/// What an offer/answer exchange has settled for one stream, and the plan for the dataplane that follows from
/// it.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "control/negotiation/rewrite.h"
#include "control/negotiation/stream_view.h"
#include "control/negotiation/translation.h"
#include "dataplane/api/session_plan.h"

namespace control {

/// The two legs of a call between which is negotiated. A is whoever made the first offer.
enum class Side : std::uint8_t { kA = 0, kB = 1 };
[[nodiscard]] constexpr std::size_t index_of(Side side) {
  return static_cast<std::size_t>(side);
}
[[nodiscard]] constexpr Side other(Side side) {
  return side == Side::kA ? Side::kB : Side::kA;
}
[[nodiscard]] constexpr std::string_view name_of(Side side) {
  return side == Side::kA ? "A" : "B";
}

/// What holds for one side of a stream.
struct SideDecision {
  std::vector<IncomingFormat> receive;  ///< what it may send us; audio only
  std::vector<OutgoingFormat> send;     ///< what it takes from us, its preferred first; audio only
  std::optional<base::SocketAddress> remote_rtp;
  std::optional<base::SocketAddress> remote_rtcp;
  bool rtcp_mux{false};
  sdp::Direction direction{
      sdp::Direction::kSendRecv};    ///< as this side sees it; not sending and receiving is hold
  std::uint16_t ptime_ms{0};         ///< what it asked for; 0: nothing
  std::uint16_t maxptime_ms{0};      ///< longest packet that it takes; 0: no limit
  std::uint16_t forced_ptime_ms{0};  ///< what the operator wants it to get; 0: nothing
  LocalMedia local;
};

enum class Refusal : std::uint8_t {
  kNone,
  kOfferer,   ///< its port was 0 in the offer
  kAnswerer,  ///< and in the answer
  kNothingInCommon,
};

struct MediaDecision {
  dataplane::MediaKind kind{dataplane::MediaKind::kAudio};
  std::string type;     ///< audio, video …
  bool enabled{false};  ///< false: rejected or disabled, no media flows and the ports may be given back
  /// No answer has confirmed it yet: the answerer may send all that it was shown.
  bool provisional{false};
  std::array<SideDecision, 2> sides;
  std::array<dataplane::FlowPlan, 2> flows;  ///< [0]: from A to B, [1]: from B to A
  Refusal refusal{Refusal::kNone};           ///< why it is not enabled

  /// One sentence for log and operator: what happens to the stream, and for what reason.
  [[nodiscard]] std::string why() const;
  [[nodiscard]] bool translates() const { return flows[0].mode == dataplane::FlowMode::kTranslate; }
  [[nodiscard]] SideDecision& side(Side s) { return sides[index_of(s)]; }
  [[nodiscard]] const SideDecision& side(Side s) const { return sides[index_of(s)]; }
};

/// The dataplane's view of a decision: endpoint 0 is A, endpoint 1 is B. Source policy, TOS, SSRC and CNAME
/// are left at their defaults for the caller to set. Valid only for an enabled stream.
[[nodiscard]] dataplane::SessionPlan plan_of(const MediaDecision& decision);

/// Writes the rules of both flows from formats, directions and wishes of the sides. If one flow must
/// translate, both do: RTCP is then ours in both directions.
void plan_flows(MediaDecision& decision);

/// True if the flow decodes and encodes.
[[nodiscard]] bool transcodes(const dataplane::FlowPlan& flow);

}  // namespace control
