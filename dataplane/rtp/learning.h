#pragma once
/// \file
/// Where an endpoint's media comes from, found out from its packets (symmetric RTP, RFC 4961; latching, RFC
/// 7362 §4). One learner per endpoint and UDP port: RTP and RTCP learn apart. One worker, no allocation.
///
/// What latching risks is RTP bleed: a stranger who sprays the port range gets the media, or injects his own.
/// So evidence is ranked, and a stranger who comes second never wins by it:
/// - a packet from the signalled host beats any incumbent that is not, at any time;
/// - otherwise the incumbent stays, unless it proves to be a spray itself: it fell silent before it was
/// established
///   and another source streams;
/// - a changed signalled address opens a window in which the source known so far ranks below any newcomer.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "dataplane/api/session_plan.h"
#include "mediad/base/clock.h"
#include "mediad/base/ip_address.h"

namespace dataplane::rtp {

/// rtpengine's figure for `delayed` and `heuristic`; operators know it.
inline constexpr base::Duration kLearningWindow = std::chrono::seconds{3};
/// Packets after which a source counts as a stream: 200 ms of audio; a spray sends one or a few.
inline constexpr std::uint32_t kEstablishedPackets = 10;
/// A stream that has sent nothing for this long may be a spray's remains: four packets of 60 ms.
inline constexpr base::Duration kSilence = std::chrono::milliseconds{250};
/// Packets that a challenger must send with none of the incumbent's in between.
inline constexpr std::uint8_t kChallengePackets = 3;

enum class Admission : std::uint8_t {
  kAccept,    ///< the known source, or policy does not care
  kLearn,     ///< accepted, and source() is new: tell control (RemoteLearned)
  kStranger,  ///< to be dropped as kWrongSource; do not let it touch the source's state
};

class AddressLearner {
 public:
  /// What a packet from the known source reads and writes lies in so many octets from the start.
  static constexpr std::size_t kHotSize = 40;

  AddressLearner() = default;
  /// `signalled` is what the session description says; 0.0.0.0 and :: count as nothing (RFC 3264 §8.4).
  AddressLearner(const SourcePolicy& policy, const std::optional<base::SocketAddress>& signalled);

  /// Judges a packet that is otherwise valid: parsed, authenticated where there are keys.
  Admission judge(const base::SocketAddress& from, base::Instant now) noexcept {
    if (settled_ && is_source(from)) [[likely]] {
      note_incumbent(now);
      return Admission::kAccept;
    }
    return judge_other(from, now);
  }

  /// The session description has changed (re-INVITE, late answer). The same address changes nothing.
  void resignal(const SourcePolicy& policy, const std::optional<base::SocketAddress>& signalled,
                base::Instant now);

  /// The endpoint's RTP comes from this host, so RTCP from there is no stranger's, and RTCP from elsewhere
  /// is, but for what the signalled host sends. Not the other way round: RTCP is too sparse to vouch for a
  /// stream, and a stranger may have sprayed its port first. True: the source known so far was such a
  /// stranger, is forgotten, and remote() has changed.
  bool set_companion(const base::IpAddress& ip);

  /// Where media for the endpoint goes now.
  [[nodiscard]] std::optional<base::SocketAddress> remote() const {
    if (settled_ && !policy_.asymmetric) return source_;
    return signalled_;
  }
  /// Where its media comes from, once a packet has told (with learning off: what was signalled).
  [[nodiscard]] std::optional<base::SocketAddress> source() const {
    if (!settled_) return std::nullopt;
    return source_;
  }

 private:
  enum class Rank : std::uint8_t { kFormer, kAny, kPort, kCompanion, kHost, kExact };

  Admission judge_other(const base::SocketAddress& from, base::Instant now) noexcept;
  Admission judge_delayed(const base::SocketAddress& from, base::Instant now) noexcept;
  Admission judge_outsider(const base::SocketAddress& from, base::Instant now) noexcept;
  Admission learn(const base::SocketAddress& from, base::Instant now) noexcept;
  [[nodiscard]] bool beats_incumbent(const base::SocketAddress& from, base::Instant now) noexcept;
  [[nodiscard]] bool challenge(const base::SocketAddress& from) noexcept;
  [[nodiscard]] Rank rank(const base::SocketAddress& from, base::Instant now) const noexcept;
  [[nodiscard]] Learning learning() const;
  /// No companion is known, or `ip` is its address or the signalled one.
  [[nodiscard]] bool is_kin(const base::IpAddress& ip) const {
    return !companion_ || ip == *companion_ || (signalled_ && ip == signalled_->ip);
  }
  /// from == source_ in two words instead of a call of memcmp: it is asked for every packet.
  [[nodiscard]] bool is_source(const base::SocketAddress& from) const {
    std::uint64_t a[2];
    std::uint64_t b[2];
    std::memcpy(a, from.ip.octets.data(), sizeof a);
    std::memcpy(b, source_.ip.octets.data(), sizeof b);
    return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0 && from.port == source_.port &&
           from.ip.family == source_.ip.family;
  }
  void signal(const std::optional<base::SocketAddress>& signalled);
  void note_incumbent(base::Instant now) {
    last_packet_ = now;
    ++packets_;
    challenge_packets_ = 0;
  }

  SourcePolicy policy_{};
  bool settled_{false};  // source_ is whose packets are accepted
  std::uint8_t challenge_packets_{0};
  std::uint32_t packets_{0};  // from source_ since it was learned
  base::SocketAddress source_{};
  base::Instant last_packet_{};
  std::optional<base::SocketAddress> signalled_;
  std::optional<base::IpAddress> companion_;
  std::optional<base::Instant> window_end_;    // kDelayed: opened by the first packet
  std::optional<base::SocketAddress> former_;  // ranks kFormer until former_until_
  base::Instant former_until_{};
  base::SocketAddress challenger_{};
};

}  // namespace dataplane::rtp
