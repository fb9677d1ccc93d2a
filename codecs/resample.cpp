#include "codecs/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "codecs/simd/kernels.h"

namespace codecs {
namespace {

constexpr std::array<std::uint32_t, 5> kRates{8000, 12000, 16000, 24000, 48000};
constexpr std::uint32_t kTapsAtLowerRate = 32;
constexpr double kKaiserBeta = 5.0;  // 54 dB with a transition of 0.9 to 1.1 of Nyquist over 32 samples
constexpr double kUnity = 16384;     // Q14
constexpr std::size_t kChunk = 960;  // 20 ms at 48 kHz are filtered at once
constexpr std::size_t kMaxTaps = kTapsAtLowerRate * 6;

/// Modified Bessel function of order zero, by its power series.
double bessel_i0(double x) {
  double sum = 1;
  double term = 1;
  for (int k = 1; term > sum * 1e-12; ++k) {
    term *= x / (2 * k) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

double sinc(double x) {
  return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

/// Rounds a row so that it sums to exactly one: every phase passes a constant unchanged, or the output would
/// be modulated at the input rate.
void quantise(std::span<const double> row, std::int16_t* out) {
  const double scale = kUnity / std::accumulate(row.begin(), row.end(), 0.0);
  int rest = static_cast<int>(kUnity);
  std::size_t largest = 0;
  for (std::size_t k = 0; k < row.size(); ++k) {
    out[k] = static_cast<std::int16_t>(std::lround(row[k] * scale));
    rest -= out[k];
    if (out[k] > out[largest]) largest = k;
  }
  out[largest] = static_cast<std::int16_t>(out[largest] + rest);
}

/// A Kaiser-windowed sinc at the common multiple of both rates, taken apart into its phases.
ResampleFilter design(std::uint32_t from, std::uint32_t to) {
  const std::uint32_t common = std::gcd(from, to);
  ResampleFilter filter{.phases = to / common, .step = from / common, .taps = 0, .coefficients = {}};
  const std::uint32_t lower = std::min(from, to);
  filter.taps = (kTapsAtLowerRate * from / lower + 15) / 16 * 16;
  const std::uint32_t length = filter.taps * filter.phases;
  const double centre = (length - 1) / 2.0;
  const double cutoff = static_cast<double>(lower) / (static_cast<double>(from) * filter.phases);
  const auto prototype = [&](std::uint32_t j) {
    const double offset = (j - centre) / (centre + 0.5);
    return sinc((j - centre) * cutoff) * bessel_i0(kKaiserBeta * std::sqrt(1 - offset * offset));
  };
  filter.coefficients = std::make_unique<std::int16_t[]>(length);
  std::vector<double> row(filter.taps);
  for (std::uint32_t phase = 0; phase < filter.phases; ++phase) {
    // The newest sample of the window meets the earliest coefficient.
    for (std::uint32_t k = 0; k < filter.taps; ++k) {
      row[k] = prototype(phase + (filter.taps - 1 - k) * filter.phases);
    }
    quantise(row, &filter.coefficients[std::size_t{phase} * filter.taps]);
  }
  return filter;
}

/// One filter for each ordered pair of rates; those of equal rates stay empty.
using FilterBank = std::array<std::array<ResampleFilter, kRates.size()>, kRates.size()>;
FilterBank design_all() {
  FilterBank bank;
  for (std::size_t i = 0; i < kRates.size(); ++i) {
    for (std::size_t j = 0; j < kRates.size(); ++j) {
      if (i != j) bank[i][j] = design(kRates[i], kRates[j]);
    }
  }
  return bank;
}

}  // namespace

const ResampleFilter* ResampleFilter::find(base::SampleRate from, base::SampleRate to) {
  static const FilterBank bank = design_all();
  const auto i = std::ranges::find(kRates, from.hz);
  const auto j = std::ranges::find(kRates, to.hz);
  if (i == kRates.end() || j == kRates.end() || i == j) return nullptr;
  return &bank[static_cast<std::size_t>(i - kRates.begin())][static_cast<std::size_t>(j - kRates.begin())];
}

bool Resampler::supports(base::SampleRate from, base::SampleRate to) {
  const auto known = [](base::SampleRate rate) { return std::ranges::find(kRates, rate.hz) != kRates.end(); };
  return known(from) && known(to);
}

Resampler::Resampler(base::SampleRate from, base::SampleRate to)
    : filter_(ResampleFilter::find(from, to)),
      tail_(filter_ != nullptr ? std::make_unique<std::int16_t[]>(filter_->taps - 1) : nullptr) {}

std::size_t Resampler::output_size(std::size_t input) const noexcept {
  if (filter_ == nullptr) return input;
  if (input <= skip_) return 0;
  return ((input - skip_) * filter_->phases - phase_ + filter_->step - 1) / filter_->step;
}

std::size_t Resampler::process(std::span<const std::int16_t> input, std::span<std::int16_t> output) noexcept {
  const std::size_t size = output_size(input.size());
  if (size > output.size()) return 0;
  if (filter_ == nullptr) {
    std::ranges::copy(input, output.begin());
    return size;
  }
  std::int16_t* out = output.data();
  while (!input.empty()) {
    const auto chunk = input.first(std::min(input.size(), kChunk));
    out += convert(chunk, out);
    input = input.subspan(chunk.size());
  }
  return size;
}

std::size_t Resampler::convert(std::span<const std::int16_t> input, std::int16_t* output) noexcept {
  const std::size_t past = filter_->taps - 1;
  std::array<std::int16_t, kMaxTaps - 1 + kChunk> window;
  std::copy_n(tail_.get(), past, window.begin());
  std::ranges::copy(input, window.begin() + static_cast<std::ptrdiff_t>(past));

  const std::size_t outputs = output_size(input.size());
  simd::kernels().fir({.input = window.data() + skip_,
                       .coefficients = filter_->coefficients.get(),
                       .output = output,
                       .outputs = outputs,
                       .taps = filter_->taps,
                       .phases = filter_->phases,
                       .step = filter_->step,
                       .phase = phase_});

  const std::size_t advance = phase_ + outputs * filter_->step;
  skip_ = static_cast<std::uint32_t>(skip_ + advance / filter_->phases - input.size());
  phase_ = static_cast<std::uint32_t>(advance % filter_->phases);
  std::copy_n(window.begin() + static_cast<std::ptrdiff_t>(input.size()), past, tail_.get());
  return outputs;
}

}  // namespace codecs
