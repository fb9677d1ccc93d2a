#pragma once
/// \file
/// One call through the B2BUA: its set-up, then its two joined dialogs.

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/auth/auth_gate.h"
#include "control/b2bua/call_context.h"
#include "control/b2bua/call_setup.h"
#include "control/b2bua/joined_dialogs.h"
#include "control/records/call_record.h"
#include "control/routing/route.h"

namespace control {

/// Who calls, for people: a user by the name that it authenticated for, else what From says.
[[nodiscard]] std::string caller_of(const AuthenticatedOrigin& origin, const sip::Message& invite);

/// Control thread. Each function is told the time of its event.
class SipCall {
 public:
  SipCall(CallWorld& world, AuthenticatedOrigin origin, const sip::Request& invite,
          std::vector<ForkRound> rounds, base::Instant now);

  ~SipCall();
  SipCall(const SipCall&) = delete;
  SipCall& operator=(const SipCall&) = delete;

  void start();
  /// Joins two sides of other calls, each with media of its own so far.
  void join(CallSide first, CallSide second);
  /// Joins the sender of the INVITE that made this call with a side of another (RFC 3891).
  void join(const sip::Request& invite, CallSide other);

  // Transfer: `to` is the call that takes over the side that is not `referrer`.
  /// From now on the other call reports here, and takes the side when it is answered.
  void transfer_to(SipCall& to, unsigned referrer);
  void stop_transfer() { transfer_to_ = transfer_from_ = nullptr; }
  /// The side that a REFER came from; nullopt, with an answer, if it is of no dialog or out of order.
  [[nodiscard]] std::optional<unsigned> take_refer(const sip::Request& refer, base::Instant now);
  void answer(unsigned side, sip::TxnId txn, sip::OutgoingResponse response) {
    joined_->respond(side, txn, std::move(response));
  }
  [[nodiscard]] bool is_being_transferred() const { return transfer_to_ != nullptr; }
  /// Whether who refers wants to hear what becomes of it.
  void set_reports(bool wanted) { reports_ = wanted; }
  /// Tells who referred what became of it, if that is wanted.
  void report(unsigned referrer, std::uint16_t status, base::Instant now);
  /// Gives a side away; for the other one this call ends.
  [[nodiscard]] CallSide give(unsigned side, bool other_is_gone, std::string_view reason);
  [[nodiscard]] JoinedDialogs* joined() { return joined_ ? &*joined_ : nullptr; }

  void on_cancel(const sip::Message& cancel, base::Instant now);
  /// A request with one of our tags; answers 481 if it is of no dialog of this call.
  void on_request(const sip::Request& request, base::Instant now);
  void on_ack(const sip::Message& ack, base::Instant now);
  void on_response(const sip::Response& heard, base::Instant now);
  void on_failed(const sip::TxnFailed& heard, base::Instant now);
  void on_time(base::Instant now);
  /// Ends the call if its media has ended by itself.
  void check_media(base::Instant now);
  void hang_up(std::string_view reason, base::Instant now);

  [[nodiscard]] std::optional<base::Instant> deadline() const;
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] bool is_answered() const { return joined_.has_value(); }

  [[nodiscard]] const AuthenticatedOrigin& origin() const { return origin_; }
  [[nodiscard]] const std::string& call_id() const { return call_id_; }  ///< the caller's
  [[nodiscard]] const std::string& media_id() const { return context_.media.call_id(); }
  [[nodiscard]] const std::string& dialled() const { return dialled_; }
  [[nodiscard]] const std::string& callee() const { return callee_; }
  [[nodiscard]] base::Instant started() const { return started_; }
  [[nodiscard]] const Ladder& ladder() const { return context_.ladder(); }
  [[nodiscard]] Ladder take_ladder() { return context_.take_ladder(); }
  /// Of a call that is over.
  [[nodiscard]] CallRecord record(const std::function<base::WallTime(base::Instant)>& to_wall) const;
  /// True if this INVITE, which came with a tag of this call's, is one that the call sent itself.
  [[nodiscard]] bool sent_to(const sip::Uri& uri) const { return setup_.went_to(uri); }

 private:
  void adopt(const CallSide& side) { context_.adopt_tag(side.dialog.id().local_tag); }
  void park(CallSide side, base::Instant now);
  /// Passes on what the set-up would tell its caller, and ends what waits if it came to nothing.
  void report_progress();
  void parked_request(const sip::Request& request);
  void drop_transfer();

  AuthenticatedOrigin origin_;
  std::string call_id_;
  std::string caller_;
  std::string dialled_;
  std::string callee_;
  base::Instant started_;
  CallContext context_;
  CallSetup setup_;
  std::optional<JoinedDialogs> joined_;
  SipCall* transfer_to_{nullptr};
  SipCall* transfer_from_{nullptr};
  bool reports_{true};
  unsigned referrer_{0};            ///< side of transfer_from_, or of this if there is a transfer_to_
  std::optional<CallSide> parked_;  ///< who waits for the answer, since the referrer has hung up
};

}  // namespace control
