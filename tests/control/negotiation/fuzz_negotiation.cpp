/// Two descriptions from one input, parted by a line of "===", as offer, answer and re-offer from the other
/// side, with the flags that the first octet picks. What comes out must parse, and the rules must speak of
/// formats that are listed.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "control/negotiation/negotiation.h"

namespace {

using namespace control;  // NOLINT: a test program

Policy policy_for(std::uint8_t bits) {
  OfferFlags flags;
  if ((bits & 1U) != 0) flags.codecs.mask = {"all"};
  if ((bits & 2U) != 0) flags.codecs.transcode = {"opus", "PCMU"};
  if ((bits & 4U) != 0) flags.codecs.strip = {"G729", "PCMA"};
  if ((bits & 8U) != 0) flags.always_transcode = true;
  if ((bits & 16U) != 0) flags.ptime_ms = 40;
  if ((bits & 32U) != 0) flags.single_codec = true;
  if ((bits & 64U) != 0) flags.rtcp_mux.offer = true;
  if ((bits & 128U) != 0) flags.replace = {true, true, true, true, false, false};
  return policy_of(flags);
}

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Negotiation& negotiation) {
  for (const auto& decision : negotiation.decisions()) {
    if (!decision.enabled) continue;
    const auto plan = plan_of(decision);
    for (const auto& flow : plan.flows) {
      const auto& sender = plan.endpoints[flow.from];
      for (const auto& rule : flow.rules) {
        require(std::ranges::count(sender.receive, rule.in, &dataplane::ReceiveFormat::payload_type) == 1);
        if (rule.kind == dataplane::RuleKind::kTranscode) require(flow.send && flow.send->codec != nullptr);
      }
    }
  }
}

void check(const base::Result<sdp::SessionDescription>& out, std::size_t medias) {
  if (!out) return;
  require(out->medias.size() == medias);
  const auto text = out->print();
  require(text.size() > sdp::kMaxSize || sdp::SessionDescription::parse(text).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto cut = text.find("===");
  const auto first = sdp::SessionDescription::parse(text.substr(0, cut));
  const auto second =
      sdp::SessionDescription::parse(cut == std::string_view::npos ? text : text.substr(cut + 3));
  if (!first || !second) return 0;
  const std::vector<LocalPair> local(sdp::kMaxMedias);
  const auto policy = policy_for(data[0]);
  Negotiation negotiation;
  check(negotiation.offer(Side::kA, *first, policy, local), first->medias.size());
  check(negotiation);
  check(negotiation.answer(*second, policy, local), first->medias.size());
  check(negotiation);
  check(negotiation.offer(Side::kB, *second, {}, local), second->medias.size());
  check(negotiation);
  check(negotiation.answer(*first, {}, local), second->medias.size());
  check(negotiation);
  return 0;
}
