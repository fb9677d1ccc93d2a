#pragma once
/// \file
/// What must be true of a session plan before anything is built from it.

#include "dataplane/api/session_plan.h"
#include "mediad/base/result.h"

namespace dataplane {

/// The receive format of `endpoint` with this payload type, or nullptr.
[[nodiscard]] const ReceiveFormat* receive_format(const EndpointPlan& endpoint, std::uint8_t payload_type);

/// Errors: the first contradiction found, in words that name the endpoint, flow or payload type. Control
/// thread.
[[nodiscard]] base::Result<void> check_plan(const SessionPlan& plan);

}  // namespace dataplane
