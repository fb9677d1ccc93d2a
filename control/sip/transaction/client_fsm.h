#pragma once
/// \file
/// The two client state machines: INVITE (RFC 3261 figure 5 as amended by RFC 6026 §7.2) and others (figure
/// 6).

#include <cstdint>
#include <optional>

#include "control/sip/transaction/step.h"
#include "control/sip/transaction/timers.h"
#include "mediad/base/clock.h"

namespace control::sip {

/// An INVITE sent. Any thread, no allocation.
class InviteClientFsm {
 public:
  enum class State : std::uint8_t { kCalling, kProceeding, kCompleted, kAccepted, kTerminated };

  InviteClientFsm(bool reliable, base::Instant now, const Timers& timers);

  [[nodiscard]] State state() const { return state_; }
  Step on_response(std::uint16_t status, base::Instant now, const Timers& timers);
  Step on_time(base::Instant now, const Timers& timers);
  /// The INVITE was cancelled now: without a final response by 64 T1 it counts as ended (RFC 3261 §9.1).
  void on_cancelled(base::Instant now, const Timers& timers);
  [[nodiscard]] std::optional<base::Instant> deadline() const;
  [[nodiscard]] bool is_pending() const { return state_ == State::kCalling || state_ == State::kProceeding; }

 private:
  State state_{State::kCalling};
  bool reliable_;
  std::optional<base::Instant> resend_at_;  // timer A
  std::optional<base::Instant> end_at_;     // timer B, D or M
  base::Duration resend_interval_{};
};

/// Any other request sent.
class NonInviteClientFsm {
 public:
  enum class State : std::uint8_t { kTrying, kProceeding, kCompleted, kTerminated };

  NonInviteClientFsm(bool reliable, base::Instant now, const Timers& timers);

  [[nodiscard]] State state() const { return state_; }
  Step on_response(std::uint16_t status, base::Instant now, const Timers& timers);
  Step on_time(base::Instant now, const Timers& timers);
  [[nodiscard]] std::optional<base::Instant> deadline() const;
  [[nodiscard]] bool is_pending() const { return state_ == State::kTrying || state_ == State::kProceeding; }

 private:
  State state_{State::kTrying};
  bool reliable_;
  std::optional<base::Instant> resend_at_;  // timer E
  base::Instant end_at_;                    // timer F or K
  base::Duration resend_interval_{};
};

}  // namespace control::sip
