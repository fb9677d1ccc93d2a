#include "control/b2bua/header_policy.h"

#include <algorithm>
#include <iterator>

#include "control/sip/wire/chars.h"
#include "control/sip/wire/params.h"
#include "control/sip/wire/sdp_body.h"

namespace control {
namespace {

using sip::HeaderId;

/// Fields without an id by which a peer could pretend to be somebody, or which belong to its own hop or to
/// its body.
constexpr std::string_view kPeersOwn[] = {"Authentication-Info", "P-Charging-Vector", "Remote-Party-ID"};
/// Fields that name a dialog, which on the other side has another name.
constexpr std::string_view kOfDialog[] = {"Join", "Target-Dialog"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) {
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view each) { return sip::equal_ignoring_case(each, name); });
}

bool is_passed(const sip::HeaderField& field, Standing from, Standing to, bool is_private) {
  const bool is_transparent = from.is_transparent && to.is_transparent;
  switch (field.id) {
    case HeaderId::kSubject:
    case HeaderId::kAlertInfo:
    case HeaderId::kDate:
    case HeaderId::kReason:
    case HeaderId::kReferredBy:
    case HeaderId::kWarning:
    case HeaderId::kEvent:
    case HeaderId::kSubscriptionState:
      return true;
    case HeaderId::kPAssertedIdentity:
      // RFC 3325 §5, §7. A trunk is told by its own invitation who calls.
      return from.is_trusted && (to.is_trusted ? is_transparent : !is_private);
    case HeaderId::kPrivacy:
      return to.is_trusted;
    case HeaderId::kDiversion:
    case HeaderId::kHistoryInfo:
      return from.is_trusted;
    case HeaderId::kAccept:
    case HeaderId::kAuthorization:
    case HeaderId::kExpires:
    case HeaderId::kIdentity:
    case HeaderId::kProxyAuthenticate:
    case HeaderId::kProxyAuthorization:
    case HeaderId::kServer:
    case HeaderId::kUserAgent:
    case HeaderId::kWwwAuthenticate:
      return is_transparent;
    case HeaderId::kOther:
      return !is_one_of(field.name, sip::kBodyFields) && !is_one_of(field.name, kOfDialog) &&
             (is_transparent || !is_one_of(field.name, kPeersOwn));
    default:
      return false;
  }
}

}  // namespace

bool hides_identity(const sip::Message& message) {
  bool hides = false;
  message.for_each(HeaderId::kPrivacy, [&](std::string_view value) {
    // Privacy parts its values by semicolons.
    do {
      const auto each = sip::take_run(value, sip::kTokenChar);
      hides |= sip::equal_ignoring_case(each, "id") || sip::equal_ignoring_case(each, "user");
    } while (sip::take(value, ';'));
  });
  return hides;
}

void pass_headers(const sip::Message& message, Standing from, Standing to, sip::HeaderLines& into) {
  const bool is_private = hides_identity(message);
  for (std::size_t i = 0; i < message.field_count(); ++i) {
    const auto field = message.field(i);
    if (is_passed(field, from, to, is_private)) into.add(field.name, field.value);
  }
}

}  // namespace control
