#include "dataplane/plan_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>

namespace dataplane {

namespace {

constexpr std::uint8_t kPayloadTypes = 128;

base::Result<void> check_endpoint(std::size_t index, const EndpointPlan& endpoint) {
  if (endpoint.local_rtp.number == 0 || endpoint.local_rtcp.number == 0)
    return base::Error{fmt::format("endpoint {} has no local port", index)};
  std::bitset<kPayloadTypes> seen;
  for (const auto& format : endpoint.receive) {
    if (format.payload_type >= kPayloadTypes)
      return base::Error{
          fmt::format("endpoint {}: payload type {} does not exist", index, format.payload_type)};
    if (format.format.clock_rate.hz == 0)
      return base::Error{
          fmt::format("endpoint {}: payload type {} has no clock rate", index, format.payload_type)};
    if (seen[format.payload_type])
      return base::Error{
          fmt::format("endpoint {}: payload type {} is listed twice", index, format.payload_type)};
    seen.set(format.payload_type);
  }
  return {};
}

base::Result<void> check_local_ports(const SessionPlan& plan) {
  for (std::size_t i = 0; i < plan.endpoints.size(); ++i) {
    const auto& endpoint = plan.endpoints[i];
    for (const auto port : {endpoint.local_rtp, endpoint.local_rtcp}) {
      const auto has_it = [&](const EndpointPlan& before) {
        return before.local_ip == endpoint.local_ip &&
               (before.local_rtp == port || before.local_rtcp == port);
      };
      const auto here = plan.endpoints.begin() + static_cast<std::ptrdiff_t>(i);
      if (std::any_of(plan.endpoints.begin(), here, has_it))
        return base::Error{
            fmt::format("endpoint {}: local port {} is taken by another endpoint", i, port.number)};
    }
  }
  return {};
}

base::Result<void> check_send(std::size_t index, const SendFormat& send) {
  if (send.payload_type >= kPayloadTypes || send.comfort_noise.value_or(0) >= kPayloadTypes)
    return base::Error{fmt::format("flow {}: sends a payload type that does not exist", index)};
  if (send.ptime_ms == 0 || send.ptime_ms > codecs::kMaxPacketMs)
    return base::Error{fmt::format("flow {}: ptime of {} ms", index, send.ptime_ms)};
  return {};
}

base::Result<void> check_transcode(std::size_t index, const FlowPlan& flow, const PayloadRule& rule,
                                   const EndpointPlan& from) {
  if (flow.mode != FlowMode::kTranslate)
    return base::Error{fmt::format("flow {}: a relay cannot transcode payload type {}", index, rule.in)};
  if (!flow.send || flow.send->codec == nullptr)
    return base::Error{fmt::format("flow {}: no codec to transcode payload type {} to", index, rule.in)};
  const auto* received = receive_format(from, rule.in);
  if (received == nullptr || received->codec == nullptr)
    return base::Error{fmt::format("flow {}: no codec to decode payload type {} with", index, rule.in)};
  return {};
}

base::Result<void> check_rule(std::size_t index, const FlowPlan& flow, const PayloadRule& rule,
                              const EndpointPlan& from) {
  if (rule.in >= kPayloadTypes || rule.out >= kPayloadTypes)
    return base::Error{fmt::format("flow {}: rule {} -> {} is no payload type", index, rule.in, rule.out)};
  if (rule.kind == RuleKind::kTranscode) return check_transcode(index, flow, rule, from);
  if (rule.kind == RuleKind::kEvent && flow.mode == FlowMode::kTranslate) {
    if (rule.out_clock.hz == 0 || receive_format(from, rule.in) == nullptr)
      return base::Error{fmt::format("flow {}: event payload type {} has no clock rate", index, rule.in)};
  }
  return {};
}

base::Result<void> check_flow(std::size_t index, const FlowPlan& flow, const SessionPlan& plan) {
  if (flow.from >= plan.endpoints.size() || flow.to >= plan.endpoints.size() || flow.from == flow.to)
    return base::Error{fmt::format("flow {} goes from endpoint {} to {} of {}", index, flow.from, flow.to,
                                   plan.endpoints.size())};
  if (flow.mode == FlowMode::kTranslate && plan.kind != MediaKind::kAudio)
    return base::Error{fmt::format("flow {}: only audio is translated", index)};
  if (flow.send) {
    if (auto checked = check_send(index, *flow.send); !checked) return checked;
  }
  std::bitset<kPayloadTypes> seen;
  for (const auto& rule : flow.rules) {
    if (auto checked = check_rule(index, flow, rule, plan.endpoints[flow.from]); !checked) return checked;
    if (seen[rule.in])
      return base::Error{fmt::format("flow {}: two rules for payload type {}", index, rule.in)};
    seen.set(rule.in);
  }
  return {};
}

}  // namespace

const ReceiveFormat* receive_format(const EndpointPlan& endpoint, std::uint8_t payload_type) {
  const auto found = std::find_if(endpoint.receive.begin(), endpoint.receive.end(),
                                  [&](const ReceiveFormat& f) { return f.payload_type == payload_type; });
  return found == endpoint.receive.end() ? nullptr : &*found;
}

base::Result<void> check_plan(const SessionPlan& plan) {
  if (plan.endpoints.size() < 2 || plan.endpoints.size() > kMaxEndpoints)
    return base::Error{fmt::format("a session of {} endpoints", plan.endpoints.size())};
  for (std::size_t i = 0; i < plan.endpoints.size(); ++i) {
    if (auto checked = check_endpoint(i, plan.endpoints[i]); !checked) return checked;
  }
  if (auto checked = check_local_ports(plan); !checked) return checked;
  std::bitset<kMaxEndpoints * kMaxEndpoints> pairs;
  for (std::size_t i = 0; i < plan.flows.size(); ++i) {
    const auto& flow = plan.flows[i];
    if (auto checked = check_flow(i, flow, plan); !checked) return checked;
    const auto pair = flow.from * kMaxEndpoints + flow.to;
    if (pairs[pair])
      return base::Error{fmt::format("flow {}: a second flow from endpoint {} to {}", i, flow.from, flow.to)};
    pairs.set(pair);
  }
  return {};
}

}  // namespace dataplane
