#include "codecs/g729/analysis.h"

#include "codecs/g729/tables.h"

namespace codecs::g729 {
namespace {

/// One less the square of a reflection coefficient, Q31.
Split one_less_square(Split k) {
  return split(sub32(kMax32, magnitude32(product(k, k))));
}

}  // namespace

Autocorrelation autocorrelation(std::span<const Word16, kWindow> speech) {
  std::array<Word16, kWindow> y;
  for (std::size_t n = 0; n < kWindow; ++n) y[n] = mult_r(speech[n], kAnalysisWindow[n]);
  Autocorrelation out;
  out.exponent = 0;
  Word32 energy;
  for (;;) {
    Overflow overflow;
    energy = 1;  // so that silence has a correlation
    for (const Word16 x : y) energy = overflow.mac(energy, x, x);
    if (!overflow.seen) break;
    for (Word16& x : y) x = shr(x, 2);
    out.exponent -= 4;
  }
  const int shift = norm32(energy);
  out.exponent += shift;
  out.r[0] = split(shl32(energy, shift));
  for (std::size_t lag = 1; lag < kCorrelations; ++lag) {
    Word32 sum = 0;
    for (std::size_t n = 0; n + lag < kWindow; ++n) sum = mac(sum, y[n], y[n + lag]);
    out.r[lag] = split(shl32(sum, shift));
  }
  return out;
}

void apply_lag_window(Autocorrelation& correlation) {
  for (std::size_t lag = 1; lag < kCorrelations; ++lag) {
    correlation.r[lag] =
        split(product(correlation.r[lag], Split{kLagWindowHigh[lag - 1], kLagWindowLow[lag - 1]}));
  }
}

void levinson(const Autocorrelation& correlation, LevinsonState& state, Word16& residual_energy) {
  const auto& r = correlation.r;
  std::array<Split, kOrder + 1> a{};  // Q27
  std::array<Word16, 2> reflection{};
  Word32 error = join(r[0]);
  int exponent = 0;
  for (std::size_t i = 1; i <= kOrder; ++i) {
    Word32 t = 0;
    for (std::size_t j = 1; j < i; ++j) t = add32(t, product(r[j], a[i - j]));
    t = add32(shl32(t, 4), join(r[i]));
    Word32 k = divide32(magnitude32(t), split(error));
    if (t > 0) k = negate32(k);
    k = shl32(k, exponent);
    const Split ks = split(k);
    if (i <= reflection.size()) reflection[i - 1] = ks.hi;
    // The first step cannot be unstable: |r[1]| < r[0].
    if (i > 1 && magnitude(ks.hi) > 32750) return;
    std::array<Split, kOrder + 1> next = a;
    for (std::size_t j = 1; j < i; ++j) next[j] = split(add32(product(ks, a[i - j]), join(a[j])));
    next[i] = split(k >> 4);
    a = next;
    error = product(split(error), one_less_square(ks));
    const int shift = norm32(error);
    error = shl32(error, shift);
    exponent += shift;
  }
  for (std::size_t i = 1; i <= kOrder; ++i) state.filter[i] = round16(shl32(join(a[i]), 1));
  state.reflection = reflection;
  residual_energy = shr(high(error), exponent);
}

}  // namespace codecs::g729
