#include "codecs/g722.h"

#include <spandsp/telephony.h>
// telephony.h first: it defines what the other needs.
#include <spandsp/g722.h>

#include "codecs/plc.h"

namespace codecs {
namespace {

constexpr base::SampleRate kWide{16000};
constexpr base::SampleRate kNarrow{8000};
constexpr int kBitRate = 64000;
constexpr std::size_t kMaxOctets = 8 * kMaxPacketMs;

constexpr CodecInfo kInfo{.encoding = "G722",
                          .clock_rate = {8000},
                          .rtpmap_channels = 1,
                          .static_payload_type = 9,
                          .frame_ms_x10 = 10,
                          .default_ptime_ms = 20,
                          .native_rate = kWide,
                          .decode_cost_us = 560,
                          .encode_cost_us = 670,
                          .max_ptime_ms = kMaxPacketMs};

int options_for(base::SampleRate rate) {
  return rate == kNarrow ? G722_SAMPLE_RATE_8000 : 0;
}

struct FreeState {
  void operator()(g722_decode_state_t* state) const { g722_decode_free(state); }
  void operator()(g722_encode_state_t* state) const { g722_encode_free(state); }
};

struct G722Decoder final : Decoder {
  explicit G722Decoder(base::SampleRate rate)
      : samples_per_octet(rate == kNarrow ? 1 : 2),
        plc(rate),
        state(g722_decode_init(nullptr, kBitRate, options_for(rate))) {}
  std::size_t samples_per_octet;
  Plc plc;
  std::unique_ptr<g722_decode_state_t, FreeState> state;
};

struct G722Encoder final : Encoder {
  explicit G722Encoder(base::SampleRate rate)
      : samples_per_octet(rate == kNarrow ? 1 : 2),
        state(g722_encode_init(nullptr, kBitRate, options_for(rate))) {}
  std::size_t samples_per_octet;
  std::unique_ptr<g722_encode_state_t, FreeState> state;
};

bool in_range(const CoderParams& params) {
  return (params.sample_rate == kWide || params.sample_rate == kNarrow) && params.channels == 1;
}

}  // namespace

const CodecInfo& G722Codec::info() const {
  return kInfo;
}

bool G722Codec::interchangeable(std::string_view /*fmtp_a*/, std::string_view /*fmtp_b*/) const {
  return true;
}

std::string G722Codec::offer_fmtp() const {
  return {};
}

std::string G722Codec::answer_fmtp(std::string_view /*offered*/) const {
  return {};
}

base::SampleRate G722Codec::best_rate(base::SampleRate other) const {
  return other > kNarrow ? kWide : kNarrow;
}

std::unique_ptr<Decoder> G722Codec::make_decoder(const CoderParams& params) const {
  if (!in_range(params)) return nullptr;
  auto decoder = std::make_unique<G722Decoder>(params.sample_rate);
  if (decoder->state == nullptr) return nullptr;
  return decoder;
}

std::unique_ptr<Encoder> G722Codec::make_encoder(const CoderParams& params) const {
  if (!in_range(params) || params.ptime_ms == 0 || params.ptime_ms > kMaxPacketMs) return nullptr;
  auto encoder = std::make_unique<G722Encoder>(params.sample_rate);
  if (encoder->state == nullptr) return nullptr;
  return encoder;
}

void G722Codec::decode(std::span<DecodeJob> jobs) const noexcept {
  for (DecodeJob& job : jobs) {
    auto& decoder = static_cast<G722Decoder&>(*job.decoder);
    const bool received = job.kind == DecodeKind::kPayload;
    const std::size_t wanted = received ? job.payload.size() * decoder.samples_per_octet : job.samples_wanted;
    job.ok = wanted > 0 && wanted <= kMaxOctets * decoder.samples_per_octet && wanted <= job.pcm.size();
    job.samples = job.ok ? static_cast<std::uint32_t>(wanted) : 0;
    if (!job.ok) continue;
    const auto pcm = job.pcm.first(wanted);
    if (received) {
      g722_decode(decoder.state.get(), pcm.data(), reinterpret_cast<const std::uint8_t*>(job.payload.data()),
                  static_cast<int>(job.payload.size()));
      decoder.plc.received(pcm);
    } else {
      decoder.plc.conceal(pcm);
    }
  }
}

void G722Codec::encode(std::span<EncodeJob> jobs) const noexcept {
  for (EncodeJob& job : jobs) {
    auto& encoder = static_cast<G722Encoder&>(*job.encoder);
    const std::size_t octets = job.pcm.size() / encoder.samples_per_octet;
    job.ok = octets > 0 && octets <= job.payload.size() && job.pcm.size() % encoder.samples_per_octet == 0;
    job.size = job.ok ? static_cast<std::uint32_t>(octets) : 0;
    job.skipped = 0;
    if (!job.ok) continue;
    g722_encode(encoder.state.get(), reinterpret_cast<std::uint8_t*>(job.payload.data()), job.pcm.data(),
                static_cast<int>(job.pcm.size()));
  }
}

std::uint32_t G722Codec::duration_ticks(base::Octets payload) const noexcept {
  return payload.size() <= kMaxOctets ? static_cast<std::uint32_t>(payload.size()) : 0;
}

}  // namespace codecs
