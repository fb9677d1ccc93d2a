#pragma once
/// \file
/// Octets -> Message, with the verdict of RFC 3261 on them. Strict unless told otherwise.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/sip/wire/message.h"
#include "control/sip/wire/name_addr.h"

namespace control::sip {

/// Where a message ends (RFC 3261 §18.3).
enum class Framing : std::uint8_t {
  kDatagram,  ///< UDP or a WebSocket frame: Content-Length may be absent, what follows the body is dropped
  kStream,    ///< TCP or TLS: Content-Length is mandatory and the octets end with the body
};

/// Why a message was not accepted. `status` is what a request is to be answered with: 400, 505 …
struct Fault {
  std::uint16_t status;
  std::string_view reason;  ///< static text, fit for a reason phrase
};

struct Parsed {
  /// With a fault: as much of it as could be indexed.
  Message message;
  std::optional<Fault> fault;
  /// A refused request that is complete enough to be answered: it has a Via and is not an ACK. Else it is
  /// dropped.
  bool answerable{false};
};

/// Reads one message and takes its octets over. Linear in their number; allocates the index. Any thread.
[[nodiscard]] Parsed parse(std::string octets, Framing framing = Framing::kDatagram,
                           const Leniency& leniency = {});

}  // namespace control::sip
