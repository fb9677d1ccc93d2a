#include "dataplane/transcoder.h"

#include <algorithm>

namespace dataplane {

namespace {

std::uint32_t to_samples(std::uint32_t ticks, const DecoderUnit& unit) {
  return static_cast<std::uint32_t>(std::uint64_t{ticks} * unit.rate.hz / unit.clock.hz);
}

}  // namespace

Transcoder::Transcoder(std::vector<DecoderUnit> decoders, EncoderUnit encoder)
    : decoders_(std::move(decoders)),
      encoder_(std::move(encoder)),
      timeline_(decoders_.front().clock),
      framer_(encoder_.rate, encoder_.clock, encoder_.ptime_ms) {}

void Transcoder::attach(Endpoint& from, Endpoint& to) {
  from_ = &from;
  to_ = &to;
}

DecoderUnit& Transcoder::unit_of(std::uint8_t payload_type) {
  // One to three; the plan was checked to have every payload type that is to be transcoded.
  const auto found = std::find_if(decoders_.begin(), decoders_.end(),
                                  [&](const DecoderUnit& unit) { return unit.payload_type == payload_type; });
  return found == decoders_.end() ? decoders_.front() : *found;
}

bool Transcoder::receive(const rtp::MediaPacket& packet, std::uint16_t missing, bool restarted,
                         CodecStage& stage) {
  auto& unit = unit_of(packet.payload_type);
  const auto duration = unit.codec->duration_ticks(packet.payload);
  if (duration == 0) {
    refused_ = static_cast<std::uint16_t>(refused_ + missing + 1);
    return false;
  }
  if (unit.clock != timeline_.clock()) {
    timeline_.set_clock(unit.clock);
    restarted = true;
  }
  missing = static_cast<std::uint16_t>(missing + std::exchange(refused_, std::uint16_t{0}));
  const auto step = timeline_.advance(packet.timestamp, duration, missing, packet.arrival, restarted);

  DecodeRequest request{.codec = unit.codec,
                        .decoder = unit.decoder.get(),
                        .kind = codecs::DecodeKind::kPayload,
                        .payload = packet.payload,
                        .samples_wanted = to_samples(duration, unit),
                        .now = packet.arrival,
                        .payload_type = packet.payload_type};
  using Kind = rtp::Step::Kind;
  if (step.kind == Kind::kRestart) restart(packet, unit, stage);
  if (step.kind == Kind::kLoss) conceal(step.ticks, duration, packet, request, stage);
  request.begins = step.kind == Kind::kRestart || step.kind == Kind::kPause;
  if (request.begins) request.timestamp = to_->originated->stamper().map(packet.timestamp);
  stage.decode(*this, request);
  return true;
}

/// Our stream goes on from its last packet, so what is under way has to be stamped first.
void Transcoder::restart(const rtp::MediaPacket& packet, const DecoderUnit& unit, CodecStage& stage) {
  if (to_->originated->stamper().started()) stage.run_all();
  to_->originated->stamper().anchor(packet.timestamp, unit.clock, packet.arrival);
}

/// Everything but the last packet of a gap is made up; the last may be in the next packet's forward error
/// correction.
void Transcoder::conceal(std::uint32_t ticks, std::uint32_t duration, const rtp::MediaPacket& next,
                         DecodeRequest request, CodecStage& stage) {
  const auto& unit = unit_of(next.payload_type);
  const auto recover = std::min(ticks, duration);
  if (ticks > recover) {
    request.kind = codecs::DecodeKind::kLost;
    request.payload = {};
    request.samples_wanted = to_samples(ticks - recover, unit);
    stage.decode(*this, request);
  }
  request.kind = codecs::DecodeKind::kRecover;
  request.payload = next.payload;
  request.samples_wanted = to_samples(recover, unit);
  stage.decode(*this, request);
}

void Transcoder::decoded(const DecodeDone& done, CodecStage& stage) {
  const bool concealed = !done.ok || done.request.kind != codecs::DecodeKind::kPayload;
  (concealed ? from_->stats->frames_concealed : from_->stats->frames_decoded).add();
  if (done.request.begins) {
    if (framer_.pad()) encode_ready(done.request.now, stage);
    framer_.begin(done.request.timestamp);
    mark_ = true;
  }
  // Full only if more than a packet of the longest kind was decoded, which no codec does.
  if (!framer_.push(done.pcm)) return;
  encode_ready(done.request.now, stage);
}

void Transcoder::encode_ready(base::Instant now, CodecStage& stage) {
  for (auto frame = framer_.pop(); !frame.pcm.empty(); frame = framer_.pop()) {
    stage.encode(*this, {.codec = encoder_.codec,
                         .encoder = encoder_.encoder.get(),
                         .pcm = frame.pcm,
                         .timestamp = frame.timestamp,
                         .now = now,
                         .marker = std::exchange(mark_, false)});
  }
}

void Transcoder::encoded(const EncodeDone& done, Outlet& outlet) {
  auto& stream = *to_->originated;
  if (done.request.marker) stream.stamper().mark_next();
  const auto payload = done.packet.size() - kRtpRoom;
  if (payload == 0) {  // discontinuous transmission: the next packet begins a talkspurt (RFC 3551 §4.1)
    stream.stamper().mark_next();
    return;
  }
  to_->stats->frames_encoded.add();
  rtp::write_header(done.packet.data(), stream.next(encoder_.payload_type, done.request.timestamp,
                                                    framer_.frame_ticks(), done.request.now));
  to_->reporter->count_sent(payload);
  outlet.send_rtp(*to_, done.packet);
}

void Transcoder::set_expected_loss(float fraction) {
  encoder_.codec->set_expected_loss(*encoder_.encoder, fraction);
}

}  // namespace dataplane
