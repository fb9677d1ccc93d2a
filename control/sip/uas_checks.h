#pragma once
/// \file
/// What a server checks in a well-formed request before it looks at what the request wants (RFC 3261 §8.2.1
/// to §8.2.3).

#include <optional>
#include <string_view>

#include "control/sip/wire/message.h"
#include "control/sip/wire/print.h"

namespace control::sip {

/// Methods that mediad takes, as an Allow value.
inline constexpr std::string_view kAllow =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, PRACK, UPDATE, INFO, REFER, NOTIFY, MESSAGE";
/// Extensions that mediad understands, as a Supported value.
inline constexpr std::string_view kSupported =
    "100rel, timer, replaces, outbound, path, gruu, norefersub, histinfo";
/// Bodies that mediad reads, as an Accept value.
inline constexpr std::string_view kAccept =
    "application/sdp, application/dtmf-relay, message/sipfrag, multipart/mixed";

/// The answer to a request that cannot be served whoever sent it: 501, 416, 420, 415, 406, 483; nullopt if it
/// can. CANCEL and ACK are never refused so. The order is that of RFC 3261 §8.2. Allocates in the answer.
[[nodiscard]] std::optional<OutgoingResponse> refuse_unservable(const Message& request);

}  // namespace control::sip
