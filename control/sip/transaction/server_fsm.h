#pragma once
/// \file
/// The two server state machines: INVITE (RFC 3261 figure 7 as amended by RFC 6026 §7.1) and others (figure
/// 8, RFC 4320).

#include <cstdint>
#include <optional>

#include "control/sip/transaction/step.h"
#include "control/sip/transaction/timers.h"
#include "mediad/base/clock.h"

namespace control::sip {

/// An INVITE received. Any thread, no allocation.
class InviteServerFsm {
 public:
  enum class State : std::uint8_t { kProceeding, kCompleted, kConfirmed, kAccepted, kTerminated };

  InviteServerFsm(bool reliable, base::Instant now, const Timers& timers)
      : reliable_(reliable), trying_at_(now + timers.trying) {}

  [[nodiscard]] State state() const { return state_; }
  /// A retransmission of the INVITE.
  Step on_invite() const;
  Step on_ack(base::Instant now, const Timers& timers);
  /// A response of ours. Step.send is false if the state no longer takes it.
  Step on_response(std::uint16_t status, base::Instant now, const Timers& timers);
  Step on_time(base::Instant now, const Timers& timers);
  [[nodiscard]] std::optional<base::Instant> deadline() const;
  /// True until a final response has been given.
  [[nodiscard]] bool is_pending() const { return state_ == State::kProceeding; }

 private:
  Step end();

  State state_{State::kProceeding};
  bool reliable_;
  bool has_response_{false};
  std::optional<base::Instant> trying_at_;
  std::optional<base::Instant> resend_at_;  // timer G
  std::optional<base::Instant> end_at_;     // timer H, I or L
  base::Duration resend_interval_{};
};

/// Any other request received.
class NonInviteServerFsm {
 public:
  enum class State : std::uint8_t { kTrying, kProceeding, kCompleted, kTerminated };

  NonInviteServerFsm(bool reliable, base::Instant now, const Timers& timers)
      : reliable_(reliable), end_at_(now + timers.give_up()) {}

  [[nodiscard]] State state() const { return state_; }
  /// A retransmission of the request.
  Step on_request() const;
  /// RFC 4320 §4: no provisional response but 100, and no 408; such a response is not sent.
  Step on_response(std::uint16_t status, base::Instant now, const Timers& timers);
  /// RFC 4320 §4.2: an answer that is 64 T1 late helps nobody, so an unanswered request is forgotten then.
  Step on_time(base::Instant now);
  [[nodiscard]] std::optional<base::Instant> deadline() const;
  [[nodiscard]] bool is_pending() const { return state_ == State::kTrying || state_ == State::kProceeding; }

 private:
  State state_{State::kTrying};
  bool reliable_;
  base::Instant end_at_;  // timer J, and the bound on an answer before it
};

}  // namespace control::sip
