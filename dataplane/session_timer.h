#pragma once
/// \file
/// What a session does without being asked by a packet: give up on gaps, end events, report, publish, say
/// goodbye.

#include "dataplane/media_path.h"

namespace dataplane {

/// How old published figures of a stream may be.
inline constexpr base::Duration kPublishEvery = std::chrono::milliseconds{250};

/// The session has come to the worker.
void start_timer(Session& session, base::Instant now, TimerWheel& wheel);

/// Does what is due; returns when to call again.
[[nodiscard]] base::Instant run_timer(Session& session, base::Instant now, MediaContext& context);

/// The session leaves the worker: BYE for the streams that we originate (RFC 3550 §6.6), last figures.
void finish(Session& session, base::Instant now, MediaContext& context);

}  // namespace dataplane
