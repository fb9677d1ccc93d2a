#include "control/b2bua/outcome.h"

#include <utility>

namespace control {
namespace {

/// Lower is better for the caller.
int rank(std::uint16_t status) {
  if (status >= 600) return 0;
  if (status == 486) return 1;  // says most: the callee is there
  if (status >= 400 && status < 500) return status == 408 || status == 480 ? 3 : 2;
  return status >= 500 ? 5 : 4;
}

}  // namespace

sip::OutgoingResponse Outcome::response() const {
  sip::OutgoingResponse response;
  response.status = status;
  response.reason = reason;
  if (status == 503) {
    response.headers.add(sip::HeaderId::kRetryAfter, retry_after.empty() ? std::string{"10"} : retry_after);
  }
  response.headers.append(headers).append(body.headers);
  response.body = body.text;
  return response;
}

Outcome outcome_of(const sip::Message& response, bool is_trunk) {
  Outcome outcome;
  outcome.status = response.status();
  outcome.reason = std::string(response.reason());
  outcome.retry_after = std::string(response.header(sip::HeaderId::kRetryAfter).value_or(""));
  const auto become = [&](std::uint16_t status) {
    outcome.status = status;
    outcome.reason.clear();
  };
  if (outcome.status < 400) become(480);  // a redirection that we do not follow: not reachable here
  const bool is_login_refused = outcome.status == 401 || outcome.status == 407;
  if (is_login_refused) become(403);
  outcome.elsewhere = is_trunk && (is_login_refused || outcome.status == 408 ||
                                   (outcome.status >= 500 && outcome.status < 600));
  // RFC 4320 §4.2: a 408 comes too late to be of use upstream.
  if (outcome.status == 408) become(is_trunk ? 503 : 480);
  return outcome;
}

Outcome outcome_as_is(const sip::Message& response) {
  Outcome outcome;
  outcome.status = response.status();
  outcome.reason = std::string(response.reason());
  if (outcome.status == 503) {
    outcome.retry_after = std::string(response.header(sip::HeaderId::kRetryAfter).value_or(""));
  } else {
    outcome.headers.copy(response, sip::HeaderId::kRetryAfter);
  }
  // Where a redirection leads, and what a refusal wants: they are the proxy's to act on.
  for (const auto id : {sip::HeaderId::kContact, sip::HeaderId::kUnsupported, sip::HeaderId::kAllow})
    outcome.headers.copy(response, id);
  return outcome;
}

Outcome outcome_of(sip::TxnFailed::Cause cause, bool is_trunk) {
  if (cause == sip::TxnFailed::Cause::kCancelled) return {480, {}, {}, false};
  return {static_cast<std::uint16_t>(is_trunk ? 503 : 480), {}, {}, is_trunk};
}

void BestOutcome::consider(Outcome outcome) {
  if (!best_ || rank(outcome.status) < rank(best_->status)) best_ = std::move(outcome);
}

Outcome BestOutcome::get() const {
  return best_.value_or(Outcome{480, {}, {}, false});
}

}  // namespace control
