#include "dataplane/worker_loop.h"

#include <rte_pause.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

namespace dataplane {

void WorkerLoop::run() {
  // Naps are shorter than the 50 us by which the kernel rounds timers up for ordinary threads.
  ::prctl(PR_SET_TIMERSLACK, 1000UL);
  while (!stopping_.load(std::memory_order_relaxed)) {
    const auto now = base::MonotonicClock::now();
    const auto work = worker_.turn(now);
    if (idle_ == IdleMode::kPolite) {
      rest(now, work);
    } else if (work == 0) {
      rte_pause();
    }
  }
}

void WorkerLoop::rest(base::Instant turn_began, std::size_t work) {
  if (gathers(turn_began)) {
    // What is left over (codec jobs, a full burst) does not wait.
    if (work >= kBurst || worker_.has_backlog()) return;
    const timespec nap{0, std::chrono::nanoseconds{kGather}.count()};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, nullptr);
  } else if (work == 0) {
    sleep(turn_began);
  }
}

bool WorkerLoop::gathers(base::Instant now) {
  const auto elapsed = now - window_began_;
  if (elapsed >= kWindow) {
    const auto packets = link_.stats.packets_in.get();
    gathers_ = static_cast<double>(packets - window_packets_) >
               kGatherFrom * std::chrono::duration<double>(elapsed).count();
    window_packets_ = packets;
    window_began_ = now;
  }
  return gathers_;
}

void WorkerLoop::sleep(base::Instant now) {
  link_.sleeping.store(true, std::memory_order_relaxed);
  // Pairs with the fence of whoever rings: either it sees that we sleep, or the turn sees what it has left
  // for us.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (worker_.turn(now) == 0 && !stopping_.load(std::memory_order_relaxed))
    poll_set_.wait(worker_.wake_at(now) - base::MonotonicClock::now());
  link_.sleeping.store(false, std::memory_order_relaxed);
}

void WorkerLoop::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(link_.doorbell, &one, sizeof one);
}

}  // namespace dataplane
