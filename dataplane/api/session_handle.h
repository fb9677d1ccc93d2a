#pragma once
/// \file
/// Sessions as control sees them: built here, handed to a worker, come home to be destroyed. Control thread.

#include <memory>

#include "dataplane/api/session_plan.h"
#include "dataplane/api/session_stats.h"
#include "mediad/base/result.h"

namespace dataplane {

class Session;
class SessionUpdate;

struct SessionDeleter {
  void operator()(Session* session) const;
  void operator()(SessionUpdate* update) const;
};
using SessionHandle = std::unique_ptr<Session, SessionDeleter>;
using UpdateHandle = std::unique_ptr<SessionUpdate, SessionDeleter>;

/// Allocates all that the session will ever need: codec states, resamplers, buffers. Errors: a plan that
/// contradicts itself (no endpoints, flow index out of range, a transcode rule without codec), named in the
/// text.
[[nodiscard]] base::Result<SessionHandle> build_session(SessionId id, SessionPlan plan);
/// The same for a change of a running session. The worker keeps the running translator of a flow whose
/// formats did not change, so that a re-INVITE is not heard.
[[nodiscard]] base::Result<UpdateHandle> build_update(SessionId id, SessionPlan plan);

/// Valid until the session's SessionHome event has been handled.
[[nodiscard]] const SessionStats& stats_of(const Session& session);

}  // namespace dataplane
