/// \file
/// Resampling 20 ms, beside libswresample in the same run where it is installed. The two alternate: ours/...,
/// then swresample/... for each pair of rates.

#include <benchmark/benchmark.h>

#include <string>

#include "bench/codecs/signal.h"
#include "codecs/resample.h"
#include "codecs/simd/dispatch.h"

#ifdef MEDIAD_HAVE_SWRESAMPLE
extern "C" {
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}
#endif

namespace {

struct Pair {
  std::uint32_t from;
  std::uint32_t to;
};
constexpr Pair kPairs[] = {{8000, 16000}, {16000, 8000},  {8000, 48000},
                           {48000, 8000}, {16000, 48000}, {48000, 16000}};

void ours(benchmark::State& state, Pair pair) {
  const std::size_t size = pair.from / 50;
  const auto pcm = bench::voice_like(size * bench::kCalls, pair.from);
  std::vector<std::int16_t> out(pair.to / 50 + 1);
  std::vector<codecs::Resampler> calls;
  for (std::size_t i = 0; i < bench::kCalls; ++i)
    calls.emplace_back(base::SampleRate{pair.from}, base::SampleRate{pair.to});
  std::size_t call = 0;
  for (auto _ : state) {
    calls[call].process({&pcm[call * size], size}, out);
    benchmark::ClobberMemory();
    call = (call + 1) % bench::kCalls;
  }
}

#ifdef MEDIAD_HAVE_SWRESAMPLE
void swresample(benchmark::State& state, Pair pair) {
  const auto size = static_cast<int>(pair.from / 50);
  const auto pcm = bench::voice_like(static_cast<std::size_t>(size) * bench::kCalls, pair.from);
  std::vector<std::int16_t> out(pair.to / 50 + 64);
  std::vector<SwrContext*> calls(bench::kCalls);
  for (auto& context : calls) {
    AVChannelLayout mono{};
    av_channel_layout_default(&mono, 1);
    swr_alloc_set_opts2(&context, &mono, AV_SAMPLE_FMT_S16, static_cast<int>(pair.to), &mono,
                        AV_SAMPLE_FMT_S16, static_cast<int>(pair.from), 0, nullptr);
    swr_init(context);
  }
  std::size_t call = 0;
  for (auto _ : state) {
    const auto* in = reinterpret_cast<const std::uint8_t*>(&pcm[call * static_cast<std::size_t>(size)]);
    auto* to = reinterpret_cast<std::uint8_t*>(out.data());
    swr_convert(calls[call], &to, static_cast<int>(out.size()), &in, size);
    benchmark::ClobberMemory();
    call = (call + 1) % bench::kCalls;
  }
  for (auto& context : calls) swr_free(&context);
}
#endif

}  // namespace

int main(int argc, char** argv) {
  benchmark::AddCustomContext("simd", std::string{codecs::simd::name(codecs::simd::selected())});
  for (const Pair pair : kPairs) {
    const std::string label = std::to_string(pair.from) + "/" + std::to_string(pair.to);
    benchmark::RegisterBenchmark(("ours/" + label).c_str(), ours, pair);
#ifdef MEDIAD_HAVE_SWRESAMPLE
    benchmark::RegisterBenchmark(("swresample/" + label).c_str(), swresample, pair);
#endif
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
