#pragma once
/// \file
/// What mediad says of itself within calls; the methods that it takes are sip::kAllow.

#include <string_view>

#include "control/sip/uas_checks.h"

namespace control {

/// Extensions that a call has whoever the peer is, as a Supported value.
inline constexpr std::string_view kCallSupported = "timer, replaces";

}  // namespace control
