/// \file
/// Time per 20 ms packet of each codec, encoding and decoding, at each rate that another leg may want.

#include <benchmark/benchmark.h>

#include <string>

#include "bench/codecs/signal.h"
#include "codecs/registry.h"
#include "codecs/simd/dispatch.h"

namespace {

constexpr std::size_t kPackets = 100;

struct Case {
  const codecs::Codec* codec;
  codecs::CoderParams params;
  [[nodiscard]] std::size_t samples() const {
    return std::size_t{params.sample_rate.hz} / 1000 * params.ptime_ms;
  }
};

void encode(benchmark::State& state, const Case& c) {
  const auto pcm = bench::voice_like(c.samples() * kPackets, c.params.sample_rate.hz);
  std::vector<std::unique_ptr<codecs::Encoder>> encoders;
  std::vector<std::byte> payload(codecs::kMaxPayload);
  for (std::size_t i = 0; i < bench::kCalls; ++i) encoders.push_back(c.codec->make_encoder(c.params));
  std::size_t n = 0;
  std::size_t octets = 0;
  for (auto _ : state) {
    codecs::EncodeJob job{.encoder = encoders[n % bench::kCalls].get(),
                          .pcm = {&pcm[n / bench::kCalls % kPackets * c.samples()], c.samples()},
                          .payload = payload};
    c.codec->encode({&job, 1});
    octets += job.size;
    ++n;
  }
  state.counters["octets"] = static_cast<double>(octets) / static_cast<double>(n);
}

void decode(benchmark::State& state, const Case& c) {
  const auto pcm = bench::voice_like(c.samples() * kPackets, c.params.sample_rate.hz);
  const auto encoder = c.codec->make_encoder(c.params);
  std::vector<std::vector<std::byte>> payloads(kPackets, std::vector<std::byte>(codecs::kMaxPayload));
  for (std::size_t i = 0; i < kPackets; ++i) {
    codecs::EncodeJob job{
        .encoder = encoder.get(), .pcm = {&pcm[i * c.samples()], c.samples()}, .payload = payloads[i]};
    c.codec->encode({&job, 1});
    payloads[i].resize(job.size);
  }
  std::vector<std::unique_ptr<codecs::Decoder>> decoders;
  for (std::size_t i = 0; i < bench::kCalls; ++i) decoders.push_back(c.codec->make_decoder(c.params));
  std::vector<std::int16_t> out(codecs::kMaxPacketSamples);
  std::size_t n = 0;
  for (auto _ : state) {
    codecs::DecodeJob job{.decoder = decoders[n % bench::kCalls].get(),
                          .payload = payloads[n / bench::kCalls % kPackets],
                          .pcm = out};
    c.codec->decode({&job, 1});
    benchmark::DoNotOptimize(job.samples);
    ++n;
  }
}

void add(const codecs::Codec& codec, std::uint32_t rate, int complexity) {
  const auto& info = codec.info();
  const Case c{&codec,
               {.fmtp = "",
                .sample_rate = {rate},
                .channels = 1,
                .ptime_ms = codec.fit_ptime(20),
                .bit_rate = complexity < 0 ? 0 : 20000,  // few enough for effort to matter
                .complexity = complexity < 0 ? codecs::kUsualComplexity : complexity}};
  std::string label{info.encoding};
  if (info.rtpmap_channels == 2 && info.encoding != "opus") label += "-stereo";
  label += "/" + std::to_string(rate);
  const auto effort = complexity < 0 ? std::string{} : "/c" + std::to_string(complexity);
  benchmark::RegisterBenchmark(("encode/" + label + effort).c_str(), encode, c);
  if (complexity < 0) benchmark::RegisterBenchmark(("decode/" + label).c_str(), decode, c);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::AddCustomContext("simd", std::string{codecs::simd::name(codecs::simd::selected())});
  benchmark::AddCustomContext("packet", "20 ms, or the longest that fits");
  for (const codecs::Codec* codec : codecs::all()) {
    for (const std::uint32_t rate : {8000U, 16000U, 48000U}) {
      if (codec->best_rate({rate}).hz != rate) continue;
      add(*codec, rate, -1);
      if (codec->info().encoding == "opus") {
        add(*codec, rate, 0);
        add(*codec, rate, 10);
      }
    }
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
