#pragma once
/// \file
/// One side of an answered call: its dialog, and what keeps the session in it alive (RFC 4028).

#include <optional>
#include <string>

#include "control/b2bua/call_context.h"
#include "control/b2bua/fork.h"
#include "control/dialog/dialog.h"
#include "control/dialog/session_timer.h"

namespace control {

/// An ACK that is sent again with each repetition of its 2xx.
struct SentAck {
  sip::OutgoingRequest ack;
  sip::Target hop;
};

/// Control thread.
class CallSide {
 public:
  enum class Verdict : std::uint8_t { kTalkOn, kEnd };

  CallSide(Dialog its_dialog, std::string its_name, CallerIdentity its_identity)
      : dialog(std::move(its_dialog)), name(std::move(its_name)), identity(std::move(its_identity)) {}

  /// Notes what a message of the peer says of itself: where it is, what it takes, what it would send and
  /// hear.
  void heard(const sip::Message& message);

  /// Sends a refresh: UPDATE if the peer takes it, else a re-INVITE with the description it had last (§7.4).
  void refresh(CallContext& context);
  [[nodiscard]] bool is_refresh(sip::TxnId txn) const { return refresh_ && refresh_->txn == txn; }
  /// An INVITE of ours that refreshes is open: nobody may offer meanwhile.
  [[nodiscard]] bool is_reinviting() const { return refresh_ && refresh_->is_invite; }
  [[nodiscard]] Verdict refresh_answered(CallContext& context, const sip::Response& response);
  /// A 2xx to a refresh that came again gets its ACK again. False if it is none.
  bool acknowledge_again(CallContext& context, sip::TxnId txn);

  Dialog dialog;
  std::string name;         ///< for log and ladder
  CallerIdentity identity;  ///< as whom it calls if it is transferred
  SessionTimer timer;
  std::string told;  ///< the description that it was given last
  std::string said;  ///< and the one that it gave
  bool allows_update{false};
  bool wants_bye{false};  ///< once its ACK came: not before (RFC 3261 §15)

 private:
  struct Refresh {
    sip::TxnId txn;
    bool is_invite;
  };
  struct Acknowledged {
    sip::TxnId txn;
    SentAck ack;
  };
  std::optional<Refresh> refresh_;
  std::optional<Acknowledged> acknowledged_;
};

}  // namespace control
