#pragma once
/// \file
/// What passes between the two sides before the answer: provisional responses that must arrive (RFC 3262) and
/// offers within early dialogs (RFC 3311).

#include <optional>
#include <string>

#include "control/b2bua/call_context.h"
#include "control/b2bua/fork.h"
#include "control/b2bua/header_policy.h"
#include "control/dialog/reliable_provisional.h"

namespace control {

/// Each side is served by itself: a PRACK goes no further than to who sent the response, unless a description
/// is in it. Control thread.
class EarlySession {
 public:
  /// `invite` is the caller's and outlives this.
  EarlySession(CallContext& context, const sip::Request& invite, Standing caller);

  /// True if the caller acknowledges provisional responses.
  [[nodiscard]] bool is_reliable() const { return can_be_reliable_; }
  /// Sends the caller a provisional response, for certain if it wants that or `for_certain` and it can.
  void tell(sip::OutgoingResponse response, bool for_certain);
  /// A PRACK of the caller's in the dialog of this fork.
  void on_prack(Fork& fork, const sip::Request& prack);
  /// An UPDATE in the dialog of this fork: of the callee's if `early` names its dialog, else of the caller's.
  void on_update(Fork& fork, const EarlyDialog* early, const sip::Request& update);
  [[nodiscard]] bool knows(sip::TxnId txn) const { return exchange_ && exchange_->client == txn; }
  /// Takes a response to an UPDATE or PRACK that passed across; false if it is of none.
  bool on_response(const sip::Response& response);
  bool on_failed(const sip::TxnFailed& failed);

  /// True if nothing waits for its PRACK: a 2xx may go out (RFC 3262 §3).
  [[nodiscard]] bool is_idle() const { return provisionals_.is_idle(); }
  /// The caller has its final answer.
  void end() { provisionals_.clear(); }
  /// Repeats what is not acknowledged. False once it was repeated for long enough.
  [[nodiscard]] bool on_time();
  [[nodiscard]] std::optional<base::Instant> deadline() const { return provisionals_.deadline(); }

 private:
  /// An offer on its way across.
  struct Exchange {
    unsigned from;
    sip::TxnId server;
    sip::TxnId client;
    std::string fork;
    Standing asked, asking;
    std::string asking_name;
  };
  void pass_offer(Fork& fork, const EarlyDialog* early, const sip::Request& request);
  void pass_answer(Fork& fork, const sip::Request& prack);
  [[nodiscard]] std::optional<sip::OutgoingResponse> refuse_offer(const Fork& fork, unsigned from) const;

  CallContext& context_;
  const sip::Request& invite_;
  Standing caller_;
  bool can_be_reliable_;
  bool must_be_reliable_;
  ReliableProvisionals provisionals_;
  std::optional<Exchange> exchange_;
};

}  // namespace control
