#include "codecs/bcg729_codec.h"

extern "C" {
#include <bcg729/decoder.h>
#include <bcg729/encoder.h>
}

#include <array>

#include "codecs/g729_format.h"

namespace codecs {
namespace {

constexpr base::SampleRate kRate{8000};

constexpr CodecInfo kInfo{.encoding = "G729",
                          .clock_rate = {8000},
                          .rtpmap_channels = 1,
                          .static_payload_type = 18,
                          .frame_ms_x10 = 100,
                          .default_ptime_ms = 20,
                          .native_rate = kRate,
                          .decode_cost_us = 520,
                          .encode_cost_us = 2700,
                          .max_ptime_ms = kMaxPacketMs};

struct CloseChannel {
  void operator()(bcg729DecoderChannelContextStruct* channel) const { closeBcg729DecoderChannel(channel); }
  void operator()(bcg729EncoderChannelContextStruct* channel) const { closeBcg729EncoderChannel(channel); }
};

struct Bcg729Decoder final : Decoder {
  std::unique_ptr<bcg729DecoderChannelContextStruct, CloseChannel> channel{initBcg729DecoderChannel()};

  bool pause{false};  ///< the last frame was a noise description

  enum class Frame : std::uint8_t { kVoice, kSid, kErased, kUntransmitted };
  void frame(const std::byte* code, Frame kind, std::int16_t* pcm) {
    const auto size = kind == Frame::kVoice ? g729::kVoiceOctets : kind == Frame::kSid ? g729::kSidOctets : 0;
    const bool noise = kind == Frame::kSid || kind == Frame::kUntransmitted;
    bcg729Decoder(channel.get(), reinterpret_cast<const std::uint8_t*>(code), static_cast<std::uint8_t>(size),
                  size == 0 ? 1 : 0, noise ? 1 : 0, 0, pcm);
    pause = noise;
  }
};

struct Bcg729Encoder final : Encoder {
  explicit Bcg729Encoder(bool dtx) : channel(initBcg729EncoderChannel(dtx ? 1 : 0)) {}
  std::unique_ptr<bcg729EncoderChannelContextStruct, CloseChannel> channel;
};

bool decode_payload(Bcg729Decoder& decoder, DecodeJob& job) {
  const auto layout = g729::layout_of(job.payload);
  const std::size_t samples = layout.frames() * g729::kFrameSamples;
  if (samples == 0 || samples > job.pcm.size()) return false;
  const std::byte* code = job.payload.data();
  std::int16_t* pcm = job.pcm.data();
  for (std::uint32_t i = 0; i < layout.voice; ++i) {
    decoder.frame(code, Bcg729Decoder::Frame::kVoice, pcm);
    code += g729::kVoiceOctets;
    pcm += g729::kFrameSamples;
  }
  if (layout.sid) decoder.frame(code, Bcg729Decoder::Frame::kSid, pcm);
  job.samples = static_cast<std::uint32_t>(samples);
  return true;
}

/// Erased frames: repetition after speech, comfort noise after a SID (G.729 §4.4, B.4.6).
bool conceal(Bcg729Decoder& decoder, DecodeJob& job) {
  const std::size_t frames = (job.samples_wanted + g729::kFrameSamples - 1) / g729::kFrameSamples;
  if (frames == 0 || frames > g729::kMaxFrames || frames * g729::kFrameSamples > job.pcm.size()) return false;
  for (std::size_t i = 0; i < frames; ++i) {
    using Frame = Bcg729Decoder::Frame;
    const auto kind = decoder.pause ? Frame::kUntransmitted : Frame::kErased;
    decoder.frame(nullptr, kind, &job.pcm[i * g729::kFrameSamples]);
  }
  job.samples = job.samples_wanted;
  return true;
}

}  // namespace

const CodecInfo& Bcg729Codec::info() const {
  return kInfo;
}

std::unique_ptr<Decoder> Bcg729Codec::make_decoder(const CoderParams& params) const {
  if (!decodes(params)) return nullptr;
  auto decoder = std::make_unique<Bcg729Decoder>();
  if (decoder->channel == nullptr) return nullptr;
  return decoder;
}

std::unique_ptr<Encoder> Bcg729Codec::make_encoder(const CoderParams& params) const {
  if (!encodes(params)) return nullptr;
  auto encoder = std::make_unique<Bcg729Encoder>(params.dtx && g729::annexb(params.fmtp));
  if (encoder->channel == nullptr) return nullptr;
  return encoder;
}

void Bcg729Codec::decode(std::span<DecodeJob> jobs) const noexcept {
  for (DecodeJob& job : jobs) {
    auto& decoder = static_cast<Bcg729Decoder&>(*job.decoder);
    job.samples = 0;
    job.ok = job.kind == DecodeKind::kPayload ? decode_payload(decoder, job) : conceal(decoder, job);
  }
}

void Bcg729Codec::encode(std::span<EncodeJob> jobs) const noexcept {
  for (EncodeJob& job : jobs) {
    auto& encoder = static_cast<Bcg729Encoder&>(*job.encoder);
    const auto frames = job.pcm.size() / g729::kFrameSamples;
    g729::PacketWriter packet{job.payload};
    job.ok = frames > 0 && frames <= g729::kMaxFrames && job.pcm.size() % g729::kFrameSamples == 0;
    for (std::size_t i = 0; job.ok && i < frames; ++i) {
      std::array<std::uint8_t, g729::kVoiceOctets> code;
      std::uint8_t size = 0;
      bcg729Encoder(encoder.channel.get(), &job.pcm[i * g729::kFrameSamples], code.data(), &size);
      job.ok = packet.add(std::as_bytes(std::span{code}.first(size)));
    }
    job.size = job.ok ? packet.size() : 0;
    job.skipped = job.size > 0 ? packet.skipped() : 0;
  }
}

}  // namespace codecs
