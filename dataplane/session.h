#pragma once
/// \file
/// A session while it runs: built by control, owned by one worker, sent home to be destroyed.

#include <memory>
#include <vector>

#include "dataplane/api/session_handle.h"
#include "dataplane/api/session_plan.h"
#include "dataplane/api/session_stats.h"
#include "dataplane/endpoint.h"
#include "dataplane/flow.h"
#include "dataplane/timer_wheel.h"

namespace dataplane {

/// A plan and all that was built from it. It may be moved: its parts keep their places in memory.
struct SessionBody {
  SessionPlan plan;
  std::vector<Endpoint> endpoints;  ///< as many as in the plan, same order
  std::vector<Flow> flows;
  std::vector<std::unique_ptr<EndpointStats>> spare_stats;  ///< of endpoints beyond those that are published
};

/// The one timer of a session.
struct SessionTimer : Timer {
  explicit SessionTimer(Session& of) : session(of) {}
  Session& session;
};

class Session {
 public:
  Session(SessionId session_id, SessionBody session_body);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const SessionId id;
  SessionBody body;
  SessionStats stats;
  SessionTimer timer{*this};
  Session* next_in_bucket{nullptr};  ///< SessionTable
  Session* next_home{nullptr};       ///< Outbox

  /// Points the endpoints at this session and its counters; after every change of the body.
  void adopt_body();
};

/// A new body on its way to a session, or the old one on its way home.
class SessionUpdate {
 public:
  SessionUpdate(SessionId session_id, SessionBody session_body)
      : id(session_id), body(std::move(session_body)) {}

  const SessionId id;
  SessionBody body;
  SessionUpdate* next_home{nullptr};  ///< Outbox
};

/// Exchanges the bodies. What the session has learned and what it hears goes on: streams, addresses (unless a
/// new one was signalled), and the transcoders of flows whose formats are the same. Its ports must be
/// unbound. No allocation.
void exchange_bodies(Session& session, SessionUpdate& update, base::Instant now);

}  // namespace dataplane
