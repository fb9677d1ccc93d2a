#include "control/media.h"

#include <algorithm>

namespace control {
namespace {

std::string name_of(const codecs::Format& format) {
  return format.encoding + "/" + std::to_string(format.clock_rate.hz) +
         (format.channels > 1 ? "/" + std::to_string(format.channels) : "");
}

std::string names_of(const std::vector<dataplane::ReceiveFormat>& formats) {
  std::string result;
  for (const auto& receive : formats) {
    if (!result.empty()) result += ", ";
    result += name_of(receive.format);
  }
  return result;
}

FlowNote note_of(const dataplane::SessionPlan& plan, std::uint8_t from) {
  FlowNote note;
  note.in = names_of(plan.endpoints[from].receive);
  for (const auto& flow : plan.flows) {
    if (flow.from != from) continue;
    note.active = flow.active;
    note.transcoded = std::any_of(flow.rules.begin(), flow.rules.end(), [](const auto& rule) {
      return rule.kind == dataplane::RuleKind::kTranscode;
    });
    if (note.transcoded && flow.send) note.out = name_of(flow.send->format);
  }
  return note;
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

std::array<SideNote, 2> notes_of(const dataplane::SessionPlan& plan) {
  std::array<SideNote, 2> notes;
  for (std::uint8_t i = 0; i < 2; ++i) {
    const auto& endpoint = plan.endpoints[i];
    notes[i] = {endpoint.remote_rtp, endpoint.rtcp_mux, note_of(plan, i)};
  }
  return notes;
}

}  // namespace control
