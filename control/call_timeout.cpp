#include "control/call_timeout.h"

#include <algorithm>

namespace control {
namespace {

bool on_hold(const Branch& branch) {
  return std::none_of(branch.medias.begin(), branch.medias.end(), [&branch](const auto& media) {
    const auto& flows = branch.decision_of(media).flows;
    return media.session && (flows[0].active || flows[1].active);
  });
}

bool passed(base::Instant since, std::chrono::seconds limit, base::Instant now) {
  return limit.count() > 0 && now - since >= limit;
}

}  // namespace

std::string_view to_string(Timeout timeout) {
  switch (timeout) {
    case Timeout::kMedia:
      return "no media";
    case Timeout::kSilent:
      return "no media while on hold";
    case Timeout::kFinal:
      return "longest duration reached";
    case Timeout::kOffer:
      return "offer never answered";
  }
  return {};
}

base::Instant last_activity(const Branch& branch) {
  auto last = branch.last_signal;
  for (const auto& media : branch.medias) {
    if (!media.session) continue;
    for (const auto& endpoint : media.session->stats->endpoints) {
      const base::Instant in{base::Duration{static_cast<std::int64_t>(endpoint.last_in_ns.get())}};
      last = std::max(last, in);
    }
  }
  return last;
}

std::optional<Timeout> expired(const Branch& branch, const CallOptions& options, base::Instant now) {
  if (passed(branch.created, options.final_timeout, now)) return Timeout::kFinal;
  if (!branch.answered) {
    if (passed(branch.last_signal, options.offer_timeout, now)) return Timeout::kOffer;
    return std::nullopt;
  }
  const auto last = last_activity(branch);
  if (on_hold(branch)) {
    if (passed(last, options.silent_timeout, now)) return Timeout::kSilent;
  } else if (passed(last, options.timeout, now)) {
    return Timeout::kMedia;
  }
  return std::nullopt;
}

}  // namespace control
