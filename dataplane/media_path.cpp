#include "dataplane/media_path.h"

#include "dataplane/rtp/demux.h"
#include "dataplane/rtp/header.h"

namespace dataplane {

namespace {

std::uint64_t nanoseconds(base::Instant when) {
  return static_cast<std::uint64_t>(when.time_since_epoch().count());
}

/// Always false, so that refusing is one statement.
bool drop(Endpoint& from, Drop reason, MediaContext& context) {
  context.outlet.drop(from, reason);
  return false;
}

/// Sends to where the learner points.
void lead(Endpoint& endpoint, bool rtcp) {
  const auto remote = (rtcp ? endpoint.rtcp_learner : endpoint.learner).remote();
  (rtcp ? endpoint.rtcp : endpoint.rtp).set_remote(remote);
  (rtcp ? endpoint.stats->remote_rtcp : endpoint.stats->remote_rtp)
      .store(remote.value_or(base::SocketAddress{}));
}

/// A packet from a new address has been believed: from now on we send there.
void follow_source(Endpoint& endpoint, bool rtcp, MediaContext& context) {
  lead(endpoint, rtcp);
  endpoint.wants_hop = true;
  if (const auto source = (rtcp ? endpoint.rtcp_learner : endpoint.learner).source()) {
    if (!rtcp && endpoint.rtcp_learner.set_companion(source->ip)) lead(endpoint, true);
    context.outbox.inform(RemoteLearned{endpoint.session->id, endpoint.index, *source, rtcp});
  }
}

/// False: a stranger's, and dropped.
bool admit(Endpoint& from, const Datagram& datagram, bool rtcp_learner, MediaContext& context) {
  auto& learner = rtcp_learner ? from.rtcp_learner : from.learner;
  switch (learner.judge(datagram.source, datagram.arrival)) {
    case rtp::Admission::kAccept:
      return true;
    case rtp::Admission::kLearn:
      follow_source(from, rtcp_learner, context);
      return true;
    case rtp::Admission::kStranger:
      from.stats->last_stranger.store(datagram.source);
      return drop(from, Drop::kWrongSource, context);
  }
  return false;
}

/// The payload type has changed: what it is, and at what rate its clock runs.
void note_payload_type(Endpoint& from, HeardStream& stream, std::uint8_t payload_type) {
  stream.payload_type = payload_type;
  stream.kind = from.payloads[payload_type].kind;
  // RFC 4733 §2.5.1.4 and RFC 3389 §3 use the timestamps of the audio; their own rate may differ.
  if (stream.kind != PayloadKind::kMedia) return;
  if (const auto* format = from.format_of(payload_type)) stream.source.set_clock(format->format.clock_rate);
}

/// Tells control of each whole event once.
void track_event(Endpoint& from, const rtp::RtpHeader& header, bool restart, base::Instant arrival,
                 MediaContext& context) {
  const auto* format = from.format_of(header.payload_type);
  const auto clock = format != nullptr ? format->format.clock_rate : base::ClockRate{};
  if (restart) from.events.restart(clock);
  from.events.set_clock(clock);
  const auto report = rtp::parse_event(header.payload);
  if (!report) return;
  if (const auto event = from.events.track(header.timestamp, header.marker, *report, arrival))
    report_event(from, *event, context);
  if (const auto expiry = from.events.expiry()) context.wheel.schedule_earlier(from.session->timer, *expiry);
}

/// The first stream, and one from where we know that the endpoint is, are vouched for by their address;
/// another one has to prove that it is one.
HeardStream& meet(Endpoint& from, const rtp::RtpHeader& header, const base::SocketAddress& source) {
  const bool vouched = from.heard.seen() == 0 || from.learner.source() == source;
  return from.heard.add(header.ssrc, header.sequence, base::ClockRate{}, vouched ? 1 : rtp::kMinSequential);
}

/// RFC 3550 A.1, A.3, A.8. Duplicates and what is too late are dropped.
rtp::Verdict track(Endpoint& from, const rtp::RtpHeader& header, const Datagram& datagram,
                   MediaContext& context) {
  auto* known = from.heard.of(header.ssrc);
  auto& stream = known != nullptr ? *known : meet(from, header, datagram.source);
  const auto verdict = stream.source.receive(header.sequence, header.payload.size());
  if (!rtp::is_accepted(verdict)) [[unlikely]] {
    if (verdict != rtp::Verdict::kProbation)
      drop(from, verdict == rtp::Verdict::kDuplicate ? Drop::kDuplicate : Drop::kTooLate, context);
    return verdict;
  }
  if (header.payload_type != stream.payload_type) [[unlikely]]
    note_payload_type(from, stream, header.payload_type);
  if (stream.kind == PayloadKind::kMedia) [[likely]] {
    stream.source.track_jitter(header.timestamp, datagram.arrival);
    return verdict;
  }
  stream.last_beside = datagram.arrival;
  if (stream.kind == PayloadKind::kEvent)
    track_event(from, header, verdict == rtp::Verdict::kRestart, datagram.arrival, context);
  return verdict;
}

/// One relayed packet's way on: the sender's header, perhaps under another payload type number, and its
/// payload as it is or octet by octet in another codec.
void relay(Endpoint& from, const Flow& flow, const rtp::RtpHeader& header, const Datagram& datagram,
           MediaContext& context, Forwards& forwards) {
  const auto& action = flow.actions[header.payload_type];
  if (!action.listed) {
    if (flow.relay_unlisted) return forwards.add({.to = flow.to});
    drop(from, Drop::kUnknownPayloadType, context);
    return;
  }
  if (action.kind == RuleKind::kDrop) {
    drop(from, Drop::kRuleDrop, context);
    return;
  }
  Forward forward{.to = flow.to, .fields = {.payload_type = action.out}};
  if (action.kind == RuleKind::kTranscode) {
    forward.change = Forward::Change::kPayload;
    forward.map = flow.payload_map;
    forward.payload_offset = static_cast<std::uint16_t>(header.payload.data() - datagram.octets.data());
    forward.payload_size = static_cast<std::uint16_t>(header.payload.size());
  } else if (action.out != header.payload_type) {
    forward.change = Forward::Change::kPayloadType;
  }
  forwards.add(forward);
}

void translate(Endpoint& from, Flow& flow, const MediaArrival& arrival, MediaContext& context,
               Forwards& forwards) {
  if (const auto forward = flow.translator->receive(arrival, context.stage, context.outlet))
    forwards.add(*forward);
  if (const auto due = flow.translator->due(arrival.packet.arrival))
    context.wheel.schedule_earlier(from.session->timer, *due);
}

/// A stream on probation is relayed, for its receiver to judge, but makes no decoder start anew.
void follow_flows(Endpoint& from, const rtp::RtpHeader& header, rtp::Verdict verdict,
                  const Datagram& datagram, MediaContext& context, Forwards& forwards) {
  for (auto* flow = from.flows; flow != nullptr; flow = flow->next) {
    if (!flow->active) {
      drop(from, Drop::kFlowInactive, context);
    } else if (!flow->to->rtp.known) {
      drop(from, Drop::kNoRemoteAddress, context);
    } else if (flow->mode == FlowMode::kRelay) [[likely]] {
      relay(from, *flow, header, datagram, context, forwards);
    } else if (verdict == rtp::Verdict::kProbation) {
      drop(from, Drop::kOnProbation, context);
    } else {
      const MediaArrival media{{header.timestamp, header.sequence, header.payload_type, header.marker,
                                datagram.arrival, header.payload},
                               header.ssrc,
                               verdict == rtp::Verdict::kRestart};
      translate(from, *flow, media, context, forwards);
    }
  }
}

void count_in(Endpoint& from, std::size_t octets, base::Instant arrival) {
  from.stats->rtp_packets_in.add();
  from.stats->rtp_octets_in.add(octets);
  from.stats->last_in_ns.set(nanoseconds(arrival));
}

bool receive_rtp(Endpoint& from, const Datagram& datagram, MediaContext& context, Forwards& forwards) {
  // RFC 3550 §11: no media there. What comes was not sent by the endpoint, whose stream the RTP port judges.
  if (datagram.on_rtcp_port) return drop(from, Drop::kBadRtcp, context);
  const auto header = rtp::parse(datagram.octets);
  if (!header) return drop(from, Drop::kBadRtpHeader, context);
  if (!admit(from, datagram, false, context)) return false;
  count_in(from, datagram.octets.size(), datagram.arrival);
  const auto verdict = track(from, *header, datagram, context);
  if (!rtp::is_accepted(verdict) && verdict != rtp::Verdict::kProbation) [[unlikely]]
    return true;
  if (from.passes_to == nullptr) {
    follow_flows(from, *header, verdict, datagram, context, forwards);
  } else if (from.passes_to->rtp.known) {
    forwards.add({.to = from.passes_to});
  } else {
    drop(from, Drop::kNoRemoteAddress, context);
  }
  return true;
}

/// The encoders of what goes to this endpoint make up for the loss that it reports.
void adapt_to_loss(Endpoint& receiver) {
  if (!receiver.originated) return;
  const auto* reception = receiver.reporter->about(receiver.originated->stamper().ssrc());
  if (reception == nullptr) return;
  for (auto& flow : receiver.session->body.flows) {
    if (flow.to != &receiver || flow.translator == nullptr || flow.translator->transcoder() == nullptr)
      continue;
    flow.translator->transcoder()->set_expected_loss(static_cast<float>(reception->fraction_lost) / 256.0F);
  }
}

/// RFC 3550 §7.2: what is relayed is reported on end to end, what is translated by us.
bool receive_rtcp(Endpoint& from, const Datagram& datagram, MediaContext& context, Forwards& forwards) {
  const auto compound = rtp::rtcp::Compound::parse(datagram.octets);
  if (!compound) return drop(from, Drop::kBadRtcp, context);
  if (!admit(from, datagram, datagram.on_rtcp_port, context)) return false;
  from.stats->rtcp_packets_in.add();
  from.stats->rtcp_octets_in.add(datagram.octets.size());
  from.reporter->hear(*compound, datagram.arrival);
  adapt_to_loss(from);
  for (const auto* flow = from.flows; flow != nullptr; flow = flow->next) {
    if (flow->mode == FlowMode::kTranslate) continue;
    if (!flow->to->rtcp_destination().known) {
      drop(from, Drop::kNoRemoteAddress, context);
    } else {
      flow->to->reporter->relay(*compound, datagram.arrival);
      forwards.add({.to = flow->to, .rtcp = true});
    }
  }
  return true;
}

/// What is not RTP at all (UDPTL) passes octet for octet once its source is believed.
bool receive_opaque(Endpoint& from, const Datagram& datagram, MediaContext& context, Forwards& forwards) {
  if (!admit(from, datagram, datagram.on_rtcp_port, context)) return false;
  count_in(from, datagram.octets.size(), datagram.arrival);
  for (const auto* flow = from.flows; flow != nullptr; flow = flow->next) {
    if (!flow->active) {
      drop(from, Drop::kFlowInactive, context);
    } else if (!flow->to->rtp.known) {
      drop(from, Drop::kNoRemoteAddress, context);
    } else {
      forwards.add({.to = flow->to});
    }
  }
  return true;
}

}  // namespace

void report_event(Endpoint& from, const rtp::CompletedEvent& event, MediaContext& context) {
  from.stats->events_in.add();
  context.outbox.inform(EventReceived{from.session->id, from.index, event.event, event.volume,
                                      event.duration_ms,
                                      from.learner.source().value_or(base::SocketAddress{})});
}

bool receive(Endpoint& from, const Datagram& datagram, MediaContext& context, Forwards& forwards) {
  if (from.opaque) return receive_opaque(from, datagram, context, forwards);
  switch (rtp::classify(datagram.octets)) {
    case rtp::Protocol::kRtp:
      return receive_rtp(from, datagram, context, forwards);
    case rtp::Protocol::kRtcp:
      return receive_rtcp(from, datagram, context, forwards);
    case rtp::Protocol::kStun:
      return drop(from, Drop::kStunUnexpected, context);
    case rtp::Protocol::kDtls:
      return drop(from, Drop::kDtlsUnexpected, context);
    case rtp::Protocol::kZrtp:
    case rtp::Protocol::kTurnChannel:
    case rtp::Protocol::kUnknown:
      return drop(from, Drop::kUnknownProtocol, context);
  }
  return false;
}

}  // namespace dataplane
