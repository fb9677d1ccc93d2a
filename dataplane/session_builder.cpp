#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "codecs/registry.h"
#include "dataplane/api/session_handle.h"
#include "dataplane/octet_map.h"
#include "dataplane/plan_check.h"
#include "dataplane/session.h"

namespace dataplane {

namespace {

/// Unpredictable enough for RFC 3550 §5.1; control thread.
std::uint32_t random_number() {
  thread_local std::mt19937 generator{std::random_device{}()};
  return static_cast<std::uint32_t>(generator());
}

PayloadKind kind_of(const codecs::Format& format) {
  if (codecs::is_telephone_event(format)) return PayloadKind::kEvent;
  return codecs::is_comfort_noise(format) ? PayloadKind::kComfortNoise : PayloadKind::kMedia;
}

void build_endpoint(Endpoint& endpoint, const EndpointPlan& plan, std::uint8_t index) {
  endpoint.plan = &plan;
  endpoint.index = index;
  endpoint.learner = rtp::AddressLearner{plan.source, plan.remote_rtp};
  endpoint.rtcp_learner = rtp::AddressLearner{plan.source, plan.remote_rtcp};
  endpoint.rtp.set_remote(endpoint.learner.remote());
  endpoint.rtcp.set_remote(endpoint.rtcp_learner.remote());
  endpoint.reporter.emplace(plan.ssrc, plan.cname);
  for (std::size_t i = 0; i < plan.receive.size(); ++i) {
    const auto& format = plan.receive[i];
    endpoint.payloads[format.payload_type] = {static_cast<std::uint8_t>(i), kind_of(format.format)};
  }
}

/// Of the stream that the flow sends: what it encodes to, or else the clock of what it forwards.
base::ClockRate clock_of(const FlowPlan& flow, const EndpointPlan& from) {
  if (flow.send) return flow.send->format.clock_rate;
  for (const auto& rule : flow.rules) {
    const auto* format = receive_format(from, rule.in);
    if (rule.kind == RuleKind::kForward && format != nullptr) return format->format.clock_rate;
  }
  return {};
}

base::Result<std::unique_ptr<Transcoder>> build_transcoder(std::size_t index, const FlowPlan& flow,
                                                           const EndpointPlan& from) {
  std::vector<DecoderUnit> decoders;
  const auto& send = *flow.send;
  base::SampleRate rate{};
  for (const auto& rule : flow.rules) {
    if (rule.kind != RuleKind::kTranscode) continue;
    const auto& received = *receive_format(from, rule.in);
    // The encoder works at the rate that suits the first codec received; the others meet it as they can.
    if (decoders.empty()) rate = send.codec->best_rate(received.codec->info().native_rate);
    DecoderUnit unit{.payload_type = rule.in,
                     .codec = received.codec,
                     .clock = received.format.clock_rate,
                     .rate = received.codec->best_rate(rate)};
    unit.decoder = unit.codec->make_decoder({.fmtp = received.format.fmtp, .sample_rate = unit.rate});
    if (unit.decoder == nullptr)
      return base::Error{fmt::format("flow {}: {} refuses fmtp '{}'", index, unit.codec->info().encoding,
                                     received.format.fmtp)};
    if (unit.rate != rate) {
      if (!codecs::Resampler::supports(unit.rate, rate))
        return base::Error{
            fmt::format("flow {}: cannot resample from {} to {} Hz", index, unit.rate.hz, rate.hz)};
      unit.resampler = std::make_unique<codecs::Resampler>(unit.rate, rate);
    }
    decoders.push_back(std::move(unit));
  }
  EncoderUnit encoder{.payload_type = send.payload_type,
                      .codec = send.codec,
                      .clock = send.format.clock_rate,
                      .rate = rate,
                      .ptime_ms = send.ptime_ms,
                      .complexity = send.complexity,
                      .least_complexity = std::min(send.least_complexity, send.complexity)};
  encoder.encoder = send.codec->make_encoder({.fmtp = send.format.fmtp,
                                              .sample_rate = rate,
                                              .ptime_ms = send.ptime_ms,
                                              .bit_rate = send.bit_rate,
                                              .complexity = send.complexity,
                                              .dtx = send.dtx});
  if (encoder.encoder == nullptr)
    return base::Error{fmt::format("flow {}: {} refuses fmtp '{}' at {} ms", index,
                                   send.codec->info().encoding, send.format.fmtp, send.ptime_ms)};
  return std::make_unique<Transcoder>(std::move(decoders), std::move(encoder));
}

base::Result<void> build_translator(Flow& flow, std::size_t index, const EndpointPlan& from) {
  const auto& plan = *flow.plan;
  const auto transcodes = std::any_of(plan.rules.begin(), plan.rules.end(),
                                      [](const auto& rule) { return rule.kind == RuleKind::kTranscode; });
  std::unique_ptr<Transcoder> transcoder;
  if (transcodes) {
    auto built = build_transcoder(index, plan, from);
    if (!built) return built.error();
    transcoder = *std::move(built);
  }
  flow.translator = std::make_unique<Translator>(std::move(transcoder));
  if (!flow.to->originated) {
    flow.to->originated.emplace(flow.to->plan->ssrc, static_cast<std::uint16_t>(random_number()),
                                random_number(), clock_of(plan, from));
  }
  return {};
}

/// What octet map the rule wants, if the flow is carried out on packets that stay what they are; nullptr: it
/// takes more than a map.
const OctetMap* map_for(const PayloadRule& rule, const FlowPlan& flow, const EndpointPlan& from) {
  if (flow.sender_ptime_ms != flow.send->ptime_ms) return nullptr;
  return octet_map(*receive_format(from, rule.in)->codec, *flow.send->codec);
}

/// The rule needs no stream of our own: neither other packets than those that come, nor other times.
bool keeps_packets(const PayloadRule& rule, const FlowPlan& flow, const EndpointPlan& from) {
  switch (rule.kind) {
    case RuleKind::kForward:
    case RuleKind::kDrop:
      return true;
    case RuleKind::kTranscode:
      return map_for(rule, flow, from) != nullptr;
    case RuleKind::kEvent:
      return rule.out_clock == receive_format(from, rule.in)->format.clock_rate;
    case RuleKind::kComfortNoise:
      return flow.send && flow.send->comfort_noise;
  }
  return false;
}

/// The two parties of a call can have their RTP sessions as one, though the plan says translate: what has to
/// be transcoded is so octet by octet, in its packet. Then SSRCs, numbers, times and RTCP pass through (the
/// payloads keep their size, so sender reports stay true), and a loss is for the receiver to conceal.
bool rewrites(const SessionPlan& plan) {
  return plan.endpoints.size() == 2 &&
         std::all_of(plan.flows.begin(), plan.flows.end(), [&](const auto& flow) {
           return flow.mode == FlowMode::kRelay ||
                  std::all_of(flow.rules.begin(), flow.rules.end(), [&](const auto& rule) {
                    return keeps_packets(rule, flow, plan.endpoints[flow.from]);
                  });
         });
}

PayloadAction action_of(const PayloadRule& rule, const FlowPlan& flow) {
  PayloadAction action;
  action.kind = rule.kind;
  action.listed = true;
  action.out = rule.out;
  if (rule.kind == RuleKind::kTranscode) action.out = flow.send->payload_type;
  if (rule.kind == RuleKind::kComfortNoise && flow.send)
    action.out = flow.send->comfort_noise.value_or(rule.out);
  return action;
}

base::Result<void> build_flow(Flow& flow, std::size_t index, const FlowPlan& plan, FlowMode mode,
                              std::vector<Endpoint>& endpoints) {
  auto& from = endpoints[plan.from];
  flow.plan = &plan;
  flow.to = &endpoints[plan.to];
  flow.next = std::exchange(from.flows, &flow);
  flow.mode = mode;
  flow.active = plan.active;
  flow.relay_unlisted = plan.mode == FlowMode::kRelay && plan.relay_unlisted;
  for (const auto& rule : plan.rules) {
    flow.actions[rule.in] = action_of(rule, plan);
    if (rule.kind == RuleKind::kTranscode && mode == FlowMode::kRelay)
      flow.payload_map = map_for(rule, plan, *from.plan);
  }
  return mode == FlowMode::kTranslate ? build_translator(flow, index, *from.plan) : base::Result<void>{};
}

/// What the flow's receiver gets is what was sent, whatever the payload type.
bool passes_everything(const FlowPlan& flow) {
  return flow.mode == FlowMode::kRelay && flow.active && flow.relay_unlisted &&
         std::all_of(flow.rules.begin(), flow.rules.end(),
                     [](const auto& rule) { return rule.kind != RuleKind::kDrop && rule.out == rule.in; });
}

/// The short way, where there is one.
void shorten_way(Endpoint& endpoint) {
  const auto* only = endpoint.flows;
  if (only == nullptr || only->next != nullptr || !passes_everything(*only->plan)) return;
  endpoint.passes_to = only->to;
}

base::Result<SessionBody> build_body(SessionPlan plan) {
  if (auto checked = check_plan(plan); !checked) return checked.error();
  SessionBody body{.plan = std::move(plan), .endpoints = {}, .flows = {}, .spare_stats = {}};
  body.endpoints = std::vector<Endpoint>(body.plan.endpoints.size());
  body.flows = std::vector<Flow>(body.plan.flows.size());
  for (std::size_t i = 0; i < body.endpoints.size(); ++i)
    build_endpoint(body.endpoints[i], body.plan.endpoints[i], static_cast<std::uint8_t>(i));
  for (auto& endpoint : body.endpoints) endpoint.opaque = body.plan.kind == MediaKind::kDatagram;
  const bool relays = rewrites(body.plan);
  // From the back, so that an endpoint's chain of flows has the plan's order.
  for (std::size_t i = body.flows.size(); i-- > 0;) {
    const auto& flow = body.plan.flows[i];
    const auto mode = relays ? FlowMode::kRelay : flow.mode;
    if (auto built = build_flow(body.flows[i], i, flow, mode, body.endpoints); !built) return built.error();
  }
  for (auto& endpoint : body.endpoints) shorten_way(endpoint);
  for (std::size_t i = std::tuple_size_v<decltype(SessionStats::endpoints)>; i < body.endpoints.size(); ++i)
    body.spare_stats.push_back(std::make_unique<EndpointStats>());
  return body;
}

}  // namespace

void SessionDeleter::operator()(Session* session) const {
  delete session;
}
void SessionDeleter::operator()(SessionUpdate* update) const {
  delete update;
}

base::Result<SessionHandle> build_session(SessionId id, SessionPlan plan) {
  auto body = build_body(std::move(plan));
  if (!body) return body.error();
  return SessionHandle{new Session{id, *std::move(body)}};
}

base::Result<UpdateHandle> build_update(SessionId id, SessionPlan plan) {
  auto body = build_body(std::move(plan));
  if (!body) return body.error();
  return UpdateHandle{new SessionUpdate{id, *std::move(body)}};
}

const SessionStats& stats_of(const Session& session) {
  return session.stats;
}

}  // namespace dataplane
