#pragma once
/// \file
/// The far end of control's rings without a worker lcore: sessions that can be looked into, figures that a
/// test can set. Linked in the place of the real dataplane.

#include <map>
#include <vector>

#include "dataplane/api/worker_proxy.h"

namespace dataplane {

class Session {
 public:
  Session(SessionId session_id, SessionPlan session_plan) : id(session_id), plan(std::move(session_plan)) {
    ++alive;
  }
  ~Session() { --alive; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  SessionId id;
  SessionPlan plan;
  SessionStats stats;
  static inline int alive = 0;
};

class SessionUpdate {
 public:
  explicit SessionUpdate(SessionPlan session_plan) : plan(std::move(session_plan)) {}
  SessionPlan plan;
};

}  // namespace dataplane

namespace control {

/// Does what a worker does with commands, when told to.
class FakeWorker {
 public:
  dataplane::WorkerLink link;
  std::map<std::uint64_t, dataplane::SessionHandle> sessions;
  std::vector<std::string> seen;  ///< "add", "update", "remove", in order
  bool refuse{false};             ///< sessions are sent home at once

  /// Carries out what is in the inbox.
  void turn();
  /// The only session; fails if there is not just one.
  dataplane::Session& only();
};

}  // namespace control
