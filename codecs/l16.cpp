#include "codecs/l16.h"

#include <algorithm>

#include "codecs/plc.h"

namespace codecs {
namespace {

struct L16Decoder final : Decoder {
  explicit L16Decoder(base::SampleRate rate) : plc(rate) {}
  Plc plc;
};

struct L16Encoder final : Encoder {};  // no state: each sample stands alone

std::int16_t load_sample(const std::byte* octets) {
  return static_cast<std::int16_t>(base::load_be16(octets));
}

/// Sample-based codecs are usually sent 20 ms at a time; wide ones only as much as fits into a packet.
std::uint16_t default_ptime(std::uint16_t longest) {
  constexpr std::uint16_t kUsual = 20;
  return longest >= kUsual ? kUsual : longest >= 10 ? std::uint16_t{10} : std::uint16_t{5};
}

CodecInfo describe(base::SampleRate rate, std::uint8_t channels) {
  const std::uint32_t octets_per_ms = rate.hz / 1000 * 2 * channels;
  const auto longest = static_cast<std::uint16_t>(kMaxPayload / octets_per_ms);
  return {.encoding = "L16",
          .clock_rate = {rate.hz},
          .rtpmap_channels = channels,
          .static_payload_type = kDynamic,
          .frame_ms_x10 = 10,
          .default_ptime_ms = default_ptime(longest),
          .native_rate = rate,
          .decode_cost_us = 10,
          .encode_cost_us = 5,
          .max_ptime_ms = longest};
}

}  // namespace

L16Codec::L16Codec(base::SampleRate rate, std::uint8_t channels) : info_(describe(rate, channels)) {}

const CodecInfo& L16Codec::info() const {
  return info_;
}

bool L16Codec::interchangeable(std::string_view /*fmtp_a*/, std::string_view /*fmtp_b*/) const {
  return true;
}

std::string L16Codec::offer_fmtp() const {
  return {};
}

std::string L16Codec::answer_fmtp(std::string_view /*offered*/) const {
  return {};
}

base::SampleRate L16Codec::best_rate(base::SampleRate /*other*/) const {
  return info_.native_rate;
}

std::size_t L16Codec::max_samples() const {
  return std::size_t{info_.native_rate.hz} / 1000 * kMaxPacketMs;
}

bool L16Codec::in_range(const CoderParams& params) const {
  return params.sample_rate == info_.native_rate && params.channels == 1;
}

std::unique_ptr<Decoder> L16Codec::make_decoder(const CoderParams& params) const {
  if (!in_range(params)) return nullptr;
  return std::make_unique<L16Decoder>(info_.native_rate);
}

std::unique_ptr<Encoder> L16Codec::make_encoder(const CoderParams& params) const {
  if (!in_range(params) || params.ptime_ms == 0 || params.ptime_ms > info_.max_ptime_ms) return nullptr;
  return std::make_unique<L16Encoder>();
}

void L16Codec::decode(std::span<DecodeJob> jobs) const noexcept {
  for (DecodeJob& job : jobs) {
    auto& plc = static_cast<L16Decoder&>(*job.decoder).plc;
    const bool received = job.kind == DecodeKind::kPayload;
    const std::size_t wanted = received ? job.payload.size() / frame_octets() : job.samples_wanted;
    job.ok = wanted > 0 && wanted <= max_samples() && wanted <= job.pcm.size() &&
             (!received || job.payload.size() % frame_octets() == 0);
    job.samples = job.ok ? static_cast<std::uint32_t>(wanted) : 0;
    if (!job.ok) continue;
    const auto pcm = job.pcm.first(wanted);
    if (!received) {
      plc.conceal(pcm);
      continue;
    }
    const std::byte* octets = job.payload.data();
    if (info_.rtpmap_channels == 1) {
      for (std::size_t i = 0; i < wanted; ++i) pcm[i] = load_sample(octets + 2 * i);
    } else {
      for (std::size_t i = 0; i < wanted; ++i) {
        const int sum = load_sample(octets + 4 * i) + load_sample(octets + 4 * i + 2);
        pcm[i] = static_cast<std::int16_t>(sum / 2);
      }
    }
    plc.received(pcm);
  }
}

void L16Codec::encode(std::span<EncodeJob> jobs) const noexcept {
  for (EncodeJob& job : jobs) {
    const std::size_t octets = job.pcm.size() * frame_octets();
    job.ok = octets > 0 && octets <= job.payload.size();
    job.size = job.ok ? static_cast<std::uint32_t>(octets) : 0;
    job.skipped = 0;
    if (!job.ok) continue;
    std::byte* out = job.payload.data();
    for (const std::int16_t sample : job.pcm) {
      for (int channel = 0; channel < info_.rtpmap_channels; ++channel, out += 2) {
        base::store_be16(out, static_cast<std::uint16_t>(sample));
      }
    }
  }
}

std::uint32_t L16Codec::duration_ticks(base::Octets payload) const noexcept {
  const std::size_t samples = payload.size() / frame_octets();
  if (payload.size() % frame_octets() != 0 || samples > max_samples()) return 0;
  return static_cast<std::uint32_t>(samples);
}

}  // namespace codecs
