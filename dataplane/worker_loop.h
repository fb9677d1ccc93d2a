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
  /// Empty turns before going to sleep: longer than the gap between two packets of a busy port, shorter than
  /// what a sleep costs.
  static constexpr int kSpins = 64;

  void sleep(base::Instant now);

  Worker& worker_;
  WorkerLink& link_;
  PollSet poll_set_;
  IdleMode idle_;
  std::atomic<bool> stopping_{false};
};

}  // namespace dataplane
