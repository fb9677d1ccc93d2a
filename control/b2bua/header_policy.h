#pragma once
/// \file
/// Which header fields of one side the other side gets to see.

#include <string_view>

#include "control/sip/wire/message.h"
#include "control/sip/wire/print.h"

namespace control {

/// What a side of a call is to us.
struct Standing {
  /// It believes what we say of a caller, and we believe it (RFC 3325 §2.4, a trust domain): trunks and
  /// proxies.
  bool is_trusted{false};
  /// Signalling passes as through a proxy: all that is not ours stays as it is.
  bool is_transparent{false};
};

/// True if `message` asks that its caller's identity stays within the trust domain (RFC 3323 §4.2, RFC 3325
/// §9.3).
[[nodiscard]] bool hides_identity(const sip::Message& message);

/// Adds to `into` what of `message` goes from one side to the other. Fields that name a hop, a dialog, a body
/// or a feature of ours never do: their owners add them. Allocates.
void pass_headers(const sip::Message& message, Standing from, Standing to, sip::HeaderLines& into);

}  // namespace control
