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

std::int64_t load_of(const dataplane::SessionPlan& plan) {
  std::int64_t cost = kRelayCost;
  for (const auto& flow : plan.flows) {
    if (!flow.send || flow.send->codec == nullptr) continue;
    cost += flow.send->codec->info().encode_cost_us;
    for (const auto& receive : plan.endpoints[flow.from].receive) {
      if (receive.codec == nullptr) continue;
      cost += receive.codec->info().decode_cost_us;  // the one it prefers is the one it will likely send
      break;
    }
  }
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
