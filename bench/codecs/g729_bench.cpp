/// \file
/// Time per 10 ms frame of G.729: our own codec on every instruction set of this machine and at several fills
/// of a batch, beside libbcg729 in the same run.

#include <benchmark/benchmark.h>

extern "C" {
#include <bcg729/decoder.h>
#include <bcg729/encoder.h>
}

#include <string>

#include "bench/codecs/signal.h"
#include "codecs/g729/batch.h"

namespace {

using codecs::g729::kFrame;
constexpr std::size_t kFrames = 300;
constexpr std::size_t kMost = 32;

const std::vector<std::int16_t>& speech() {
  static const auto pcm = bench::voice_like(kFrame * (kFrames + kMost), 8000);
  return pcm;
}

const std::int16_t* samples(std::size_t call, std::size_t frame) {
  return &speech()[(frame % kFrames + call) * kFrame];
}

/// The bitstream of the speech, by our encoder.
const std::vector<codecs::g729::FrameOctets>& coded() {
  static const auto octets = [] {
    std::vector<codecs::g729::FrameOctets> out;
    auto state = codecs::g729::initial_encoder(false);
    for (std::size_t f = 0; f < kFrames; ++f) {
      codecs::g729::EncodeFrame frame{&state, samples(0, f), {}, 0};
      codecs::g729::encode({&frame, 1});
      out.push_back(frame.octets);
    }
    return out;
  }();
  return octets;
}

void per_frame(benchmark::State& state, std::size_t calls) {
  state.counters["per_frame"] = benchmark::Counter(static_cast<double>(state.iterations() * calls),
                                                   benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void encode(benchmark::State& state, codecs::simd::Target target, std::size_t fill) {
  std::vector<codecs::g729::EncoderState> calls(fill, codecs::g729::initial_encoder(false));
  std::vector<codecs::g729::EncodeFrame> frames(fill);
  std::size_t n = 0;
  std::size_t redone = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < fill; ++i) frames[i] = {&calls[i], samples(i, n), {}, 0};
    redone += codecs::g729::encode(frames, target).redone;
    ++n;
  }
  per_frame(state, fill);
  state.counters["redone%"] = 100.0 * static_cast<double>(redone) / static_cast<double>(n * fill);
}

void decode(benchmark::State& state, codecs::simd::Target target, std::size_t fill) {
  std::vector<codecs::g729::DecoderState> calls(fill, codecs::g729::initial_decoder());
  std::vector<codecs::g729::DecodeFrame> frames(fill);
  std::vector<std::array<std::int16_t, kFrame>> out(fill);
  std::size_t n = 0;
  std::size_t redone = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < fill; ++i)
      frames[i] = {&calls[i], coded()[(n + 7 * i) % kFrames], false, out[i].data()};
    redone += codecs::g729::decode(frames, target).redone;
    ++n;
  }
  per_frame(state, fill);
  state.counters["redone%"] = 100.0 * static_cast<double>(redone) / static_cast<double>(n * fill);
}

void library_encode(benchmark::State& state) {
  auto* const channel = initBcg729EncoderChannel(0);
  std::size_t n = 0;
  for (auto _ : state) {
    std::array<std::uint8_t, 10> octets;
    std::uint8_t size = 0;
    bcg729Encoder(channel, samples(0, n++), octets.data(), &size);
    benchmark::DoNotOptimize(octets);
  }
  closeBcg729EncoderChannel(channel);
  per_frame(state, 1);
}

void library_decode(benchmark::State& state) {
  auto* const channel = initBcg729DecoderChannel();
  std::size_t n = 0;
  for (auto _ : state) {
    std::array<std::int16_t, kFrame> out;
    bcg729Decoder(channel, coded()[n++ % kFrames].data(), 10, 0, 0, 0, out.data());
    benchmark::DoNotOptimize(out);
  }
  closeBcg729DecoderChannel(channel);
  per_frame(state, 1);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::RegisterBenchmark("encode/libbcg729", library_encode);
  benchmark::RegisterBenchmark("decode/libbcg729", library_decode);
  for (const auto target : codecs::simd::runnable()) {
    const std::string name{codecs::simd::name(target)};
    for (const std::size_t fill : {1U, 2U, 4U, 8U, 16U, 32U}) {
      if (target == codecs::simd::Target::kScalar && fill > 1) break;
      const std::string label = "/" + name + "/fill" + std::to_string(fill);
      benchmark::RegisterBenchmark(("encode" + label).c_str(), encode, target, fill);
      benchmark::RegisterBenchmark(("decode" + label).c_str(), decode, target, fill);
    }
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
