#include "control/registrar/trunk_registration.h"

#include <algorithm>
#include <utility>

#include "control/sip/wire/params.h"

namespace control {
namespace {

using sip::HeaderId;

/// RFC 5626 §4.5: tries after a failure wait 30 s, doubled each time up to half an hour, and half of that at
/// random.
constexpr std::uint32_t kRetryBaseSeconds = 30;
constexpr std::uint32_t kRetryMaxSeconds = 1800;

/// What we were granted: the expires of our Contact, else Expires (RFC 3261 §10.2.4).
std::optional<std::uint32_t> granted(const sip::Message& response, const std::string& contact_user) {
  for (const auto& contact : response.addresses(HeaderId::kContact)) {
    if (contact.uri.user != contact_user) continue;
    if (auto text = contact.param("expires")) return sip::take_delta_seconds(*text);
  }
  if (auto text = response.header(HeaderId::kExpires)) return sip::take_delta_seconds(*text);
  return std::nullopt;
}

}  // namespace

TrunkRegistration::TrunkRegistration(TrunkRegistrationOptions options, std::string call_id, std::string tag,
                                     base::Instant now)
    : options_(std::move(options)),
      call_id_(std::move(call_id)),
      tag_(std::move(tag)),
      digest_(options_.credentials),
      next_(now) {}

std::optional<base::Instant> TrunkRegistration::deadline() const {
  if (is_under_way_) return std::nullopt;
  return next_;
}

std::optional<sip::OutgoingRequest> TrunkRegistration::on_time(base::Instant now, std::string_view cnonce) {
  if (is_under_way_ || now < next_) return std::nullopt;
  is_under_way_ = true;
  sip::OutgoingRequest request;
  request.method = "REGISTER";
  request.uri = options_.registrar;
  request.headers.add(HeaderId::kMaxForwards, 70U);
  request.headers.add(HeaderId::kFrom, '<' + options_.address + ">;tag=" + tag_);
  request.headers.add(HeaderId::kTo, '<' + options_.address + '>').add(HeaderId::kCallId, call_id_);
  request.headers.add(HeaderId::kCSeq, std::to_string(++cseq_) + " REGISTER");
  request.headers.add(HeaderId::kExpires, options_.expires);
  request.contact = sip::LocalContact{.user = sip::escaped_user(options_.contact_user)};
  digest_.authorize(request, cnonce);
  return request;
}

void TrunkRegistration::retry_later(State state, base::Instant now, std::uint32_t random) {
  state_ = state;
  const auto wait = std::min(kRetryMaxSeconds, kRetryBaseSeconds << std::min(failures_++, 10U));
  next_ = now + std::chrono::seconds{wait / 2 + random % (wait / 2 + 1)};
}

void TrunkRegistration::on_response(const sip::Message& response, base::Instant now, std::uint32_t random) {
  const auto status = response.status();
  if (status < 200) return;
  is_under_way_ = false;
  last_status_ = status;
  if (status < 300) {
    failures_ = 0;
    state_ = State::kRegistered;
    const auto seconds =
        std::max(1U, granted(response, sip::escaped_user(options_.contact_user)).value_or(options_.expires));
    next_ = now + std::chrono::seconds{seconds} * 4 / 5;
    return;
  }
  if ((status == 401 || status == 407) && digest_.take_challenge(response)) {
    next_ = now;
    return;
  }
  if (status == 423) {
    auto text = response.header(HeaderId::kMinExpires).value_or(std::string_view{});
    const auto minimum = sip::take_delta_seconds(text).value_or(0);
    if (minimum > options_.expires) {
      options_.expires = minimum;
      next_ = now;
      return;
    }
  }
  retry_later(status >= 500 && status < 600 ? State::kTrying : State::kRefused, now, random);
}

void TrunkRegistration::on_failure(base::Instant now, std::uint32_t random) {
  is_under_way_ = false;
  retry_later(State::kTrying, now, random);
}

}  // namespace control
