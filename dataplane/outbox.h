#pragma once
/// \file
/// The worker's end of the ring of events to control.

#include "dataplane/api/worker_proxy.h"

namespace dataplane {

/// What carries memory home (SessionHome, UpdateHome) waits here while the ring is full and is never lost;
/// what only informs is dropped then, and counted. One worker; no allocation.
class Outbox {
 public:
  explicit Outbox(WorkerLink& link) : link_(link) {}
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// RemoteLearned, EventReceived, NextHopWanted.
  void inform(Event event);

  void send_home(SessionHandle session);
  void send_home(UpdateHandle update);

  /// Once a turn: sends on what has been waiting. Returns how many.
  std::size_t flush();

 private:
  WorkerLink& link_;
  Session* sessions_{nullptr};  // chained through next_home; they leave in no particular order
  SessionUpdate* updates_{nullptr};
};

}  // namespace dataplane
