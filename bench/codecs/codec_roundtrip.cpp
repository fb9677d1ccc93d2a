/// \file
/// Speech through a chain of codecs, each over a link that loses packets: what scripts/quality/codec_table
/// measures. Prints the bit rate of each link.
///
///   codec_roundtrip IN.wav OUT.wav LOSS_PERCENT GAPS CODEC[/BITRATE[/COMPLEXITY]]...
///
/// GAPS: silent (lost packets become zeros), conceal (the decoder's concealment), recover (in-band FEC where
/// the next packet has arrived). IN.wav: mono 16 bit at 8, 16 or 48 kHz; OUT.wav has the same rate.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "codecs/registry.h"
#include "codecs/resample.h"
#include "mediad/base/byte_io.h"

namespace {

using Pcm = std::vector<std::int16_t>;

struct Audio {
  std::uint32_t rate{0};
  Pcm pcm;
};

constexpr std::size_t kWavHeader = 44;

Audio read_wav(const char* path) {
  std::ifstream file{path, std::ios::binary};
  const std::string octets{std::istreambuf_iterator<char>{file}, {}};
  Audio audio;
  if (octets.size() < kWavHeader) return audio;
  std::memcpy(&audio.rate, octets.data() + 24, sizeof audio.rate);
  audio.pcm.resize((octets.size() - kWavHeader) / 2);
  std::memcpy(audio.pcm.data(), octets.data() + kWavHeader, audio.pcm.size() * 2);
  return audio;
}

void write_wav(const char* path, const Audio& audio) {
  std::string header(kWavHeader, '\0');
  const auto put = [&](std::size_t at, std::uint32_t value) { std::memcpy(&header[at], &value, 4); };
  const auto size = static_cast<std::uint32_t>(audio.pcm.size() * 2);
  header.replace(0, 4, "RIFF").replace(8, 8, "WAVEfmt ").replace(36, 4, "data");
  put(4, 36 + size);
  put(16, 16);
  put(20, 1 | 1U << 16);  // linear, mono
  put(24, audio.rate);
  put(28, audio.rate * 2);
  put(32, 2 | 16U << 16);
  put(40, size);
  std::ofstream file{path, std::ios::binary};
  file.write(header.data(), static_cast<std::streamsize>(header.size()));
  file.write(reinterpret_cast<const char*>(audio.pcm.data()), size);
}

Audio resampled(const Audio& audio, std::uint32_t rate) {
  codecs::Resampler resampler{{audio.rate}, {rate}};
  Audio out{rate, Pcm(resampler.output_size(audio.pcm.size()))};
  resampler.process(audio.pcm, out.pcm);
  return out;
}

struct Link {
  const codecs::Codec* codec;
  codecs::CoderParams params;
};

/// CODEC[/BITRATE[/COMPLEXITY]]
Link parse_link(const std::string& text, std::uint32_t rate) {
  Link link{codecs::find(text.substr(0, text.find('/'))), {}};
  if (link.codec == nullptr) return link;
  link.params.sample_rate = link.codec->best_rate({rate});
  link.params.fmtp = "useinbandfec=1;annexb=no";
  link.params.ptime_ms = link.codec->fit_ptime(20);
  const auto first = text.find('/');
  if (first == std::string::npos) return link;
  link.params.bit_rate = std::atoi(text.c_str() + first + 1);
  const auto second = text.find('/', first + 1);
  if (second != std::string::npos) link.params.complexity = std::atoi(text.c_str() + second + 1);
  return link;
}

struct Loss {
  double percent;
  std::string gaps;
};

Audio through(const Link& link, const Audio& in, const Loss& loss, std::mt19937& random) {
  const auto encoder = link.codec->make_encoder(link.params);
  const auto decoder = link.codec->make_decoder(link.params);
  const std::size_t samples = std::size_t{in.rate} / 1000 * link.params.ptime_ms;
  if (loss.gaps == "recover") link.codec->set_expected_loss(*encoder, static_cast<float>(loss.percent / 100));
  std::vector<std::vector<std::byte>> packets;
  std::vector<bool> lost;
  std::size_t octets = 0;
  for (std::size_t at = 0; at + samples <= in.pcm.size(); at += samples) {
    std::vector<std::byte> payload(codecs::kMaxPayload);
    codecs::EncodeJob job{.encoder = encoder.get(), .pcm = {&in.pcm[at], samples}, .payload = payload};
    link.codec->encode({&job, 1});
    payload.resize(job.size);
    octets += job.size;
    packets.push_back(std::move(payload));
    lost.push_back(std::uniform_real_distribution<>{0, 100}(random) < loss.percent);
  }
  Audio out{in.rate, {}};
  for (std::size_t i = 0; i < packets.size(); ++i) {
    Pcm pcm(codecs::kMaxPacketSamples);
    codecs::DecodeJob job{.decoder = decoder.get(), .payload = packets[i], .pcm = pcm};
    if (lost[i]) {
      const bool next = loss.gaps == "recover" && i + 1 < packets.size() && !lost[i + 1];
      job.kind = next ? codecs::DecodeKind::kRecover : codecs::DecodeKind::kLost;
      job.payload = next ? base::Octets{packets[i + 1]} : base::Octets{};
      job.samples_wanted = static_cast<std::uint32_t>(samples);
    }
    if (!lost[i] || loss.gaps != "silent") link.codec->decode({&job, 1});
    out.pcm.insert(out.pcm.end(), pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(samples));
  }
  std::printf("%.1f ", static_cast<double>(octets) * 8 * in.rate / static_cast<double>(in.pcm.size()) / 1000);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr,
                 "usage: %s IN.wav OUT.wav LOSS silent|conceal|recover CODEC[/BITRATE[/COMPLEXITY]]...\n",
                 argv[0]);
    return 2;
  }
  const Audio original = read_wav(argv[1]);
  if (!codecs::Resampler::supports({original.rate}, {original.rate})) {
    std::fprintf(stderr, "%s: no mono WAV of a known rate\n", argv[1]);
    return 2;
  }
  Audio audio = original;
  std::mt19937 random{7};
  for (int i = 5; i < argc; ++i) {
    const Link link = parse_link(argv[i], audio.rate);
    if (link.codec == nullptr) {
      std::fprintf(stderr, "%s: no such codec\n", argv[i]);
      return 2;
    }
    // As a translator does it: the next leg works at what suits it and what is left of the signal.
    audio = resampled(audio, link.params.sample_rate.hz);
    audio = through(link, audio, {std::atof(argv[3]), argv[4]}, random);
  }
  write_wav(argv[2], resampled(audio, original.rate));
}
