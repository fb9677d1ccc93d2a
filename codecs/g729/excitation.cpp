#include "codecs/g729/excitation.h"

#include "codecs/g729/tables.h"

namespace codecs::g729 {

namespace {
constexpr Word16 kThird = 10923;         // Q15
constexpr Word16 kFractionalLags = 197;  // first indexes with a resolution of 1/3
constexpr std::size_t kTapsPerSide = 10;
constexpr int kSafeSample =
    16384;  // times the sum of the taps' magnitudes, less than 2 in Q15, stays below 2^30

/// One interpolated sample with every step saturating, in the Recommendation's order.
Word16 interpolated_saturating(const Word16* x, int phase) {
  const Word16* const before = kInterpolation.data() + phase;
  const Word16* const after = kInterpolation.data() + 3 - phase;
  Word32 sum = 0;
  for (int i = 0; i < static_cast<int>(kTapsPerSide); ++i) {
    sum = mac(sum, x[-i], before[3 * i]);
    sum = mac(sum, x[1 + i], after[3 * i]);
  }
  return round16(sum);
}

}  // namespace

LagRange second_lag_range(Word16 first_lag) {
  const auto first = static_cast<Word16>(std::clamp(first_lag - 5, kMinLag, kMaxLag - 9));
  return {first, static_cast<Word16>(first + 9)};
}

Lag decode_first_lag(Word16 index) {
  if (index >= kFractionalLags) return {static_cast<Word16>(index - 112), 0};
  const auto whole = static_cast<Word16>(mult(static_cast<Word16>(index + 2), kThird) + 19);
  return {whole, static_cast<Word16>(index - 3 * whole + 58)};
}

Lag decode_second_lag(Word16 index, Word16 first_lag) {
  const auto step = static_cast<Word16>(mult(static_cast<Word16>(index + 2), kThird) - 1);
  return {static_cast<Word16>(second_lag_range(first_lag).first + step),
          static_cast<Word16>(index - 2 - 3 * step)};
}

Word16 encode_first_lag(const Lag& lag) {
  return static_cast<Word16>(lag.whole <= 85 ? 3 * lag.whole - 58 + lag.third : lag.whole + 112);
}

Word16 encode_second_lag(const Lag& lag, const LagRange& range) {
  return static_cast<Word16>(3 * (lag.whole - range.first) + 2 + lag.third);
}

void interpolate_past(Word16* excitation, const Lag& lag) {
  const Word16* x = excitation - lag.whole;
  int phase = -lag.third;
  if (phase < 0) phase += 3, --x;
  // In the order of time: the taps before the sample, backwards, and those after it.
  std::array<Word16, 2 * kTapsPerSide> taps;
  for (std::size_t i = 0; i < kTapsPerSide; ++i) {
    taps[kTapsPerSide - 1 - i] = kInterpolation[static_cast<std::size_t>(phase) + 3 * i];
    taps[kTapsPerSide + i] = kInterpolation[static_cast<std::size_t>(3 - phase) + 3 * i];
  }
  for (int n = 0; n < kSubframe; ++n, ++x) {
    const Word16* const first = x - (kTapsPerSide - 1);
    int greatest = 0;
    int sum = 0;
    for (std::size_t m = 0; m < taps.size(); ++m) {
      greatest = std::max(greatest, std::abs(int{first[m]}));
      sum += first[m] * taps[m];
    }
    // No partial sum of samples this small can saturate, whatever the order.
    excitation[n] = greatest < kSafeSample ? sat16((sum + 0x4000) >> 15) : interpolated_saturating(x, phase);
  }
}

void sharpen(std::array<Word16, kSubframe>& x, Word16 lag, Word16 sharpening) {
  const Word16 factor = shl(sharpening, 1);
  for (auto n = static_cast<std::size_t>(lag); n < x.size(); ++n) {
    x[n] = add(x[n], mult(x[n - static_cast<std::size_t>(lag)], factor));
  }
}

Code decode_pulses(Word16 positions, Word16 signs) {
  Code code{};
  const int third = (positions >> 9) & 1;
  const std::array<int, 4> at = {5 * (positions & 7), 5 * ((positions >> 3) & 7) + 1,
                                 5 * ((positions >> 6) & 7) + 2, 5 * ((positions >> 10) & 7) + 3 + third};
  for (std::size_t i = 0; i < at.size(); ++i) {
    code[static_cast<std::size_t>(at[i])] = ((signs >> i) & 1) != 0 ? 8191 : -8192;
  }
  return code;
}

void mix_excitation(Word16* excitation, const Code& code, const Gains& gains) {
  for (std::size_t n = 0; n < code.size(); ++n) {
    const Word32 sum = mac(mult32(excitation[n], gains.pitch), code[n], gains.code);
    excitation[n] = round16(shl32(sum, 1));
  }
}

}  // namespace codecs::g729
