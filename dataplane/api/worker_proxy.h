#pragma once
/// \file
/// Control's end of one worker: an inbox ring of commands down, an outbox ring of events up.

#include <atomic>
#include <cstdint>
#include <optional>

#include "dataplane/api/command.h"
#include "dataplane/api/event.h"
#include "dataplane/api/worker_stats.h"
#include "mediad/base/spsc_ring.h"

namespace dataplane {

inline constexpr std::size_t kInboxCapacity =
    4096;  ///< > 1 s of the highest call rate at one drain per millisecond
inline constexpr std::size_t kOutboxCapacity = 16384;

/// The two rings and the doorbell, shared by one WorkerProxy and one Worker.
struct WorkerLink {
  WorkerLink();
  ~WorkerLink();
  WorkerLink(const WorkerLink&) = delete;
  WorkerLink& operator=(const WorkerLink&) = delete;

  base::SpscRing<Command> inbox{kInboxCapacity};
  base::SpscRing<Event> outbox{kOutboxCapacity};
  std::atomic<bool> sleeping{false};  ///< the worker is, or is about to be, in poll()
  int doorbell{-1};                   ///< eventfd that ends the worker's sleep
  WorkerStats stats;
};

/// Wakes the worker if it sleeps; after something was put where it will look. Any thread; a system call only
/// then.
void ring_doorbell(WorkerLink& link);

/// Control thread only.
class WorkerProxy {
 public:
  explicit WorkerProxy(WorkerLink& link) : link_(&link) {}

  /// Hands the command over and wakes the worker if it sleeps. False: the inbox is full, `command` is
  /// untouched.
  [[nodiscard]] bool send(Command& command);
  /// Next event, if any.
  [[nodiscard]] std::optional<Event> poll() { return link_->outbox.pop(); }
  [[nodiscard]] const WorkerStats& stats() const { return link_->stats; }

 private:
  WorkerLink* link_;
};

}  // namespace dataplane
