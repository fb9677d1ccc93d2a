#pragma once
/// \file
/// An answered call: two dialogs, what passes between them (RFC 3261 §14, §15, RFC 3311), and its end.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/b2bua/call_context.h"
#include "control/b2bua/call_setup.h"
#include "control/dialog/dialog.h"
#include "control/dialog/retransmission.h"

namespace control {

/// Control thread.
class JoinedDialogs {
 public:
  /// Answers the caller's INVITE.
  JoinedDialogs(CallContext& context, Joined joined);
  /// Two sides that were of other calls: see introduce() and answer_invite().
  JoinedDialogs(CallContext& context, CallSide caller, CallSide callee, std::string fork);

  /// Offers what this side said last to the other, which knows other media so far; then, if `and_back`, the
  /// other way round. A side that refuses ends the call.
  void introduce(unsigned from, bool and_back);
  /// An INVITE that takes the place of a side (RFC 3891): as an offer of this side's.
  void answer_invite(const sip::Request& invite, unsigned from) { take_offer(invite, from); }
  /// Gives a side away: for it the call goes on elsewhere, the other one hears BYE unless it has gone itself.
  [[nodiscard]] CallSide give(unsigned side, bool other_is_gone, std::string_view reason);
  /// A request of ours within the dialog of a side, whose answer does not matter.
  void notify(unsigned side, std::uint16_t status);
  [[nodiscard]] const CallSide& side(unsigned side) const { return sides_[side]; }
  /// A request of this side's that somebody else serves: false, with an answer, if it is out of order.
  [[nodiscard]] bool takes(const sip::Request& request, unsigned side);
  /// True if both sides could be given away now.
  [[nodiscard]] bool is_settled() const { return !is_ended_ && !is_busy(kCaller) && !is_busy(kCallee); }
  /// An answer to a request of this side's.
  void respond(unsigned side, sip::TxnId txn, sip::OutgoingResponse response);

  /// The side that these tags mean; nullopt if none does.
  [[nodiscard]] std::optional<unsigned> side_of(const DialogId& id) const;
  void on_request(const sip::Request& request, unsigned side);
  /// The ACK for the callee of a late offer, if this one brought its answer.
  std::optional<SentAck> on_ack(const sip::Message& ack, unsigned side);
  void on_response(const sip::Response& response);
  void on_failed(const sip::TxnFailed& failed);
  void on_time();
  [[nodiscard]] std::optional<base::Instant> deadline() const;
  /// BYE to both sides; `reason` is a Reason value or empty.
  void hang_up(std::string_view reason);

  /// The caller's INVITE, whose answer was held back, may be answered now (RFC 3262 §3).
  void release();
  [[nodiscard]] bool is_held() const { return unacked_ && unacked_->is_held; }

  [[nodiscard]] bool is_ended() const { return is_ended_; }
  /// True when nothing is open any more.
  [[nodiscard]] bool is_over() const { return is_ended_ && !unacked_ && byes_.empty(); }

 private:
  /// A re-INVITE or UPDATE on its way across.
  struct Exchange {
    unsigned from;
    sip::TxnId server;
    sip::TxnId client;
    sip::Method method;
    std::uint32_t cseq;  ///< of the request that came
    bool has_offer;
    SessionTimer timer;           ///< of its side, if it is accepted
    sip::HeaderLines timer_says;  ///< and what the answer says of it
  };
  /// A 2xx to an INVITE whose ACK has not come, or that may not even be sent yet.
  struct Unacked {
    unsigned side;
    sip::TxnId txn;
    std::uint32_t cseq;
    sip::OutgoingResponse response;
    Retransmission again;
    std::optional<std::uint32_t>
        late_cseq;  ///< of our INVITE to the other side, whose ACK carries the answer
    bool is_held{false};
  };
  /// A request that only passes through.
  struct Passing {
    sip::TxnId client;
    sip::TxnId server;
    unsigned from;
  };

  void take_offer(const sip::Request& request, unsigned from);
  void pass_on(const sip::Request& request, unsigned from);
  void exchange_answered(const Exchange& exchange, const sip::Response& response);
  void exchange_refused(const Exchange& exchange, std::uint16_t status, std::string_view reason);
  void acknowledge(unsigned side, const sip::Response& response);
  void serve_timer(unsigned side);
  [[nodiscard]] bool is_busy(unsigned side) const {
    return exchange_ || unacked_ || sides_[side].is_reinviting();
  }
  void send_bye(unsigned side, std::string_view reason);
  void end(std::optional<unsigned> without, std::string_view reason);
  /// An answer of ours to a re-INVITE or UPDATE, with what of `message` is its body and header fields.
  [[nodiscard]] sip::OutgoingResponse refresh_answer() const;
  /// What of `message`, that came from `from`, is for the other side to see.
  template <typename Outgoing>
  void pass_content(const sip::Message& message, std::string_view sdp, unsigned from, Outgoing& out) const {
    const auto &of = sides_[from].identity.standing, &to = sides_[1 - from].identity.standing;
    pass_headers(message, of, to, out.headers);
    put_body(message, sdp, of, to, out);
  }

  CallContext& context_;
  std::array<CallSide, 2> sides_;  ///< caller, callee
  std::string fork_;
  std::optional<Exchange> exchange_;
  std::optional<Unacked> unacked_;
  std::vector<Passing> passing_;
  std::vector<sip::TxnId> byes_;
  sip::TxnId last_invite_;           ///< ours, within the call
  std::optional<SentAck> last_ack_;  ///< to its 2xx
  bool introduces_back_{false};
  bool is_ended_{false};
  std::string end_reason_;
};

}  // namespace control
