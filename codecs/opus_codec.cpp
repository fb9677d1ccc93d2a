#include "codecs/opus_codec.h"

#include <opus/opus.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "codecs/fmtp.h"

namespace codecs {
namespace {

constexpr std::int32_t kRtpClock = 48000;   // RFC 7587 §4.1, whatever is coded
constexpr std::int32_t kMinBitRate = 6000;  // RFC 6716 §2.1.1
constexpr std::int32_t kMaxBitRate = 510000;
constexpr int kTransformComplexity = 0;  // of the transform mode: 10 costs three times as much for 0.1 dB
constexpr float kLossWorthFec = 0.01F;   // below it FEC costs bits and buys nothing
constexpr std::uint32_t kStepsPerSecond = 400;  // the decoder conceals in steps of 2.5 ms

constexpr CodecInfo kInfo{.encoding = "opus",
                          .clock_rate = {kRtpClock},
                          .rtpmap_channels = 2,
                          .static_payload_type = kDynamic,
                          .frame_ms_x10 = 100,
                          .default_ptime_ms = 20,
                          .native_rate = {kRtpClock},
                          .decode_cost_us = 1000,
                          .encode_cost_us = 1000,
                          .max_ptime_ms = 60};

/// Rates of the linear side, each with the audio bandwidth that it carries, a bit rate at which a transcode
/// costs the speech next to nothing, and the bit rate from which libopus' transform mode (CELT) keeps speech
/// at least as well as its speech mode (SILK) does, at a fifth of the cost: scripts/quality/README.md has the
/// table.
struct RateRow {
  std::int32_t hz;
  std::int32_t bandwidth;
  std::int32_t bit_rate;
  std::int32_t transform_from;
};
constexpr std::int32_t kNever = kMaxBitRate + 1;
constexpr std::array<RateRow, 5> kRates{
    {{8000, OPUS_BANDWIDTH_NARROWBAND, 34000, 28000},
     {12000, OPUS_BANDWIDTH_MEDIUMBAND, 32000, kNever},  // it has no such band
     {16000, OPUS_BANDWIDTH_WIDEBAND, 44000, 40000},
     {24000, OPUS_BANDWIDTH_SUPERWIDEBAND, 40000, kNever},
     {48000, OPUS_BANDWIDTH_FULLBAND, 48000, kNever}}};

/// The narrowest row that carries `hz`.
const RateRow& row_for(std::int64_t hz) {
  const auto found = std::ranges::find_if(kRates, [&](const RateRow& row) { return row.hz >= hz; });
  return found == kRates.end() ? kRates.back() : *found;
}

bool in_range(const CoderParams& params) {
  return params.channels == 1 &&
         row_for(params.sample_rate.hz).hz == static_cast<std::int64_t>(params.sample_rate.hz);
}

/// libopus states are plain memory of a size that the library tells.
using StateMemory = std::unique_ptr<std::max_align_t[]>;
StateMemory state_memory(int octets) {
  return std::make_unique<std::max_align_t[]>(static_cast<std::size_t>(octets) / sizeof(std::max_align_t) +
                                              1);
}

struct OpusDecoderState final : codecs::Decoder {
  StateMemory memory{state_memory(opus_decoder_get_size(1))};
  std::uint32_t rate{0};
  ::OpusDecoder* get() { return reinterpret_cast<::OpusDecoder*>(memory.get()); }
};

struct OpusEncoderState final : codecs::Encoder {
  StateMemory memory{state_memory(opus_encoder_get_size(1))};
  OpusReceiver receiver;
  std::int32_t bit_rate{0};
  std::int32_t transform_from{0};
  int complexity{kUsualComplexity};
  bool dtx{false};
  bool fec{false};
  ::OpusEncoder* get() { return reinterpret_cast<::OpusEncoder*>(memory.get()); }
};

std::int32_t most_bits(const OpusReceiver& receiver) {
  return std::clamp(receiver.max_average_bit_rate, kMinBitRate, kMaxBitRate);
}

/// Chooses mode, bit rate and effort. Only the speech mode has in-band FEC and pauses. libopus chooses by
/// what it is told of the signal: "music" is coded in the transform mode from 10 kbit/s on.
void tune(OpusEncoderState& state) {
  auto* const opus = state.get();
  const bool transform = !state.fec && !state.dtx && state.bit_rate >= state.transform_from;
  // The redundancy gets bits of its own, where the receiver allows: taken from the speech they would be
  // heard.
  const auto bit_rate =
      state.fec ? std::min(state.bit_rate + state.bit_rate / 4, most_bits(state.receiver)) : state.bit_rate;
  opus_encoder_ctl(opus, OPUS_SET_SIGNAL(transform ? OPUS_SIGNAL_MUSIC : OPUS_SIGNAL_VOICE));
  opus_encoder_ctl(opus, OPUS_SET_COMPLEXITY(transform ? kTransformComplexity : state.complexity));
  opus_encoder_ctl(opus, OPUS_SET_BITRATE(bit_rate));
  opus_encoder_ctl(opus, OPUS_SET_INBAND_FEC(state.fec ? 1 : 0));
}

/// Samples of a packet at the decoder's rate, or 0 if its framing is broken or longer than 120 ms.
std::uint32_t samples_in(base::Octets payload, std::int32_t rate) {
  if (payload.empty()) return 0;
  const int samples = opus_packet_get_nb_samples(reinterpret_cast<const unsigned char*>(payload.data()),
                                                 static_cast<opus_int32>(payload.size()), rate);
  return samples > 0 ? static_cast<std::uint32_t>(samples) : 0;
}

/// Decodes into exactly `samples`, a multiple of 2.5 ms. An empty payload conceals.
bool run_decoder(OpusDecoderState& state, base::Octets payload, std::int16_t* pcm, std::uint32_t samples,
                 bool fec) {
  const auto* data = payload.empty() ? nullptr : reinterpret_cast<const unsigned char*>(payload.data());
  return opus_decode(state.get(), data, static_cast<opus_int32>(payload.size()), pcm,
                     static_cast<int>(samples), fec ? 1 : 0) == static_cast<int>(samples);
}

bool decode_one(OpusDecoderState& state, DecodeJob& job) {
  if (job.kind == DecodeKind::kPayload) {
    job.samples = samples_in(job.payload, static_cast<std::int32_t>(state.rate));
    return job.samples > 0 && job.samples <= job.pcm.size() &&
           run_decoder(state, job.payload, job.pcm.data(), job.samples, false);
  }
  const std::uint32_t step = state.rate / kStepsPerSecond;
  const std::uint32_t whole = (job.samples_wanted + step - 1) / step * step;
  if (whole == 0 || whole > job.pcm.size() || whole > state.rate * kMaxPacketMs / 1000) return false;
  job.samples = job.samples_wanted;
  const bool recover = job.kind == DecodeKind::kRecover && samples_in(job.payload, kRtpClock) > 0;
  return run_decoder(state, recover ? job.payload : base::Octets{}, job.pcm.data(), whole, recover);
}

}  // namespace

OpusReceiver opus_receiver(std::string_view fmtp) {
  OpusReceiver receiver;
  receiver.max_playback_rate = fmtp_integer(fmtp, "maxplaybackrate").value_or(receiver.max_playback_rate);
  receiver.max_average_bit_rate =
      fmtp_integer(fmtp, "maxaveragebitrate").value_or(receiver.max_average_bit_rate);
  receiver.fec = fmtp_flag(fmtp, "useinbandfec");
  receiver.dtx = fmtp_flag(fmtp, "usedtx");
  receiver.constant_bit_rate = fmtp_flag(fmtp, "cbr");
  return receiver;
}

const CodecInfo& OpusCodec::info() const {
  return kInfo;
}

bool OpusCodec::interchangeable(std::string_view /*fmtp_a*/, std::string_view /*fmtp_b*/) const {
  return true;  // every receiver takes every Opus packet; the parameters are wishes (RFC 7587 §7)
}

std::string OpusCodec::offer_fmtp() const {
  return "useinbandfec=1";
}

std::string OpusCodec::answer_fmtp(std::string_view /*offered*/) const {
  return "useinbandfec=1";  // declarative: what we like to receive, whatever was offered (RFC 7587 §7)
}

bool OpusCodec::may_pause(std::string_view fmtp) const {
  return opus_receiver(fmtp).dtx;
}

base::SampleRate OpusCodec::best_rate(base::SampleRate other) const {
  return {static_cast<std::uint32_t>(row_for(other.hz).hz)};
}

std::uint16_t OpusCodec::fit_ptime(std::uint16_t wanted_ms) const {
  for (const std::uint16_t frame : {std::uint16_t{60}, std::uint16_t{40}, std::uint16_t{20}}) {
    if (wanted_ms >= frame) return frame;
  }
  return 10;
}

std::unique_ptr<Decoder> OpusCodec::make_decoder(const CoderParams& params) const {
  if (!in_range(params)) return nullptr;
  auto state = std::make_unique<OpusDecoderState>();
  state->rate = params.sample_rate.hz;
  if (opus_decoder_init(state->get(), static_cast<opus_int32>(state->rate), 1) != OPUS_OK) return nullptr;
  return state;
}

std::unique_ptr<Encoder> OpusCodec::make_encoder(const CoderParams& params) const {
  if (!in_range(params) || fit_ptime(params.ptime_ms) != params.ptime_ms) return nullptr;
  auto state = std::make_unique<OpusEncoderState>();
  auto* const opus = state->get();
  const auto rate = static_cast<std::int32_t>(params.sample_rate.hz);
  // Not the voice application: its high-pass turns the phase of all low tones, and at a telephone's low end
  // takes up to a decibel; the speech has passed one microphone's already.
  if (opus_encoder_init(opus, rate, 1, OPUS_APPLICATION_AUDIO) != OPUS_OK) return nullptr;
  state->receiver = opus_receiver(params.fmtp);
  state->dtx = params.dtx && state->receiver.dtx;
  // No bits for frequencies that we have not got or the receiver cannot play.
  const RateRow& row = row_for(std::min(rate, state->receiver.max_playback_rate));
  state->transform_from = row.transform_from;
  state->bit_rate = std::clamp(params.bit_rate > 0 ? params.bit_rate : row.bit_rate, kMinBitRate,
                               most_bits(state->receiver));
  opus_encoder_ctl(opus, OPUS_SET_MAX_BANDWIDTH(row.bandwidth));
  opus_encoder_ctl(opus, OPUS_SET_VBR(state->receiver.constant_bit_rate ? 0 : 1));
  opus_encoder_ctl(opus, OPUS_SET_DTX(state->dtx ? 1 : 0));
  set_complexity(*state, params.complexity);
  return state;
}

void OpusCodec::decode(std::span<DecodeJob> jobs) const noexcept {
  for (DecodeJob& job : jobs) {
    job.samples = 0;
    job.ok = decode_one(static_cast<OpusDecoderState&>(*job.decoder), job);
    if (!job.ok) job.samples = 0;
  }
}

void OpusCodec::encode(std::span<EncodeJob> jobs) const noexcept {
  for (EncodeJob& job : jobs) {
    auto& state = static_cast<OpusEncoderState&>(*job.encoder);
    const auto room = static_cast<opus_int32>(std::min(job.payload.size(), kMaxPayload));
    const opus_int32 size = opus_encode(state.get(), job.pcm.data(), static_cast<int>(job.pcm.size()),
                                        reinterpret_cast<unsigned char*>(job.payload.data()), room);
    job.ok = size > 0;
    job.skipped = 0;
    // A packet of up to two octets need not be sent: it only says that nothing has changed (RFC 7587 §3.1.3).
    const bool pause = state.dtx && size <= 2;
    job.size = job.ok && !pause ? static_cast<std::uint32_t>(size) : 0;
  }
}

std::uint32_t OpusCodec::duration_ticks(base::Octets payload) const noexcept {
  return samples_in(payload, kRtpClock);
}

void OpusCodec::set_expected_loss(Encoder& encoder, float fraction) const noexcept {
  auto& state = static_cast<OpusEncoderState&>(encoder);
  const int percent = static_cast<int>(std::lround(std::clamp(fraction, 0.0F, 1.0F) * 100.0F));
  opus_encoder_ctl(state.get(), OPUS_SET_PACKET_LOSS_PERC(percent));
  state.fec = state.receiver.fec && fraction >= kLossWorthFec;
  tune(state);
}

void OpusCodec::set_complexity(Encoder& encoder, int complexity) const noexcept {
  auto& state = static_cast<OpusEncoderState&>(encoder);
  state.complexity = std::clamp(complexity, 0, kMostComplexity);
  tune(state);
}

std::uint32_t OpusCodec::final_range(Decoder& decoder) noexcept {
  opus_uint32 range = 0;
  opus_decoder_ctl(static_cast<OpusDecoderState&>(decoder).get(), OPUS_GET_FINAL_RANGE(&range));
  return range;
}

}  // namespace codecs
