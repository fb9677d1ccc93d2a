#pragma once
/// \file
/// The encoder's first half over lanes: high-pass filter, LP analysis and LSPs (see analyse() in
/// codecs/g729/encoder.h).

#include <cstddef>
#include <cstring>

#include "codecs/g729/encoder.h"
#include "codecs/g729/lanes/filter.h"
#include "codecs/g729/lanes/kernels.h"
#include "codecs/g729/lanes/lsp_roots.h"

namespace codecs::g729::lanes {

/// x + y, marking overflow in the sign bits of `overflow`.
template <class L>
MEDIAD_INLINE Longs<L> add_checked(Longs<L> x, Longs<L> y, Longs<L>& overflow) {
  const Longs<L> sum = x + y;
  overflow = overflow | ((x ^ sum) & (y ^ sum));
  return sum;
}

/// x 4, saturating.
template <class L>
MEDIAD_INLINE Longs<L> quadruple_saturating(Longs<L> x) {
  constexpr int kLimit = 1 << 29;
  const Longs<L> over = x > Longs<L>(kLimit - 1);
  return (min(max(x, Longs<L>(-kLimit)), Longs<L>(kLimit - 1)) << 2) | (over & 3);
}

/// Q31 quotient of 0 <= numerator < denominator, the denominator normalised.
template <class L>
MEDIAD_INLINE Longs<L> divide32(Longs<L> numerator, Splits<L> denominator) {
  const Longs<L> first = divide(Longs<L>(0x3FFF), denominator.x >> 16);
  const Factor<L> approximation(narrow(first));
  const Longs<L> error = Longs<L>(0x7FFFFFFF) - product(denominator, approximation);
  const Splits<L> inverse(product(Splits<L>(error), approximation));
  return quadruple_saturating(product(Splits<L>(numerator), inverse));
}

template <class L>
struct LaneCorrelation {
  Longs<L> r[kCorrelations];  ///< normalised
  Longs<L> exponent;
};

/// Windows 240 rows and correlates them at lags 0..kLast.
template <class L>
MEDIAD_KERNEL void autocorrelation(const Words<L>* speech, int last, LaneCorrelation<L>& out) {
  Words<L> y[kWindow + 16];
  for (int n = 0; n < kWindow; ++n) {
    y[n] = mult_r(speech[n], Words<L>(kAnalysisWindow[static_cast<std::size_t>(n)]));
  }
  for (int n = kWindow; n < kWindow + 16; ++n) y[n] = Words<L>(0);
  out.exponent = Longs<L>(0);
  Longs<L> energy;
  for (;;) {
    energy = Longs<L>(0);
    for (int n = 0; n < kWindow; n += 2) {
      const Pairs<L> p(y[n], y[n + 1]);
      energy = min_unsigned(energy + dot(p, p), Longs<L>(1 << 30));
    }
    const Longs<L> over = energy == Longs<L>(1 << 30);
    const Words<L> quieten = narrow(over);
    if (!any(quieten)) break;
    for (int n = 0; n < kWindow; ++n) y[n] = select(quieten, y[n] >> 2, y[n]);
    out.exponent = out.exponent - (over & 4);
  }
  Pairs<L> pairs[kWindow + 15];
  for (int n = 0; n < kWindow + 15; ++n) pairs[n] = Pairs<L>(y[n], y[n + 1]);
  const Longs<L> shift = norm_positive((energy << 1) + 1);
  out.exponent = out.exponent + shift;
  out.r[0] = ((energy << 1) + 1) << shift;
  for (int lag = 1; lag <= last; lag += 3) {
    Longs<L> sum0(0);
    Longs<L> sum1(0);
    Longs<L> sum2(0);
    for (int n = 0; n < kWindow; n += 2) {
      const Pairs<L> p = pairs[n];
      sum0 = sum0 + dot(p, pairs[n + lag]);
      sum1 = sum1 + dot(p, pairs[n + lag + 1]);
      sum2 = sum2 + dot(p, pairs[n + lag + 2]);
    }
    out.r[lag] = (sum0 << 1) << shift;
    if (lag + 1 < static_cast<int>(kCorrelations)) out.r[lag + 1] = (sum1 << 1) << shift;
    if (lag + 2 < static_cast<int>(kCorrelations)) out.r[lag + 2] = (sum2 << 1) << shift;
  }
}

template <class L>
struct LaneLevinson {
  Words<L> filter[kOrder + 1];
  Words<L> reflection[2];
};

/// Solves for the filter; a lane whose filter is unstable keeps what is in `state`.
template <class L>
MEDIAD_KERNEL void levinson(const Longs<L>* correlation, LaneLevinson<L>& state, Words<L>& suspect) {
  Splits<L> r[kOrder + 1];
  for (int i = 0; i <= kOrder; ++i) r[i] = Splits<L>(correlation[i]);
  Splits<L> a[kOrder + 1];
  Words<L> reflection[2];
  Longs<L> error = r[0].join();
  Longs<L> exponent(0);
  Longs<L> unstable(0);
  Longs<L> wrapped(0);
  for (int i = 1; i <= kOrder; ++i) {
    Longs<L> overflow(0);
    Longs<L> t(0);
    for (int j = 1; j < i; ++j) t = add_checked(t, product(r[j], a[i - j]), overflow);
    const Longs<L> scaled = t << 4;
    overflow = overflow | ~((scaled >> 4) == t);
    t = add_checked(scaled, r[i].join(), overflow);
    const Longs<L> positive = t > Longs<L>(0);
    Longs<L> k = divide32(abs(t), Splits<L>(error));
    k = (k ^ positive) - positive;
    const Longs<L> shifted = k << exponent;
    const Longs<L> saturated = ~((shifted >> exponent) == k);
    k = shifted;
    const Splits<L> ks(k);
    if (i <= 2) reflection[i - 1] = high(k);
    if (i > 1) unstable = unstable | saturated | (abs(k >> 16) > Longs<L>(32750));
    Splits<L> next[kOrder + 1];
    for (int j = 1; j < i; ++j)
      next[j] = Splits<L>(add_checked(product(ks, a[i - j]), a[j].join(), overflow));
    for (int j = 1; j < i; ++j) a[j] = next[j];
    a[i] = Splits<L>(k >> 4);
    wrapped = wrapped | (overflow & ~unstable);
    const Splits<L> rest(Longs<L>(0x7FFFFFFF) - abs(product(ks, ks)));
    error = product(Splits<L>(error), rest);
    const Longs<L> shift = norm_positive(max(error, Longs<L>(1)));
    error = error << shift;
    exponent = min(exponent + shift, Longs<L>(31));
  }
  const Words<L> keep = narrow(unstable);
  for (int i = 1; i <= kOrder; ++i) {
    const Longs<L> y = a[i].join();
    // Doubled and rounded, both saturating.
    state.filter[i] = select(keep, state.filter[i], narrow(((y >> 1) + 0x2000) >> 14));
  }
  for (int i = 0; i < 2; ++i) state.reflection[i] = select(keep, state.reflection[i], reflection[i]);
  suspect = suspect | narrow(wrapped >> 31);
}

/// Rows of an EncoderState's first words.
namespace analysis_row {
inline constexpr int kLsp = 0, kFilter = 10, kReflection = 21, kY1 = 24, kY2 = 26, kX1 = 28, kX2 = 29,
                     kCount = 32;
static_assert(offsetof(EncoderState, lsp) == 2 * kLsp &&
              offsetof(EncoderState, levinson) + offsetof(LevinsonState, filter) == 2 * kFilter &&
              offsetof(EncoderState, levinson) + offsetof(LevinsonState, reflection) == 2 * kReflection &&
              offsetof(EncoderState, high_pass) == 2 * kY1 &&
              offsetof(EncoderState, lsp_quantised) == 2 * kCount);
}  // namespace analysis_row

template <class L>
class AnalysisBatch {
 public:
  static constexpr int kLanes = L::kLanes;

  /// Analyses `count` lanes of different calls. Returns a bit for each lane that is to be done again by the
  /// scalar encoder; its state is as before.
  std::uint32_t run(const AnalysisLane* lanes, int count) noexcept {
    for (int i = 0; i < kLanes; ++i) lanes_[i] = lanes[i < count ? i : 0];
    count_ = count;
    suspect_ = W(0);
    take_in();
    bool dtx = false;
    for (int i = 0; i < count; ++i) dtx = dtx || lanes_[i].correlations != nullptr;
    autocorrelation(speech_, dtx ? static_cast<int>(kCorrelations) - 1 : kOrder, correlation_);
    for (int lag = 1; lag < static_cast<int>(kCorrelations); ++lag) {
      const auto at = static_cast<std::size_t>(lag - 1);
      windowed_[lag] =
          product(Splits<L>(correlation_.r[lag]), Splits<L>::constant(kLagWindowHigh[at], kLagWindowLow[at]));
    }
    windowed_[0] = Splits<L>(correlation_.r[0]).join();
    levinson(windowed_, levinson_, suspect_);
    lsp_of_filter(levinson_.filter, rows_ + analysis_row::kLsp, suspect_);
    return finish();
  }

 private:
  using W = Words<L>;
  using D = Longs<L>;

  void take_in();
  std::uint32_t finish();

  AnalysisLane lanes_[kLanes];
  int count_;
  W suspect_;
  W rows_[analysis_row::kCount];
  W speech_[kWindow];
  LaneCorrelation<L> correlation_;
  D windowed_[kCorrelations];
  LaneLevinson<L> levinson_;
};

template <class L>
void AnalysisBatch<L>::take_in() {
  const std::int16_t* p[kLanes];
  for (int i = 0; i < kLanes; ++i) p[i] = lanes_[i].state->lsp.data();
  load_rows(rows_, p, 0, analysis_row::kCount);
  for (int i = 0; i < kLanes; ++i) p[i] = lanes_[i].state->speech.data();
  load_rows(speech_, p, 0, kWindow - kFrame);
  for (int i = 0; i < kLanes; ++i) p[i] = lanes_[i].in;
  W* const fresh = speech_ + kWindow - kFrame;
  load_rows(fresh, p, 0, kFrame);
  LaneHighPass<L> filter = {from_halves(rows_[analysis_row::kY1], rows_[analysis_row::kY1 + 1]),
                            from_halves(rows_[analysis_row::kY2], rows_[analysis_row::kY2 + 1]),
                            rows_[analysis_row::kX1], rows_[analysis_row::kX2]};
  D wrapped(0);
  for (int n = 0; n < kFrame; ++n) {
    const D y = high_pass<3, false>(filter, kPreHighPassB, kPreHighPassA, fresh[n], wrapped);
    fresh[n] = narrow(((y >> 1) + 0x4000) >> 15);
  }
  rows_[analysis_row::kY1] = truncate(filter.y1);
  rows_[analysis_row::kY1 + 1] = high(filter.y1);
  rows_[analysis_row::kY2] = truncate(filter.y2);
  rows_[analysis_row::kY2 + 1] = high(filter.y2);
  rows_[analysis_row::kX1] = filter.x1;
  rows_[analysis_row::kX2] = filter.x2;
  for (int i = 0; i <= kOrder; ++i) levinson_.filter[i] = rows_[analysis_row::kFilter + i];
  for (int i = 0; i < 2; ++i) levinson_.reflection[i] = rows_[analysis_row::kReflection + i];
}

template <class L>
std::uint32_t AnalysisBatch<L>::finish() {
  for (int i = 0; i <= kOrder; ++i) rows_[analysis_row::kFilter + i] = levinson_.filter[i];
  for (int i = 0; i < 2; ++i) rows_[analysis_row::kReflection + i] = levinson_.reflection[i];
  std::int16_t suspects[kLanes];
  to_array(suspect_, suspects);
  alignas(64) std::int16_t nowhere[kFrame + 16];
  std::int16_t* p[kLanes];
  std::uint32_t again = 0;
  for (int i = 0; i < kLanes; ++i) {
    const bool keep = i < count_ && suspects[i] == 0;
    if (i < count_ && suspects[i] != 0) again |= 1U << i;
    p[i] = keep ? lanes_[i].state->lsp.data() : nowhere;
  }
  store_rows(rows_, p, 0, analysis_row::kCount);
  for (int i = 0; i < kLanes; ++i) {
    p[i] = nowhere;
    if (i >= count_ || suspects[i] != 0) continue;
    std::int16_t* const speech = lanes_[i].state->speech.data();
    std::memmove(speech, speech + kFrame, (kWindow - 2 * kFrame) * sizeof(std::int16_t));
    p[i] = speech + kWindow - 2 * kFrame;
  }
  store_rows(speech_ + kWindow - kFrame, p, 0, kFrame);

  W words[4 * 16];
  for (int k = 0; k < 16; ++k) {
    const bool inside = k < static_cast<int>(kCorrelations);
    const D raw = inside ? Splits<L>(correlation_.r[k]).x : D(0);
    const D windowed = inside ? Splits<L>(windowed_[k]).x : D(0);
    words[k] = high(raw);
    words[16 + k] = truncate(raw);
    words[32 + k] = high(windowed);
    words[48 + k] = truncate(windowed);
  }
  bool wanted = false;
  for (int i = 0; i < count_; ++i) wanted = wanted || lanes_[i].correlations != nullptr;
  if (!wanted) return again;
  alignas(64) std::int16_t columns[kLanes][4 * 16];
  for (int i = 0; i < kLanes; ++i) p[i] = columns[i];
  store_rows(words, p, 0, 4 * 16);
  std::int16_t exponents[kLanes];
  to_array(narrow(correlation_.exponent), exponents);
  for (int i = 0; i < count_; ++i) {
    FrameCorrelations* const c = lanes_[i].correlations;
    if (c == nullptr) continue;
    for (std::size_t k = 0; k < kCorrelations; ++k) {
      c->raw.r[k] = {columns[i][k], columns[i][16 + k]};
      c->windowed.r[k] = {columns[i][32 + k], columns[i][48 + k]};
    }
    c->raw.exponent = c->windowed.exponent = exponents[i];
  }
  return again;
}

}  // namespace codecs::g729::lanes
