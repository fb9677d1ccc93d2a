#include "control/b2bua/media_anchor.h"

namespace control {
namespace {

/// Every codec that we have is offered behind the offerer's own: two phones without a common one understand
/// each other, two with one are relayed.
OfferFlags flags_of_calls() {
  OfferFlags flags;
  flags.replace.origin = true;
  flags.codecs.transcode = {"opus", "G722", "PCMA", "PCMU", "G729"};
  return flags;
}

}  // namespace

CallNames MediaAnchor::names(unsigned from, const std::string& fork) const {
  if (from == kCaller) return {call_id_, kCallerTag, fork, fork};
  return {call_id_, fork, kCallerTag, fork};
}

base::Result<std::string> MediaAnchor::offer(unsigned from, const std::string& fork, std::string_view sdp,
                                             base::Instant now) {
  return service_.offer(names(from, fork), sdp, flags_of_calls(), now);
}

base::Result<std::string> MediaAnchor::answer(unsigned from, const std::string& fork, std::string_view sdp,
                                              base::Instant now) {
  // The service wants the offerer's tag first.
  const auto offerer = from == kCaller ? kCallee : kCaller;
  return service_.answer(names(offerer, fork), sdp, flags_of_calls(), now);
}

void MediaAnchor::drop(const std::string& fork, base::Instant now) {
  // That it may be gone already is no error.
  (void)service_.remove(names(kCaller, fork), std::chrono::seconds{0}, now);
}

std::optional<CallReport> MediaAnchor::end(base::Instant now) {
  auto report = service_.remove({call_id_, {}, {}, {}}, std::chrono::seconds{0}, now);
  if (!report) return std::nullopt;
  return *std::move(report);
}

std::uint16_t status_of_media_error(std::string_view text) {
  if (call_error::is_limit(text) || text == call_error::kRanOutOfPorts) return 503;
  if (text == call_error::kBadDescription) return 400;
  return 488;
}

}  // namespace control
