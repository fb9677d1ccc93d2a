#pragma once
/// \file
/// What a REFER asks for (RFC 3515), and the reports of what became of it.

#include <cstdint>
#include <optional>
#include <string>

#include "control/b2bua/fork.h"
#include "control/dialog/dialog.h"
#include "control/sip/wire/message.h"
#include "control/sip/wire/print.h"

namespace control {

/// A REFER as understood.
struct TransferWish {
  std::string target;                ///< URI without its headers
  std::optional<DialogId> replaces;  ///< as its recipient knows it (RFC 3891 §6.1): attended transfer
  bool wants_reports{true};          ///< no `Refer-Sub: false` (RFC 4488)

  /// nullopt if it has not just one Refer-To, or one that is no SIP or tel URI. Allocates.
  [[nodiscard]] static std::optional<TransferWish> of(const sip::Message& refer);
};

/// The dialog that a Replaces value names, at our side of it; nullopt if it is none.
[[nodiscard]] std::optional<DialogId> replaced_dialog(std::string_view replaces);

/// Makes `notify` the report that the call which a REFER asked for has come to this status (RFC 3515 §2.4.5);
/// a final one ends the subscription.
void report_transfer(std::uint16_t status, sip::OutgoingRequest& notify);

/// The INVITE that a user agent would have sent if the transferred party had called by itself, with the
/// description `sdp`; who wants no name has none in it. Of no network: it has no transaction. Allocates.
[[nodiscard]] sip::Request invitation_of(const CallerIdentity& caller, const std::string& target,
                                         const CallerIdentity& referrer, const std::string& call_id,
                                         std::string_view sdp);

}  // namespace control
