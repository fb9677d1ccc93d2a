#include "control/sip/transaction/client_fsm.h"

#include <algorithm>

#include "mediad/base/deadline.h"

namespace control::sip {

InviteClientFsm::InviteClientFsm(bool reliable, base::Instant now, const Timers& timers)
    : reliable_(reliable), end_at_(now + timers.give_up()), resend_interval_(timers.t1) {
  if (!reliable_) resend_at_ = now + resend_interval_;
}

Step InviteClientFsm::on_response(std::uint16_t status, base::Instant now, const Timers& timers) {
  switch (state_) {
    case State::kCalling:
    case State::kProceeding:
      break;
    case State::kAccepted:
      return {.deliver = status >= 200 && status < 300};
    case State::kCompleted:
      return {.send_ack = status >= 300};
    case State::kTerminated:
      return {};
  }
  resend_at_.reset();
  if (status < 200) {
    // Timer B ends with the first answer; a time limit that cancelling has set stays.
    if (state_ == State::kCalling) end_at_.reset();
    state_ = State::kProceeding;
    return {.deliver = true};
  }
  end_at_ = now + timers.give_up();
  if (status < 300) {
    state_ = State::kAccepted;  // timer M
    return {.deliver = true};
  }
  state_ = reliable_ ? State::kTerminated : State::kCompleted;  // timer D
  return {.send_ack = true, .deliver = true, .ended = reliable_};
}

Step InviteClientFsm::on_time(base::Instant now, const Timers&) {
  if (end_at_ && now >= *end_at_) {
    const bool unanswered = is_pending();
    state_ = State::kTerminated;
    return {.timed_out = unanswered, .ended = true};
  }
  if (resend_at_ && now >= *resend_at_) {
    resend_interval_ *= 2;
    resend_at_ = now + resend_interval_;
    return {.send = true};
  }
  return {};
}

void InviteClientFsm::on_cancelled(base::Instant now, const Timers& timers) {
  if (is_pending()) end_at_ = now + timers.give_up();
}

std::optional<base::Instant> InviteClientFsm::deadline() const {
  return base::earlier(resend_at_, end_at_);
}

NonInviteClientFsm::NonInviteClientFsm(bool reliable, base::Instant now, const Timers& timers)
    : reliable_(reliable), end_at_(now + timers.give_up()), resend_interval_(timers.t1) {
  if (!reliable_) resend_at_ = now + resend_interval_;
}

Step NonInviteClientFsm::on_response(std::uint16_t status, base::Instant now, const Timers& timers) {
  if (!is_pending()) return {};
  if (status < 200) {
    state_ = State::kProceeding;
    resend_interval_ = timers.t2;
    return {.deliver = true};
  }
  resend_at_.reset();
  state_ = reliable_ ? State::kTerminated : State::kCompleted;
  end_at_ = now + timers.t4;  // timer K
  return {.deliver = true, .ended = reliable_};
}

Step NonInviteClientFsm::on_time(base::Instant now, const Timers& timers) {
  if (now >= end_at_) {
    const bool unanswered = is_pending();
    state_ = State::kTerminated;
    return {.timed_out = unanswered, .ended = true};
  }
  if (resend_at_ && now >= *resend_at_) {
    resend_interval_ = std::min(2 * resend_interval_, timers.t2);
    resend_at_ = now + resend_interval_;
    return {.send = true};
  }
  return {};
}

std::optional<base::Instant> NonInviteClientFsm::deadline() const {
  return base::earlier(resend_at_, end_at_);
}

}  // namespace control::sip
