#include "codecs/g711.h"

#include "codecs/plc.h"
#include "codecs/simd/kernels.h"

namespace codecs {
namespace {

constexpr base::SampleRate kRate{8000};
constexpr std::size_t kMaxOctets = 8 * kMaxPacketMs;

constexpr CodecInfo kMuInfo{.encoding = "PCMU",
                            .clock_rate = {8000},
                            .rtpmap_channels = 1,
                            .static_payload_type = 0,
                            .frame_ms_x10 = 10,
                            .default_ptime_ms = 20,
                            .native_rate = kRate,
                            .decode_cost_us = 5,
                            .encode_cost_us = 3,
                            .max_ptime_ms = kMaxPacketMs};

constexpr CodecInfo kAInfo{.encoding = "PCMA",
                           .clock_rate = {8000},
                           .rtpmap_channels = 1,
                           .static_payload_type = 8,
                           .frame_ms_x10 = 10,
                           .default_ptime_ms = 20,
                           .native_rate = kRate,
                           .decode_cost_us = 5,
                           .encode_cost_us = 3,
                           .max_ptime_ms = kMaxPacketMs};

struct G711Decoder final : Decoder {
  Plc plc{kRate};
};

struct G711Encoder final : Encoder {};  // no state: each sample stands alone

bool in_range(const CoderParams& params) {
  return params.sample_rate == kRate && params.channels == 1;
}

}  // namespace

const CodecInfo& G711Codec::info() const {
  return law_ == Law::kMu ? kMuInfo : kAInfo;
}

bool G711Codec::interchangeable(std::string_view /*fmtp_a*/, std::string_view /*fmtp_b*/) const {
  return true;
}

std::string G711Codec::offer_fmtp() const {
  return {};
}

std::string G711Codec::answer_fmtp(std::string_view /*offered*/) const {
  return {};
}

base::SampleRate G711Codec::best_rate(base::SampleRate /*other*/) const {
  return kRate;
}

std::unique_ptr<Decoder> G711Codec::make_decoder(const CoderParams& params) const {
  if (!in_range(params)) return nullptr;
  return std::make_unique<G711Decoder>();
}

std::unique_ptr<Encoder> G711Codec::make_encoder(const CoderParams& params) const {
  if (!in_range(params) || params.ptime_ms == 0 || params.ptime_ms > kMaxPacketMs) return nullptr;
  return std::make_unique<G711Encoder>();
}

void G711Codec::decode(std::span<DecodeJob> jobs) const noexcept {
  const auto expand = law_ == Law::kMu ? simd::kernels().ulaw_decode : simd::kernels().alaw_decode;
  for (DecodeJob& job : jobs) {
    auto& plc = static_cast<G711Decoder&>(*job.decoder).plc;
    const bool received = job.kind == DecodeKind::kPayload;
    const std::size_t wanted = received ? job.payload.size() : job.samples_wanted;
    job.ok = wanted > 0 && wanted <= kMaxOctets && wanted <= job.pcm.size();
    job.samples = job.ok ? static_cast<std::uint32_t>(wanted) : 0;
    if (!job.ok) continue;
    const auto pcm = job.pcm.first(wanted);
    if (received) {
      expand(reinterpret_cast<const std::uint8_t*>(job.payload.data()), pcm.data(), wanted);
      plc.received(pcm);
    } else {
      plc.conceal(pcm);
    }
  }
}

void G711Codec::encode(std::span<EncodeJob> jobs) const noexcept {
  const auto compress = law_ == Law::kMu ? simd::kernels().ulaw_encode : simd::kernels().alaw_encode;
  for (EncodeJob& job : jobs) {
    job.ok = !job.pcm.empty() && job.pcm.size() <= job.payload.size();
    job.size = job.ok ? static_cast<std::uint32_t>(job.pcm.size()) : 0;
    job.skipped = 0;
    if (!job.ok) continue;
    compress(job.pcm.data(), reinterpret_cast<std::uint8_t*>(job.payload.data()), job.pcm.size());
  }
}

std::uint32_t G711Codec::duration_ticks(base::Octets payload) const noexcept {
  return payload.size() <= kMaxOctets ? static_cast<std::uint32_t>(payload.size()) : 0;
}

}  // namespace codecs
