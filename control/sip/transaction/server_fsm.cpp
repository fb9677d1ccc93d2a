#include "control/sip/transaction/server_fsm.h"

#include <algorithm>

namespace control::sip {

Step InviteServerFsm::end() {
  state_ = State::kTerminated;
  return {.ended = true};
}

Step InviteServerFsm::on_invite() const {
  // Accepted and Confirmed only absorb (RFC 6026 §7.1).
  if (state_ == State::kProceeding || state_ == State::kCompleted) return {.send = has_response_};
  return {};
}

Step InviteServerFsm::on_ack(base::Instant now, const Timers& timers) {
  if (state_ == State::kAccepted) return {.deliver = true};
  if (state_ != State::kCompleted) return {};
  resend_at_.reset();
  if (reliable_) return end();
  state_ = State::kConfirmed;
  end_at_ = now + timers.t4;  // timer I
  return {};
}

Step InviteServerFsm::on_response(std::uint16_t status, base::Instant now, const Timers& timers) {
  if (state_ == State::kAccepted) return {.send = status >= 200 && status < 300};
  if (state_ != State::kProceeding) return {};
  has_response_ = true;
  trying_at_.reset();
  if (status < 200) return {.send = true};
  end_at_ = now + timers.give_up();  // timer H or L
  if (status < 300) {
    state_ = State::kAccepted;
    return {.send = true};
  }
  state_ = State::kCompleted;
  if (!reliable_) {
    resend_interval_ = timers.t1;  // timer G
    resend_at_ = now + resend_interval_;
  }
  return {.send = true};
}

Step InviteServerFsm::on_time(base::Instant now, const Timers& timers) {
  if (end_at_ && now >= *end_at_) {
    const bool unacknowledged = state_ == State::kCompleted;
    auto step = end();
    step.timed_out = unacknowledged;
    return step;
  }
  if (trying_at_ && now >= *trying_at_) {
    trying_at_.reset();
    has_response_ = true;
    return {.send_trying = true};
  }
  if (resend_at_ && now >= *resend_at_) {
    resend_interval_ = std::min(2 * resend_interval_, timers.t2);
    resend_at_ = now + resend_interval_;
    return {.send = true};
  }
  return {};
}

std::optional<base::Instant> InviteServerFsm::deadline() const {
  auto first = end_at_;
  for (const auto& each : {trying_at_, resend_at_}) {
    if (each && (!first || *each < *first)) first = each;
  }
  return first;
}

Step NonInviteServerFsm::on_request() const {
  return {.send = state_ == State::kProceeding || state_ == State::kCompleted};
}

Step NonInviteServerFsm::on_response(std::uint16_t status, base::Instant now, const Timers& timers) {
  if (!is_pending() || status == 408 || (status > 100 && status < 200)) return {};
  if (status == 100) {
    state_ = State::kProceeding;
    return {.send = true};
  }
  if (reliable_) {
    state_ = State::kTerminated;
    return {.send = true, .ended = true};
  }
  state_ = State::kCompleted;
  end_at_ = now + timers.give_up();
  return {.send = true};
}

Step NonInviteServerFsm::on_time(base::Instant now) {
  if (state_ == State::kTerminated || now < end_at_) return {};
  state_ = State::kTerminated;
  return {.ended = true};
}

std::optional<base::Instant> NonInviteServerFsm::deadline() const {
  if (state_ == State::kTerminated) return std::nullopt;
  return end_at_;
}

}  // namespace control::sip
