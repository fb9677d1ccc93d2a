#pragma once
/// \file
/// Where one SIP message ends in a stream of octets (RFC 3261 §18.3) and what is keep-alive between them (RFC
/// 5626 §4.4.1).

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "mediad/base/clock.h"

namespace control::sip {

/// Frames one connection. One thread; linear in the octets pushed; holds at most one message of
/// kMaxMessageOctets.
class StreamFramer {
 public:
  /// Appends what was read at `now`.
  void push(std::string_view octets, base::Instant now);

  /// Takes the next whole message. When broken() is true afterwards, this was the last: its length could not
  /// be told, and nothing behind it can be found.
  [[nodiscard]] std::optional<std::string> next(base::Instant now);

  /// Double CRLFs seen since the last call: each wants a single CRLF in answer.
  [[nodiscard]] int take_pings();

  [[nodiscard]] bool is_broken() const { return broken_; }
  /// Since when an incomplete message is waiting for its rest.
  [[nodiscard]] std::optional<base::Instant> waiting_since() const { return waiting_since_; }

 private:
  void skip_keep_alive();
  [[nodiscard]] bool find_end_of_headers();

  std::string buffer_;
  std::size_t start_{0};    // of the message in buffer_
  std::size_t scanned_{0};  // what has been searched for the end of headers
  std::size_t total_{0};    // length of the message once its headers are whole
  int pings_{0};
  bool broken_{false};
  std::optional<base::Instant> waiting_since_;
};

}  // namespace control::sip
