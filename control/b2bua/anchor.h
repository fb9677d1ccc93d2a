#pragma once
/// \file
/// Anchor mode: a trusted proxy hands us a call that is to be sent on where it says, only the media becoming
/// ours.

#include <functional>
#include <optional>

#include "control/b2bua/fork.h"
#include "control/sip/wire/message.h"
#include "control/sip/wire/uri.h"

namespace control {

/// What the host of a URI is to us.
struct HostView {
  std::function<bool(const sip::Uri&)> is_ours;
  std::function<bool(const sip::Uri&)> is_trusted;
};

/// Where the INVITE of a proxy goes on to: along the Route that is left behind our own, or to a Request-URI
/// that is not ours (RFC 3261 §16.4 to §16.6). nullopt if it is for us. Allocates.
[[nodiscard]] std::optional<ForkPlace> anchor_place(const sip::Message& invite, const HostView& hosts);

}  // namespace control
