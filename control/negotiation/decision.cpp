#include "control/negotiation/decision.h"

#include <fmt/format.h>

#include <algorithm>

#include "codecs/registry.h"
#include "control/negotiation/offer_list.h"

namespace control {
namespace {

using dataplane::FlowMode;
using dataplane::FlowPlan;
using dataplane::MediaKind;
using dataplane::PayloadRule;
using dataplane::RuleKind;

std::string names_of(const std::vector<OutgoingFormat>& formats) {
  std::string text;
  for (const auto& format : formats) {
    if (!is_audio_codec(format.payload.format)) continue;
    if (!text.empty()) text.append(", ");
    text.append(format.payload.format.encoding);
  }
  return text.empty() ? "nothing" : text;
}

/// The first rule for an audio codec, which its sender prefers; nullptr if there is none.
const PayloadRule* leading_rule(const FlowPlan& flow) {
  const auto is_audio = [](const PayloadRule& rule) {
    return rule.kind == RuleKind::kForward || rule.kind == RuleKind::kTranscode;
  };
  const auto at = std::ranges::find_if(flow.rules, is_audio);
  return at == flow.rules.end() ? nullptr : &*at;
}

const codecs::Format* format_in(const SideDecision& side, std::uint8_t number) {
  for (const auto& format : side.receive) {
    if (format.payload.number == number) return &format.payload.format;
  }
  return nullptr;
}

/// "A→B opus to PCMU": the leading format of one direction.
std::string direction_text(const MediaDecision& decision, Side from) {
  const auto& flow = decision.flows[index_of(from)];
  const auto* rule = leading_rule(flow);
  const auto label = fmt::format("{} to {}", name_of(from), name_of(other(from)));
  const auto* format = rule == nullptr ? nullptr : format_in(decision.side(from), rule->in);
  if (format == nullptr) return label + " carries no audio codec";
  if (rule->kind == RuleKind::kForward) return fmt::format("{} {} as it is", label, format->encoding);
  return fmt::format("{} {} into {} at {} ms", label, format->encoding, flow.send->format.encoding,
                     flow.send->ptime_ms);
}

bool has_common_codec(const MediaDecision& decision) {
  const auto& takers = decision.side(Side::kB).send;
  return std::ranges::any_of(decision.side(Side::kA).send, [&](const OutgoingFormat& a) {
    return is_audio_codec(a.payload.format) && std::ranges::any_of(takers, [&](const OutgoingFormat& b) {
             return codecs::same_encoding(a.payload.format, b.payload.format);
           });
  });
}

std::string reason_text(const MediaDecision& decision) {
  if (!transcodes(decision.flows[0]) && !transcodes(decision.flows[1])) {
    return "only events or comfort noise differ between the sides";
  }
  if (!has_common_codec(decision)) {
    return fmt::format("no codec in common: A takes {}, B takes {}", names_of(decision.side(Side::kA).send),
                       names_of(decision.side(Side::kB).send));
  }
  for (const auto side : {Side::kA, Side::kB}) {
    const auto forced = decision.side(side).forced_ptime_ms;
    if (forced != 0) return fmt::format("packets of {} ms are wanted towards {}", forced, name_of(side));
  }
  return "one side was given a codec that the other does not take";
}

std::string hold_text(const MediaDecision& decision) {
  std::string text;
  for (const auto side : {Side::kA, Side::kB}) {
    const auto direction = decision.side(side).direction;
    if (direction != sdp::Direction::kSendRecv) {
      text += fmt::format("; {} is {}", name_of(side), sdp::to_string(direction));
    }
  }
  return text;
}

std::string_view text_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kOfferer:
      return "off in the offer";
    case Refusal::kAnswerer:
      return "refused by the answerer";
    case Refusal::kNothingInCommon:
      return "rejected, the sides have nothing in common";
    case Refusal::kNone:
      break;
  }
  return "disabled";
}

dataplane::EndpointPlan endpoint_of(const SideDecision& side) {
  dataplane::EndpointPlan endpoint;
  endpoint.local_ip = side.local.ip;
  endpoint.local_rtp = side.local.rtp;
  endpoint.local_rtcp = side.local.rtcp;
  endpoint.remote_rtp = side.remote_rtp;
  endpoint.remote_rtcp = side.remote_rtcp;
  endpoint.rtcp_mux = side.rtcp_mux;
  endpoint.receive.reserve(side.receive.size());
  for (const auto& format : side.receive) {
    endpoint.receive.push_back(
        {format.payload.number, format.payload.format, codecs::find(format.payload.format)});
  }
  return endpoint;
}

}  // namespace

bool transcodes(const FlowPlan& flow) {
  return std::ranges::any_of(flow.rules,
                             [](const PayloadRule& rule) { return rule.kind == RuleKind::kTranscode; });
}

dataplane::SessionPlan plan_of(const MediaDecision& decision) {
  dataplane::SessionPlan plan;
  plan.kind = decision.kind;
  plan.endpoints.reserve(decision.sides.size());
  for (const auto& side : decision.sides) plan.endpoints.push_back(endpoint_of(side));
  plan.flows.assign(decision.flows.begin(), decision.flows.end());
  return plan;
}

void plan_flows(MediaDecision& decision) {
  for (const auto from : {Side::kA, Side::kB}) {
    const auto to = other(from);
    const auto& sender = decision.side(from);
    const auto& receiver = decision.side(to);
    FlowPlan flow;
    if (decision.kind == MediaKind::kAudio) {
      const FlowWishes wishes{receiver.forced_ptime_ms, sender.ptime_ms, receiver.ptime_ms,
                              receiver.maxptime_ms};
      flow = plan_flow(sender.receive, receiver.send, wishes);
    }
    flow.from = static_cast<std::uint8_t>(from);
    flow.to = static_cast<std::uint8_t>(to);
    flow.active = sdp::sends(sender.direction) && sdp::receives(receiver.direction);
    decision.flows[index_of(from)] = std::move(flow);
  }
  const auto translates = [](const FlowPlan& flow) { return flow.mode == FlowMode::kTranslate; };
  const bool any = std::ranges::any_of(decision.flows, translates);
  for (auto& flow : decision.flows) {
    flow.mode = any ? FlowMode::kTranslate : FlowMode::kRelay;
    if (any) flow.relay_unlisted = false;
    if (!any) flow.send.reset();
  }
}

std::string MediaDecision::why() const {
  if (!enabled) return fmt::format("{}: {}", type, text_of(refusal));
  if (kind == MediaKind::kDatagram) return fmt::format("{}: passed on octet for octet", type);
  if (kind == MediaKind::kOtherRtp) {
    return fmt::format("{}: RTP relayed as it is{}", type, hold_text(*this));
  }
  if (!translates()) {
    const auto* rule = leading_rule(flows[0]);
    const auto* format = rule == nullptr ? nullptr : format_in(side(Side::kA), rule->in);
    return fmt::format("{}: {} relayed, both sides take it{}", type,
                       format == nullptr ? "what comes is" : format->encoding, hold_text(*this));
  }
  return fmt::format("{}: translated, {}; {}, {}{}", type, reason_text(*this),
                     direction_text(*this, Side::kA), direction_text(*this, Side::kB), hold_text(*this));
}

}  // namespace control
