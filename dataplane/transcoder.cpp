#include "dataplane/transcoder.h"

#include <algorithm>
#include <utility>

namespace dataplane {

namespace {

std::uint32_t to_samples(std::uint32_t ticks, const DecoderUnit& unit) {
  return static_cast<std::uint32_t>(std::uint64_t{ticks} * unit.rate.hz / unit.clock.hz);
}

/// Frames of noise made in one go after a pause of the worker.
constexpr base::Duration kMostNoiseAtOnce = std::chrono::milliseconds{200};

}  // namespace

Transcoder::Transcoder(std::vector<DecoderUnit> decoders, EncoderUnit encoder)
    : decoders_(std::move(decoders)),
      encoder_(std::move(encoder)),
      timeline_(decoders_.front().clock),
      framer_(encoder_.rate, encoder_.clock, encoder_.ptime_ms),
      complexity_(encoder_.complexity),
      noise_(encoder_.payload_type + 1U) {}

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
  const bool pauses = unit.codec->begins_pause(packet.payload);
  if (step.kind == Kind::kRestart) restart(packet, unit, stage);
  if (step.kind == Kind::kLoss && !noise_due_) conceal(step.ticks, duration, packet, request, stage);
  request.begins = step.kind == Kind::kRestart || (noise_due_ ? !pauses : step.kind == Kind::kPause);
  if (request.begins) request.timestamp = begin_at(to_->originated->stamper().map(packet.timestamp));
  stage.decode(*this, request);
  if (pauses) go_on_pausing(packet, duration, unit);
  return true;
}

/// What the packet says of the noise has been heard for its own duration; behind that the decoder goes on.
void Transcoder::go_on_pausing(const rtp::MediaPacket& packet, std::uint32_t duration, DecoderUnit& unit) {
  const auto length = std::chrono::microseconds{std::uint64_t{duration} * 1'000'000 / unit.clock.hz};
  noise_due_ = noise_due_.value_or(packet.arrival) + length;
  pausing_ = &unit;
}

/// After a silence that we have filled, our stream may be ahead by what the packets' delay varies; it never
/// goes back.
std::uint32_t Transcoder::begin_at(std::uint32_t timestamp) {
  if (!std::exchange(noise_due_, std::nullopt)) return timestamp;
  const auto ahead = framer_.end_timestamp() - timestamp;
  return static_cast<std::int32_t>(ahead) > 0 ? framer_.end_timestamp() : timestamp;
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
  if (!done.request.pause) (concealed ? from_->stats->frames_concealed : from_->stats->frames_decoded).add();
  if (done.request.begins) {
    if (framer_.pad()) encode_ready(done.request.now, stage);
    framer_.begin(done.request.timestamp);
    mark_ = true;
  }
  auto pcm = done.pcm;
  if (auto& resampler = unit_of(done.request.payload_type).resampler; resampler != nullptr)
    pcm = stage.scratch().first(resampler->process(pcm, stage.scratch()));
  // Full only if more than a packet of the longest kind was decoded, which no codec does.
  if (!framer_.push(pcm)) return;
  encode_ready(done.request.now, stage);
}

/// Sheds effort, or takes it back, as the worker's load has it.
void Transcoder::follow_effort(int ceiling) {
  const auto complexity = std::clamp(ceiling, encoder_.least_complexity, encoder_.complexity);
  if (std::exchange(complexity_, complexity) == complexity) return;
  encoder_.codec->set_complexity(*encoder_.encoder, complexity);
}

void Transcoder::encode_ready(base::Instant now, CodecStage& stage) {
  follow_effort(stage.effort());
  for (auto frame = framer_.pop(); !frame.pcm.empty(); frame = framer_.pop()) {
    stage.encode(*this, {.codec = encoder_.codec,
                         .encoder = encoder_.encoder.get(),
                         .pcm = frame.pcm,
                         .timestamp = frame.timestamp,
                         .now = now,
                         .marker = std::exchange(mark_, false)});
  }
}

void Transcoder::fall_silent(const rtp::MediaPacket& packet, const codecs::NoiseDescription& noise,
                             CodecStage& stage) {
  noise_.describe(noise);
  // Tells the timeline how far the source is, and that what follows is a pause.
  const auto step = timeline_.advance(packet.timestamp, 0, 0, packet.arrival, false);
  if (noise_due_) return;
  stage.run_all();
  if (step.kind == rtp::Step::Kind::kRestart)
    to_->originated->stamper().anchor(packet.timestamp, timeline_.clock(), packet.arrival);
  if (framer_.pad()) encode_ready(packet.arrival, stage);
  const auto timestamp = to_->originated->stamper().map(packet.timestamp);
  const auto behind = static_cast<std::int32_t>(timestamp - framer_.end_timestamp()) < 0;
  framer_.begin(behind ? framer_.end_timestamp() : timestamp);
  noise_due_ = packet.arrival;
  pausing_ = nullptr;
}

std::optional<base::Instant> Transcoder::expire(base::Instant now, CodecStage& stage) {
  if (!noise_due_) return std::nullopt;
  const auto frame = std::chrono::milliseconds{encoder_.ptime_ms};
  // A worker that was away for long does not make up for it.
  if (now - *noise_due_ > kMostNoiseAtOnce) noise_due_ = now;
  for (; *noise_due_ <= now; *noise_due_ += frame) make_noise(now, stage);
  return noise_due_;
}

/// A frame of it.
void Transcoder::make_noise(base::Instant now, CodecStage& stage) {
  if (pausing_ != nullptr) {
    stage.decode(*this, {.codec = pausing_->codec,
                         .decoder = pausing_->decoder.get(),
                         .kind = codecs::DecodeKind::kLost,
                         .payload = {},
                         .samples_wanted = pausing_->rate.hz / 1000 * encoder_.ptime_ms,
                         .now = now,
                         .payload_type = pausing_->payload_type,
                         .pause = true});
    return;
  }
  const auto pcm = stage.scratch().first(framer_.frame_samples());
  noise_.generate(pcm);
  if (framer_.push(pcm)) encode_ready(now, stage);
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
  // What discontinuous transmission leaves out at the front delays the packet's time, and a talkspurt begins.
  const auto left_out = done.skipped == 0 ? 0 : framer_.to_ticks(done.skipped);
  if (left_out > 0) stream.stamper().mark_next();
  rtp::write_header(done.packet.data(), stream.next(encoder_.payload_type, done.request.timestamp + left_out,
                                                    framer_.frame_ticks() - left_out, done.request.now));
  to_->reporter->count_sent(payload);
  outlet.send_rtp(*to_, done.packet);
}

void Transcoder::set_expected_loss(float fraction) {
  encoder_.codec->set_expected_loss(*encoder_.encoder, fraction);
}

}  // namespace dataplane
