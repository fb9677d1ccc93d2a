#pragma once
/// \file
/// What a transaction wants done after one input. The state machines are values without messages: whoever
/// holds the octets does what the step says.

namespace control::sip {

struct Step {
  bool send{false};         ///< send the stored request or response (again)
  bool send_ack{false};     ///< client: acknowledge the non-2xx final response (RFC 3261 §17.1.1.3)
  bool send_trying{false};  ///< server: answer 100
  bool deliver{false};      ///< pass the message up
  bool timed_out{false};    ///< tell the user that no final response or no ACK came
  bool ended{false};        ///< forget the transaction

  bool operator==(const Step&) const = default;
};

}  // namespace control::sip
