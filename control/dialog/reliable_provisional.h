#pragma once
/// \file
/// Provisional responses that arrive for certain (RFC 3262): the server's side, which repeats them until
/// their PRACK comes, and the client's, which takes them in order.

#include <cstdint>
#include <deque>
#include <optional>

#include "control/dialog/retransmission.h"
#include "control/sip/wire/cseq.h"
#include "control/sip/wire/message.h"
#include "control/sip/wire/print.h"
#include "mediad/base/clock.h"

namespace control {

/// RSeq of a provisional response that wants a PRACK; nullopt of all others.
[[nodiscard]] std::optional<std::uint32_t> reliable_number(const sip::Message& response);

/// The responses to one INVITE that were sent so. One is on its way at a time; the next waits for its PRACK
/// (§3). A value; the caller sends.
class ReliableProvisionals {
 public:
  /// `first`: the RSeq to begin with, any number from 1 to 2^31 - 1.
  explicit ReliableProvisionals(std::uint32_t first) : next_(first) {}

  /// Adds Require and RSeq. True if it is to be sent now: see current().
  bool push(sip::OutgoingResponse response, base::Instant now);
  /// True if this PRACK is of the one on its way, which is done with then. The one behind it becomes
  /// current() and is to be sent.
  bool acknowledge(const sip::RAck& rack, std::uint32_t invite_cseq, base::Instant now);
  /// What is on its way; nullptr if nothing is.
  [[nodiscard]] const sip::OutgoingResponse* current() const {
    return waiting_.empty() ? nullptr : &waiting_.front().response;
  }
  [[nodiscard]] bool is_idle() const { return waiting_.empty(); }
  /// The INVITE has its final answer: nothing is repeated any more.
  void clear() { waiting_.clear(); }

  [[nodiscard]] Retransmission::Act on_time(base::Instant now);
  [[nodiscard]] std::optional<base::Instant> deadline() const;

 private:
  struct Waiting {
    std::uint32_t number;
    sip::OutgoingResponse response;
  };
  std::uint32_t next_;
  std::deque<Waiting> waiting_;
  std::optional<Retransmission> again_;
};

/// What came in one early dialog. A value.
class ProvisionalOrder {
 public:
  /// True for the next in order, which is to be acknowledged and served; false for what was seen already or
  /// came too early (§4).
  [[nodiscard]] bool take(std::uint32_t number) {
    if (last_ && number != *last_ + 1) return false;
    last_ = number;
    return true;
  }

 private:
  std::optional<std::uint32_t> last_;
};

}  // namespace control
