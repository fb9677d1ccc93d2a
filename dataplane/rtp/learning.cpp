#include "dataplane/rtp/learning.h"

namespace dataplane::rtp {

AddressLearner::AddressLearner(const SourcePolicy& policy,
                               const std::optional<base::SocketAddress>& signalled)
    : policy_(policy) {
  static_assert(offsetof(AddressLearner, signalled_) <= kHotSize);
  signal(signalled);
}

void AddressLearner::signal(const std::optional<base::SocketAddress>& signalled) {
  const bool usable = signalled && !signalled->ip.is_unspecified() && signalled->port.number != 0;
  signalled_ = usable ? signalled : std::nullopt;
  window_end_.reset();
  challenge_packets_ = 0;
  settled_ = learning() == Learning::kOff && signalled_.has_value();
  if (settled_) source_ = *signalled_;
}

void AddressLearner::resignal(const SourcePolicy& policy, const std::optional<base::SocketAddress>& signalled,
                              base::Instant now) {
  const auto before = signalled_;
  const bool was_settled = settled_;
  const auto known_source = source_;
  policy_ = policy;
  signal(signalled);
  if (learning() == Learning::kOff || !was_settled) return;
  if (signalled_ == before) {  // a session refresh, or only the policy changed
    settled_ = true;
    return;
  }
  former_ = known_source;
  former_until_ = now + kLearningWindow;
}

/// An asymmetric endpoint says by definition nothing of where its packets come from: they are learned, for
/// receiving only.
Learning AddressLearner::learning() const {
  return policy_.asymmetric && policy_.learning == Learning::kOff ? Learning::kHeuristic : policy_.learning;
}

bool AddressLearner::set_companion(const base::IpAddress& ip) {
  companion_ = ip;
  if (!settled_ || learning() == Learning::kOff || is_kin(source_.ip)) return false;
  settled_ = false;
  packets_ = 0;
  return true;
}

Admission AddressLearner::judge_other(const base::SocketAddress& from, base::Instant now) noexcept {
  if (learning() != Learning::kOff && !is_kin(from.ip)) return judge_outsider(from, now);
  switch (learning()) {
    case Learning::kOff:
      return policy_.strict ? Admission::kStranger : Admission::kAccept;
    case Learning::kDelayed:
      return settled_ ? judge_outsider(from, now) : judge_delayed(from, now);
    case Learning::kImmediate:
      return settled_ ? judge_outsider(from, now) : learn(from, now);
    case Learning::kHeuristic:
      break;
  }
  if (!settled_ || beats_incumbent(from, now)) return learn(from, now);
  return judge_outsider(from, now);
}

Admission AddressLearner::judge_delayed(const base::SocketAddress& from, base::Instant now) noexcept {
  if (!window_end_) window_end_ = now + kLearningWindow;
  return now >= *window_end_ ? learn(from, now) : Admission::kAccept;
}

/// A packet from elsewhere, while the source is known.
Admission AddressLearner::judge_outsider(const base::SocketAddress& from, base::Instant now) noexcept {
  if (policy_.media_handover && challenge(from)) return learn(from, now);
  return policy_.strict ? Admission::kStranger : Admission::kAccept;
}

bool AddressLearner::beats_incumbent(const base::SocketAddress& from, base::Instant now) noexcept {
  const Rank theirs = rank(from, now);
  const Rank ours = rank(source_, now);
  if (ours == Rank::kFormer) return true;
  if (theirs >= Rank::kHost && theirs > ours) return true;
  if (packets_ >= kEstablishedPackets) return false;
  // Port and companion are weak evidence, guessed or forged with ease: they decide only between newcomers.
  if (theirs > ours) return true;
  return theirs == ours && now - last_packet_ >= kSilence && challenge(from);
}

bool AddressLearner::challenge(const base::SocketAddress& from) noexcept {
  if (from != challenger_) {
    challenger_ = from;
    challenge_packets_ = 0;
  }
  if (challenge_packets_ < kChallengePackets) ++challenge_packets_;
  return challenge_packets_ >= kChallengePackets;
}

AddressLearner::Rank AddressLearner::rank(const base::SocketAddress& from, base::Instant now) const noexcept {
  if (signalled_ && from == *signalled_) return Rank::kExact;
  if (former_ && from == *former_ && now < former_until_) return Rank::kFormer;
  if (signalled_ && from.ip == signalled_->ip) return Rank::kHost;
  if (companion_ && from.ip == *companion_) return Rank::kCompanion;
  return signalled_ && from.port == signalled_->port ? Rank::kPort : Rank::kAny;
}

Admission AddressLearner::learn(const base::SocketAddress& from, base::Instant now) noexcept {
  source_ = from;
  settled_ = true;
  packets_ = 0;
  note_incumbent(now);
  return policy_.asymmetric ? Admission::kAccept : Admission::kLearn;
}

}  // namespace dataplane::rtp
