#pragma once
/// \file
/// What mediad says of itself within calls.

#include <string_view>

namespace control {

/// Methods that are taken within a call, as an Allow value.
inline constexpr std::string_view kCallAllow =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, NOTIFY, REFER, REGISTER";
/// Extensions that a call has whoever the peer is, as a Supported value.
inline constexpr std::string_view kCallSupported = "timer, replaces";

}  // namespace control
