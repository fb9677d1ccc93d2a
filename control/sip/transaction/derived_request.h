#pragma once
/// \file
/// The two requests that a transaction makes of its INVITE: CANCEL (RFC 3261 §9.1) and the ACK to a refusal
/// (§17.1.1.3).

#include <string>
#include <string_view>

#include "control/sip/wire/message.h"

namespace control::sip {

/// ACK with the To of the response; same Via, Request-URI, Route. Allocates.
[[nodiscard]] std::string print_ack_of(const Message& invite, std::string_view to);
/// CANCEL; `reason` is a Reason value or empty. Allocates.
[[nodiscard]] std::string print_cancel_of(const Message& invite, std::string_view reason);

}  // namespace control::sip
