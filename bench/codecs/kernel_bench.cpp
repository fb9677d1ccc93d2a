/// \file
/// The kernels, for each instruction set of this machine, per 20 ms of one call.

#include <benchmark/benchmark.h>

#include <string>

#include "bench/codecs/signal.h"
#include "codecs/simd/kernels.h"

namespace {

using codecs::simd::Kernels;

/// Distinct buffers for every call, so that the data comes from where it would in a server.
struct Buffers {
  std::vector<std::int16_t> pcm = bench::voice_like(160 * bench::kCalls, 8000);
  std::vector<std::uint8_t> codes = std::vector<std::uint8_t>(160 * bench::kCalls, 0x5A);
  std::vector<std::int32_t> sum = std::vector<std::int32_t>(160 * bench::kCalls);
};

template <typename Work>
void run(benchmark::State& state, const Work& work) {
  Buffers buffers;
  std::size_t call = 0;
  for (auto _ : state) {
    work(buffers, call * 160);
    benchmark::ClobberMemory();
    call = (call + 1) % bench::kCalls;
  }
}

void add(const std::string& target, const Kernels& k) {
  const auto name = [&](const char* what) { return what + ("/" + target); };
  const auto bench = [&](const char* what, auto work) {
    benchmark::RegisterBenchmark(name(what).c_str(), [work](benchmark::State& state) { run(state, work); });
  };
  bench("ulaw_encode", [&k](Buffers& b, std::size_t at) { k.ulaw_encode(&b.pcm[at], &b.codes[at], 160); });
  bench("alaw_encode", [&k](Buffers& b, std::size_t at) { k.alaw_encode(&b.pcm[at], &b.codes[at], 160); });
  bench("ulaw_decode", [&k](Buffers& b, std::size_t at) { k.ulaw_decode(&b.codes[at], &b.pcm[at], 160); });
  bench("alaw_decode", [&k](Buffers& b, std::size_t at) { k.alaw_decode(&b.codes[at], &b.pcm[at], 160); });
  bench("alaw_to_ulaw",
        [&k](Buffers& b, std::size_t at) { k.alaw_to_ulaw(&b.codes[at], &b.codes[at], 160); });
  bench("gain", [&k](Buffers& b, std::size_t at) { k.gain(&b.pcm[at], 160, 4000); });
  bench("accumulate", [&k](Buffers& b, std::size_t at) { k.accumulate(&b.sum[at], &b.pcm[at], 160); });
  bench("mix_minus",
        [&k](Buffers& b, std::size_t at) { k.mix_minus(&b.sum[at], &b.pcm[at], &b.pcm[at], 160); });
}

}  // namespace

int main(int argc, char** argv) {
  for (const auto target : codecs::simd::runnable()) {
    add(std::string{codecs::simd::name(target)}, codecs::simd::kernels_for(target));
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
