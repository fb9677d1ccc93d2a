#pragma once
/// \file
/// One place where a call rings, and the INVITE that is sent there.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/b2bua/header_policy.h"
#include "control/dialog/dialog.h"
#include "control/dialog/reliable_provisional.h"
#include "control/routing/route.h"
#include "control/sip/sip_port.h"
#include "control/sip/wire/sdp_body.h"

namespace control {

/// A place to ring at.
struct ForkPlace {
  std::string name;  ///< user or trunk, for log and ladder
  std::string uri;   ///< Request-URI
  std::string to;    ///< value of To: the user's address, not the phone's
  std::string path;  ///< Route values, of the registration or as a proxy gave them
  sip::Target target;
  bool is_trunk{false};
  Standing standing{};
};

/// Places that ring at the same time; the next round begins when all of one have failed.
struct ForkRound {
  std::vector<ForkPlace> places;
  /// The next round comes only if this one's failure says that another place may do better.
  bool needs_reason_to_go_on{false};
};

/// The rounds of a decision, in order; `domain` is the host of users' addresses.
[[nodiscard]] std::vector<ForkRound> rounds_of(const Decision& decision, const std::string& domain);

/// By what a dialog-forming INVITE of ours is known.
struct InviteNames {
  std::string call_id;
  std::string tag;
  std::uint32_t cseq{1};
};

/// One dialog of a fork before its answer: a proxy may have forked it once more.
struct EarlyDialog {
  Dialog dialog;
  ProvisionalOrder order;
  bool allows_update{false};
  bool is_settled{false};  ///< offer and answer have passed for certain
};

/// Where the INVITE to a place stands.
struct Fork {
  std::string key;      ///< name for the media
  std::string uas_tag;  ///< the caller sees each fork as a dialog of its own (RFC 3261 §12.1)
  ForkPlace place;
  InviteNames names{};
  sip::TxnId txn{};
  std::optional<Dialog> dialog{};  ///< the one that was answered
  std::vector<EarlyDialog> early{};
  std::optional<Dialog> caller{};          ///< as the caller sees this fork
  std::string offer{};                     ///< the description that was offered there
  std::string said{};                      ///< what its place said last of its media
  std::string answer{};                    ///< the one that the caller was answered
  std::optional<sip::Message> offering{};  ///< its reliable response with an offer, until the caller answers
  bool is_over{false};                     ///< a final answer came
};

/// Who calls, as the callee is told.
struct CallerIdentity {
  std::string display;  ///< with its quotes, as sent
  std::string uri;
  Standing standing{};
  bool is_hidden{false};  ///< wants to stay anonymous to those that we do not trust
};
/// A user's number is the one that it authenticated for, whatever its From says; a trunk is believed.
[[nodiscard]] CallerIdentity identity_of(const AuthenticatedOrigin& origin, const sip::Message& invite,
                                         const std::string& domain);

/// The INVITE to a place, with what of the caller's header fields we do not own (RFC 3261 §16.6 by analogy),
/// without a body.
[[nodiscard]] sip::OutgoingRequest make_invite(const sip::Message& invite, const CallerIdentity& caller,
                                               const ForkPlace& place, const InviteNames& names);

/// True if the message has a session description in its body.
[[nodiscard]] bool has_sdp(const sip::Message& message);
/// The body of `message` for the other side, with this description in place of its own; an empty one leaves
/// only what else there is. Between transparent sides other parts of the body are kept.
[[nodiscard]] sip::Body body_between(const sip::Message& message, std::string_view sdp, Standing from,
                                     Standing to);
/// Gives it to `out`, a request or a response.
template <typename Outgoing>
void put_body(const sip::Message& message, std::string_view sdp, Standing from, Standing to, Outgoing& out) {
  const auto body = body_between(message, sdp, from, to);
  out.headers.append(body.headers);
  out.body = body.text;
}

}  // namespace control
