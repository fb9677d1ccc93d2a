#pragma once
/// \file
/// One call through the B2BUA: its set-up, then its two joined dialogs.

#include <optional>
#include <string>
#include <vector>

#include "control/auth/auth_gate.h"
#include "control/b2bua/call_context.h"
#include "control/b2bua/call_setup.h"
#include "control/b2bua/joined_dialogs.h"
#include "control/routing/route.h"

namespace control {

/// Control thread. Each function is told the time of its event.
class SipCall {
 public:
  SipCall(CallWorld& world, AuthenticatedOrigin origin, const sip::Request& invite,
          std::vector<ForkRound> rounds, base::Instant now);

  void start();
  void on_cancel(const sip::Message& cancel, base::Instant now);
  /// A request with one of our tags; answers 481 if it is of no dialog of this call.
  void on_request(const sip::Request& request, base::Instant now);
  void on_ack(const sip::Message& ack, base::Instant now);
  void on_response(const sip::Response& response, base::Instant now);
  void on_failed(const sip::TxnFailed& failed, base::Instant now);
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
  [[nodiscard]] std::string ladder() const { return context_.ladder().print(); }
  [[nodiscard]] sip::TxnId invite_txn() const { return setup_.invite_txn(); }
  /// True if this INVITE, which came with a tag of this call's, is one that the call sent itself.
  [[nodiscard]] bool sent_to(const sip::Uri& uri) const { return setup_.went_to(uri); }

 private:
  AuthenticatedOrigin origin_;
  std::string call_id_;
  std::string dialled_;
  std::string callee_;
  base::Instant started_;
  CallContext context_;
  CallSetup setup_;
  std::optional<JoinedDialogs> joined_;
};

}  // namespace control
