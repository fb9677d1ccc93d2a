#include "control/media.h"

namespace control {
namespace {

std::string name_of(const codecs::Format& format) {
  return format.encoding + "/" + std::to_string(format.clock_rate.hz) +
         (format.channels > 1 ? "/" + std::to_string(format.channels) : "");
}

std::string names_of(const std::vector<IncomingFormat>& formats) {
  std::string result;
  for (const auto& incoming : formats) {
    if (!result.empty()) result += ", ";
    result += name_of(incoming.payload.format);
  }
  return result;
}

constexpr std::int64_t kRelayCost = 200;  // two streams of fifty packets a second, at 2 us each

}  // namespace

std::int64_t codec_load_of(const dataplane::FlowPlan& flow,
                           const std::vector<dataplane::ReceiveFormat>& received) {
  if (!flow.send || flow.send->codec == nullptr) return 0;
  for (const auto& rule : flow.rules) {
    if (rule.kind != dataplane::RuleKind::kTranscode) continue;
    const auto from = std::find_if(received.begin(), received.end(), [&](const auto& format) {
      return format.payload_type == rule.in && format.codec != nullptr;
    });
    if (from == received.end()) continue;
    // The one that it prefers is the one that it will likely send.
    return std::int64_t{from->codec->info().decode_cost_us} + flow.send->codec->info().encode_cost_us;
  }
  return 0;
}

std::int64_t load_of(const dataplane::SessionPlan& plan) {
  std::int64_t cost = kRelayCost;
  for (const auto& flow : plan.flows) cost += codec_load_of(flow, plan.endpoints[flow.from].receive);
  return cost;
}

FlowNote note_of(const MediaDecision& decision, unsigned side) {
  FlowNote note;
  if (!decision.enabled) return note;
  const auto& flow = decision.flows[side];
  note.active = flow.active;
  note.transcoded = transcodes(flow);
  note.in = names_of(decision.sides[side].receive);
  if (note.transcoded && flow.send) note.out = name_of(flow.send->format);
  return note;
}

}  // namespace control
