#include "dataplane/timer_wheel.h"

#include <algorithm>

namespace dataplane {

TimerWheel::TimerWheel(base::Instant start) : start_(start) {
  for (auto& slot : slots_) slot.next = slot.previous = &slot;
}

std::uint64_t TimerWheel::tick_of(base::Instant when) const {
  return when <= start_ ? 0 : static_cast<std::uint64_t>((when - start_) / kTick);
}

void TimerWheel::schedule(Timer& timer, base::Instant due) {
  cancel(timer);
  // One tick up, so that it never fires early; never into the slot under the cursor, which may be half
  // walked.
  timer.due_tick = std::max(tick_of(due) + 1, tick_ + 1);
  auto& slot = slots_[timer.due_tick % kSlots];
  timer.next = &slot;
  timer.previous = slot.previous;
  slot.previous->next = &timer;
  slot.previous = &timer;
}

void TimerWheel::schedule_earlier(Timer& timer, base::Instant due) {
  if (!timer.scheduled() || timer.due_tick > tick_of(due) + 1) schedule(timer, due);
}

void TimerWheel::cancel(Timer& timer) {
  if (!timer.scheduled()) return;
  if (cursor_ == &timer) cursor_ = timer.next;
  timer.previous->next = timer.next;
  timer.next->previous = timer.previous;
  timer.next = timer.previous = nullptr;
}

Timer* TimerWheel::pop_due(base::Instant now) {
  const auto now_tick = tick_of(now);
  // After a long sleep one round is enough to see every slot.
  if (now_tick > tick_ + kSlots) {
    tick_ = now_tick - kSlots;
    cursor_ = nullptr;
  }
  while (tick_ <= now_tick) {
    auto& slot = slots_[tick_ % kSlots];
    if (cursor_ == nullptr) cursor_ = slot.next;
    while (cursor_ != &slot) {
      auto& timer = *cursor_;
      cursor_ = timer.next;
      if (timer.due_tick > now_tick) continue;
      cancel(timer);
      return &timer;
    }
    if (tick_ == now_tick) return nullptr;  // the slot of the running tick may still fill
    cursor_ = nullptr;
    ++tick_;
  }
  return nullptr;
}

base::Instant TimerWheel::wake_at(base::Instant now) const {
  const auto last = tick_of(now + kLongestSleep);
  for (auto tick = tick_; tick < last; ++tick) {
    const auto& slot = slots_[tick % kSlots];
    if (slot.next != &slot) return start_ + static_cast<std::int64_t>(tick) * kTick;
  }
  return now + kLongestSleep;
}

}  // namespace dataplane
