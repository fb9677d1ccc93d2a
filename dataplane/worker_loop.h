#pragma once
/// \file
/// What an lcore does: turns, and sleep between them.

#include <atomic>
#include <cstdint>
#include <span>

#include "dataplane/api/dataplane.h"
#include "dataplane/port/poll_set.h"
#include "dataplane/worker.h"

namespace dataplane {

/// One worker's loop. Built by control, run on the lcore.
class WorkerLoop {
 public:
  WorkerLoop(Worker& worker, WorkerLink& link, std::span<Port* const> ports, std::uint16_t queue,
             IdleMode idle)
      : worker_(worker), link_(link), poll_set_(ports, queue, link.doorbell), idle_(idle) {}

  /// Runs until stop(). On the lcore.
  void run();
  /// Any other thread; run() returns within a turn.
  void stop();

 private:
  /// On a port that the kernel backs, a wake-up costs more than a packet. From this arrival rate on,
  /// packets/s, the worker naps for a fixed time and takes what has come in one burst; below it, each packet
  /// wakes it at once.
  static constexpr double kGatherFrom = 3000;
  /// How long a packet may wait for company: a tenth of the delay that p99.9 may have.
  static constexpr std::chrono::microseconds kGather{200};
  /// Over how long the arrival rate is taken.
  static constexpr std::chrono::milliseconds kWindow{10};

  /// Between two turns, in polite mode.
  void rest(base::Instant turn_began, std::size_t work);
  [[nodiscard]] bool gathers(base::Instant now);
  void sleep(base::Instant now);

  Worker& worker_;
  WorkerLink& link_;
  PollSet poll_set_;
  IdleMode idle_;
  bool gathers_{false};
  std::uint64_t window_packets_{0};
  base::Instant window_began_{};
  std::atomic<bool> stopping_{false};
};

}  // namespace dataplane
