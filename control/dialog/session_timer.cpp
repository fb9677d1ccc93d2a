#include "control/dialog/session_timer.h"

#include <algorithm>
#include <string>

#include "control/sip/wire/fields.h"

namespace control {
namespace {

using sip::HeaderId;
using Refresher = sip::SessionExpires::Refresher;

std::optional<sip::SessionExpires> session_expires_of(const sip::Message& message) {
  const auto value = message.header(HeaderId::kSessionExpires);
  return value ? sip::SessionExpires::parse(*value) : std::nullopt;
}

std::uint32_t min_se_of(const sip::Message& message) {
  const auto value = message.header(HeaderId::kMinSe);
  const auto parsed = value ? sip::SessionExpires::parse(*value) : std::nullopt;
  return parsed ? parsed->seconds : 0;
}

}  // namespace

void SessionTimer::start(std::uint32_t seconds, bool we_refresh, base::Instant now) {
  seconds_ = seconds;
  we_refresh_ = we_refresh;
  // §10: refresh at half; without one, BYE the smaller of 32 s and a third before the end.
  refresh_at_ = now + std::chrono::seconds{seconds} / 2;
  end_at_ = now + std::chrono::seconds{seconds - std::min(32U, seconds / 3)};
}

SessionTimer::Answer SessionTimer::answer(const sip::Message& request, const SessionTimerPolicy& policy,
                                          base::Instant now) {
  Answer result;
  const auto wish = session_expires_of(request);
  const bool peer_can = request.lists(HeaderId::kSupported, "timer");
  if (wish && wish->seconds < policy.min_interval && peer_can) {
    result.too_small = true;
    result.headers.add(HeaderId::kMinSe, policy.min_interval);
    return result;
  }
  std::uint32_t seconds = wish ? wish->seconds : policy.interval;
  if (wish && policy.interval != 0)
    seconds = std::min(seconds, std::max(policy.interval, min_se_of(request)));
  seconds = std::max(seconds, seconds == 0 ? 0U : std::max(policy.min_interval, min_se_of(request)));
  if (seconds == 0) {
    *this = {};
    return result;
  }
  // §9: a peer that cannot refresh leaves it to us; one that says who shall, is obeyed.
  const bool peer_refreshes = peer_can && (!wish || wish->refresher != Refresher::kUas);
  start(seconds, !peer_refreshes, now);
  result.headers.add(HeaderId::kSessionExpires,
                     std::to_string(seconds) + (peer_refreshes ? ";refresher=uac" : ";refresher=uas"));
  if (peer_refreshes) result.headers.add(HeaderId::kRequire, "timer");
  return result;
}

sip::HeaderLines SessionTimer::offer(const SessionTimerPolicy& policy, std::uint32_t least) {
  sip::HeaderLines lines;
  lines.add(HeaderId::kMinSe, std::max(policy.min_interval, least));
  if (policy.interval != 0) lines.add(HeaderId::kSessionExpires, std::max(policy.interval, least));
  return lines;
}

sip::HeaderLines SessionTimer::refresh(const SessionTimerPolicy& policy) const {
  if (seconds_ == 0) return offer(policy);
  sip::HeaderLines lines;
  lines.add(HeaderId::kMinSe, policy.min_interval);
  lines.add(HeaderId::kSessionExpires,
            std::to_string(seconds_) + (we_refresh_ ? ";refresher=uac" : ";refresher=uas"));
  return lines;
}

void SessionTimer::agreed(const sip::Message& response, base::Instant now) {
  const auto agreed = session_expires_of(response);
  if (!agreed || agreed->seconds == 0) {
    *this = {};
    return;
  }
  start(agreed->seconds, agreed->refresher != Refresher::kUas, now);
}

std::optional<std::uint32_t> SessionTimer::raised(const sip::Message& refusal) {
  const auto seconds = min_se_of(refusal);
  return seconds == 0 ? std::nullopt : std::optional{seconds};
}

SessionTimer::Act SessionTimer::on_time(base::Instant now) {
  if (seconds_ == 0) return Act::kNothing;
  if (now >= end_at_) return Act::kEnd;
  if (!we_refresh_ || now < refresh_at_) return Act::kNothing;
  refresh_at_ = end_at_;  // once; the answer starts the timer anew
  return Act::kRefresh;
}

std::optional<base::Instant> SessionTimer::deadline() const {
  if (seconds_ == 0) return std::nullopt;
  return we_refresh_ ? std::min(refresh_at_, end_at_) : end_at_;
}

}  // namespace control
