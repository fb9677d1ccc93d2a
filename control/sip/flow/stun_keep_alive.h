#pragma once
/// \file
/// The keep-alive of UDP flows (RFC 5626 §4.4.2, §8): a phone asks by STUN where it is seen from, on the SIP
/// port.

#include <optional>
#include <string>
#include <string_view>

#include "mediad/base/ip_address.h"

namespace control::sip {

/// STUN begins with two zero bits, SIP with a letter.
[[nodiscard]] constexpr bool may_be_stun(std::string_view datagram) {
  return datagram.size() >= 20 && static_cast<unsigned char>(datagram.front()) < 4;
}

/// The Binding response to a Binding request from `from` (RFC 5389 §7.3.1); nullopt for anything else. At
/// most 24 octets longer than the request, so it is of no use for amplification.
[[nodiscard]] std::optional<std::string> answer_stun(std::string_view datagram,
                                                     const base::SocketAddress& from);

}  // namespace control::sip
