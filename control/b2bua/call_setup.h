#pragma once
/// \file
/// A call from its INVITE to the answer that joins two dialogs, or to its refusal: forks, early media,
/// CANCEL.

#include <optional>
#include <string>
#include <vector>

#include "control/b2bua/call_context.h"
#include "control/b2bua/call_side.h"
#include "control/b2bua/early_session.h"
#include "control/b2bua/fork.h"
#include "control/b2bua/outcome.h"
#include "control/sip/sip_port.h"

namespace control {

/// Who answered, and with what the caller is told so.
struct Joined {
  CallSide caller;
  CallSide callee;
  std::string fork;           ///< key of the media
  sip::TxnId invite;          ///< the caller's
  std::uint32_t caller_cseq;  ///< of its INVITE
  std::uint32_t callee_cseq;  ///< of ours
  sip::OutgoingResponse answer;
  bool ack_carries_answer{false};  ///< late offer: the callee's ACK waits for the caller's
  bool is_held{false};             ///< the answer has to wait for a PRACK
};

/// Control thread.
class CallSetup {
 public:
  CallSetup(CallContext& context, CallerIdentity caller, sip::Request invite, std::vector<ForkRound> rounds);

  void start();
  /// Nothing is to be set up: both sides are there already.
  void skip() { is_final_ = true; }
  /// The caller gave up, by CANCEL or by a BYE in an early dialog.
  void cancel(std::string_view reason);
  /// A request within an early dialog, or a PRACK for one that was; false if it is in none.
  bool on_request(const sip::Request& request);
  /// True if no response of ours to the caller waits for a PRACK.
  [[nodiscard]] bool is_acknowledged() const { return early_.is_idle(); }
  /// True if the transaction is one of this set-up's.
  [[nodiscard]] bool knows(sip::TxnId txn) const;
  /// The two dialogs, once: when the first 2xx comes.
  [[nodiscard]] std::optional<Joined> on_response(const sip::Response& response);
  void on_failed(const sip::TxnFailed& failed);
  /// The ACK of a late offer, which could not be sent with the answer.
  void acknowledged(SentAck ack) { winner_ack_ = std::move(ack); }
  /// True if one of the INVITEs of this set-up went to this Request-URI.
  [[nodiscard]] bool went_to(const sip::Uri& uri) const;
  /// False if the caller has not acknowledged a response though it was repeated for long.
  [[nodiscard]] bool on_time();
  [[nodiscard]] std::optional<base::Instant> deadline() const;

  /// True when the caller has its final answer and no fork is open any more.
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] const CallerIdentity& caller() const { return caller_; }
  [[nodiscard]] sip::TxnId invite_txn() const { return invite_.txn; }

 private:
  [[nodiscard]] Fork* fork_of(sip::TxnId txn);
  void ring(ForkPlace place);
  /// `least_interval`: what a 422 asked for.
  void send_invite(Fork& fork, std::uint32_t least_interval = 0);
  void provisional(Fork& fork, const sip::Response& response);
  void next_round();
  void fork_ended(Fork& fork, Outcome outcome);
  void pass_provisional(Fork& fork, EarlyDialog* early, const sip::Message& message, bool is_reliable);
  [[nodiscard]] Outcome refusal_of(const Fork& fork, const sip::Message& message) const;
  [[nodiscard]] base::Result<std::string> description_for_caller(const Fork& fork, const EarlyDialog* early,
                                                                 const sip::Message& message);
  [[nodiscard]] std::optional<Joined> answered(Fork& fork, const sip::Response& response);
  void acknowledge_and_hang_up(Fork& fork, const sip::Response& response, std::string_view reason);
  void cancel_open_forks(std::string_view reason);
  void refuse(const Outcome& outcome);
  /// What the caller is told of a callee's response.
  [[nodiscard]] sip::OutgoingResponse answer_to_caller(const Fork& fork, const sip::Message& response,
                                                       std::string_view sdp) const;
  [[nodiscard]] bool has_open_fork() const;

  CallContext& context_;
  CallerIdentity caller_;
  sip::Request invite_;
  std::vector<ForkRound> rounds_;
  std::size_t next_round_{0};
  std::vector<Fork> forks_;
  BestOutcome best_;
  bool may_go_on_{true};  ///< to the next round
  bool is_final_{false};  ///< the caller was given a final answer
  bool is_joined_{false};
  std::string winner_;
  std::optional<SentAck> winner_ack_;  ///< for repeated 2xx
  EarlySession early_;
  base::Instant give_up_at_{};
  std::optional<base::Instant> hunt_on_at_;  ///< when the next round's turn comes
};

}  // namespace control
