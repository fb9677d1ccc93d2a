#include "bench/load/speech_payloads.h"

#include <fmt/format.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "codecs/registry.h"

namespace bench {
namespace {

struct Wav {
  std::uint32_t rate{0};
  std::vector<std::int16_t> samples;
};

base::Result<Wav> read_wav(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  const std::string data{std::istreambuf_iterator<char>{file}, {}};
  if (data.size() < 44 || data.compare(0, 4, "RIFF") != 0)
    return base::Error{fmt::format("{}: no wav file", path)};
  Wav wav;
  std::memcpy(&wav.rate, data.data() + 24, 4);
  const auto start = data.find("data");
  if (start == std::string::npos || start + 8 > data.size())
    return base::Error{fmt::format("{}: no samples", path)};
  wav.samples.resize((data.size() - start - 8) / 2);
  std::memcpy(wav.samples.data(), data.data() + start + 8, wav.samples.size() * 2);
  return wav;
}

std::vector<std::int16_t> decimate(const std::vector<std::int16_t>& samples, std::uint32_t factor) {
  std::vector<std::int16_t> out(samples.size() / factor);
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::int32_t sum = 0;
    for (std::uint32_t k = 0; k < factor; ++k) sum += samples[i * factor + k];
    out[i] = static_cast<std::int16_t>(sum / static_cast<std::int32_t>(factor));
  }
  return out;
}

}  // namespace

base::Result<SpeechPayloads> encode_speech(const std::string& encoding, const std::string& wav_path) {
  const auto* codec = codecs::find(encoding);
  if (codec == nullptr) return base::Error{fmt::format("no codec {}", encoding)};
  auto wav = read_wav(wav_path);
  if (!wav) return wav.error();
  const auto& info = codec->info();
  const auto rate = info.native_rate;
  if (wav->rate % rate.hz != 0)
    return base::Error{fmt::format("{}: {} Hz does not suit", wav_path, wav->rate)};
  const auto samples = decimate(wav->samples, wav->rate / rate.hz);

  codecs::CoderParams params;
  params.sample_rate = rate;
  params.bit_rate = encoding == "opus" ? 24000 : 0;
  const auto encoder = codec->make_encoder(params);
  if (!encoder) return base::Error{fmt::format("{} does not encode at {} Hz", encoding, rate.hz)};

  SpeechPayloads speech;
  speech.format = {std::string{info.encoding}, info.clock_rate, info.rtpmap_channels, ""};
  speech.payload_type = info.static_payload_type == codecs::kDynamic ? 96 : info.static_payload_type;
  speech.ticks_per_packet = info.clock_rate.hz / 50;
  const std::size_t frame = rate.hz / 50;
  for (std::size_t at = 0; at + frame <= samples.size(); at += frame) {
    std::vector<std::byte> payload(codecs::kMaxPayload);
    codecs::EncodeJob job{encoder.get(), std::span{samples}.subspan(at, frame), payload, 0, false};
    codec->encode({&job, 1});
    if (!job.ok || job.size == 0) continue;
    payload.resize(job.size);
    speech.packets.push_back(std::move(payload));
  }
  if (speech.packets.empty()) return base::Error{fmt::format("{}: too short", wav_path)};
  return speech;
}

}  // namespace bench
