#include "dataplane/worker_loop.h"

#include <rte_pause.h>
#include <unistd.h>

namespace dataplane {

void WorkerLoop::run() {
  int empty_turns = 0;
  while (!stopping_.load(std::memory_order_relaxed)) {
    const auto now = base::MonotonicClock::now();
    if (worker_.turn(now) > 0) {
      empty_turns = 0;
      continue;
    }
    if (idle_ == IdleMode::kBusy || ++empty_turns < kSpins) {
      rte_pause();
      continue;
    }
    sleep(now);
    empty_turns = 0;
  }
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
