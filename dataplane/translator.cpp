#include "dataplane/translator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "dataplane/flow.h"

namespace dataplane {

void Translator::attach(Flow& flow, Endpoint& from) {
  flow_ = &flow;
  from_ = &from;
  if (transcoder_ != nullptr) transcoder_->attach(from, *flow.to);
}

std::optional<Forward> Translator::receive(const MediaArrival& arrival, CodecStage& stage, Outlet& outlet) {
  const auto& packet = arrival.packet;
  if (arrival.restart || arrival.ssrc != ssrc_) {
    ssrc_ = arrival.ssrc;
    restart_ = transcoder_restart_ = true;
    for (auto forgotten = reorder_.restart(packet.sequence); forgotten > 0; --forgotten)
      outlet.drop(*from_, Drop::kTooLate);
  }
  switch (reorder_.offer(packet)) {
    case rtp::ReorderQueue::Offer::kPass:
      return in_order(packet, 0, stage, outlet);
    case rtp::ReorderQueue::Offer::kHeld:
      drain(packet.arrival, stage, outlet);
      return std::nullopt;
    case rtp::ReorderQueue::Offer::kTooLate:
      outlet.drop(*from_, Drop::kTooLate);
      return std::nullopt;
    case rtp::ReorderQueue::Offer::kNoRoom:
      outlet.drop(*from_, Drop::kTooLarge);
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<base::Instant> Translator::expire(base::Instant now, CodecStage& stage, Outlet& outlet) {
  auto next = reorder_.held() == 0 ? std::nullopt : drain(now, stage, outlet);
  if (transcoder_ == nullptr || !flow_->active || !flow_->to->rtp.known) return next;
  const auto noise = transcoder_->expire(now, stage);
  return next && noise ? std::min(*next, *noise) : next ? next : noise;
}

std::optional<base::Instant> Translator::due(base::Instant now) const {
  if (transcoder_ != nullptr && transcoder_->noise_due()) return transcoder_->noise_due();
  return reorder_.held() == 0 ? std::nullopt : std::optional{now + rtp::kReorderWait};
}

std::optional<base::Instant> Translator::drain(base::Instant now, CodecStage& stage, Outlet& outlet) {
  for (;;) {
    const auto next = reorder_.next(now);
    if (next.state == rtp::ReorderQueue::State::kWait) return next.until;
    if (next.state == rtp::ReorderQueue::State::kEmpty) return std::nullopt;
    if (const auto forward = in_order(next.packet, next.missing, stage, outlet))
      send_copy(next.packet, *forward, outlet);
  }
}

std::optional<Forward> Translator::in_order(const rtp::MediaPacket& packet, std::uint16_t missing,
                                            CodecStage& stage, Outlet& outlet) {
  const auto& action = flow_->actions[packet.payload_type];
  if (!action.listed) {
    outlet.drop(*from_, Drop::kUnknownPayloadType);
    return std::nullopt;
  }
  switch (action.kind) {
    case RuleKind::kTranscode:
      restart_ = false;  // the transcoder ties our time to the source's
      if (!transcoder_->receive(packet, missing, std::exchange(transcoder_restart_, false), stage))
        outlet.drop(*from_, Drop::kUndecodable);
      return std::nullopt;
    case RuleKind::kForward:
      return forward(packet, action.out, missing, stage);
    case RuleKind::kEvent:
      relay_event(packet, action.out, stage, outlet);
      return std::nullopt;
    case RuleKind::kComfortNoise:
      return comfort_noise(packet, missing, stage);
    case RuleKind::kDrop:
      outlet.drop(*from_, Drop::kRuleDrop);
      return std::nullopt;
  }
  return std::nullopt;
}

/// What is under way in the codecs came before this packet and is stamped first; then our time is tied to the
/// source's, if it is not yet.
void Translator::catch_up(const rtp::MediaPacket& packet, CodecStage& stage) {
  auto& stamper = flow_->to->originated->stamper();
  if (transcoder_ != nullptr) stage.run_all();
  if (!std::exchange(restart_, false)) return;
  // That of the source's audio: an event's payload type may count at another rate.
  const auto* stream = from_->heard.find(*ssrc_);
  const auto clock = stream != nullptr ? stream->source.clock() : stamper.clock();
  stamper.anchor(packet.timestamp, clock, packet.arrival);
  events_.restart(clock);
}

/// A packet of ours for each of the source's (RFC 4733 §2.5.1.2), with duration and timestamp in our clock.
void Translator::relay_event(const rtp::MediaPacket& packet, std::uint8_t payload_type, CodecStage& stage,
                             Outlet& outlet) {
  const auto report = rtp::parse_event(packet.payload);
  if (!report) return outlet.drop(*from_, Drop::kUndecodable);
  catch_up(packet, stage);
  auto& stream = *flow_->to->originated;
  const auto* format = from_->format_of(packet.payload_type);
  const auto made =
      events_.relay(stream.stamper(), payload_type, packet.timestamp, packet.marker, *report, packet.arrival,
                    format != nullptr ? std::optional{format->format.clock_rate} : std::nullopt);
  stream.note(made.packet.fields);
  flow_->to->reporter->count_sent(rtp::kEventSize);
  std::array<std::byte, rtp::kFixedHeaderSize + rtp::kEventSize> octets;
  rtp::write_header(octets.data(), made.packet.fields);
  rtp::write_event(octets.data() + rtp::kFixedHeaderSize, made.packet.report);
  outlet.send_rtp(*flow_->to, octets);
}

/// To a receiver that knows RFC 3389 the description of the noise goes as it is; for another one we make the
/// noise.
std::optional<Forward> Translator::comfort_noise(const rtp::MediaPacket& packet, std::uint16_t missing,
                                                 CodecStage& stage) {
  const auto& send = flow_->plan->send;
  if (send && send->comfort_noise) return forward(packet, *send->comfort_noise, missing, stage);
  const auto noise = codecs::NoiseDescription::parse(packet.payload);
  if (noise && transcoder_ != nullptr) transcoder_->fall_silent(packet, *noise, stage);
  return std::nullopt;
}

std::optional<Forward> Translator::forward(const rtp::MediaPacket& packet, std::uint8_t payload_type,
                                           std::uint16_t missing, CodecStage& stage) {
  catch_up(packet, stage);
  auto& stream = *flow_->to->originated;
  if (packet.marker) stream.stamper().mark_next();
  // Where all is forwarded, a hole in the source's numbers stays one for the receiver to see.
  const auto skip = transcoder_ == nullptr ? missing : std::uint16_t{0};
  const auto timestamp = stream.stamper().map(packet.timestamp);
  flow_->to->reporter->count_sent(packet.payload.size());
  return Forward{.to = flow_->to,
                 .change = Forward::Change::kHeader,
                 .fields = stream.next(payload_type, timestamp, 0, packet.arrival, skip)};
}

void Translator::send_copy(const rtp::MediaPacket& packet, const Forward& forward, Outlet& outlet) {
  std::array<std::byte, rtp::kFixedHeaderSize + rtp::kReorderPayload> octets;
  rtp::write_header(octets.data(), forward.fields);
  if (!packet.payload.empty())
    std::memcpy(octets.data() + rtp::kFixedHeaderSize, packet.payload.data(), packet.payload.size());
  outlet.send_rtp(*forward.to, base::Octets{octets}.first(rtp::kFixedHeaderSize + packet.payload.size()));
}

}  // namespace dataplane
