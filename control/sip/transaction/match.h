#pragma once
/// \file
/// Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3).

#include <string>
#include <string_view>

#include "control/sip/wire/message.h"

namespace control::sip {

/// Key of the server transaction that a request creates or matches. ACK and CANCEL get the key of the INVITE
/// they speak of. With a branch of RFC 3261 it is branch, sent-by and method; without one, what RFC 2543 had:
/// Request-URI, From tag, Call-ID, CSeq number and the top Via. Allocates.
[[nodiscard]] std::string server_key(const Message& request);

/// Key of the client transaction that a response answers: our branch and the CSeq method. Allocates.
[[nodiscard]] std::string client_key(std::string_view branch, std::string_view method);

}  // namespace control::sip
