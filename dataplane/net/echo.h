#pragma once
/// \file
/// The answer to ping: ICMP echo (RFC 792) and ICMPv6 echo (RFC 4443 §4.2).

#include "dataplane/api/mac_address.h"
#include "dataplane/net/frame.h"
#include "mediad/base/byte_io.h"

namespace dataplane {

/// Turns an echo request into its reply, in place, and returns the size of the reply's frame; 0 and nothing
/// changed if `parsed` (kIcmp or kIcmpv6) is no echo request with a right checksum. `mac` is our own.
[[nodiscard]] std::size_t answer_echo(base::MutableOctets frame, const Frame& parsed, const MacAddress& mac);

}  // namespace dataplane
