#pragma once
/// \file
/// The adaptive codebook over lanes: each lane reads its own past at its own lag.

#include "codecs/g729/lanes/math.h"

namespace codecs::g729::lanes {

/// Words of a lane's excitation buffer: history, frame, and what a block read may touch beyond.
inline constexpr int kExcitationStride = kExcitationHistory + kFrame + 30;

/// The 20 taps of the interpolation filter for the third -1, 0, 1; tap m multiplies sample n - lag - 10 + m
/// for 0 and -1, one sample earlier for 1.
struct InterpolationTaps {
  std::int16_t taps[3][20];
};
consteval InterpolationTaps interpolation_taps() {
  InterpolationTaps t{};
  for (int third = -1; third <= 1; ++third) {
    const int phase = third == 1 ? 2 : -third;
    for (int i = 0; i < 10; ++i) {
      t.taps[third + 1][9 - i] = kInterpolation[static_cast<std::size_t>(phase + 3 * i)];
      t.taps[third + 1][10 + i] = kInterpolation[static_cast<std::size_t>(3 - phase + 3 * i)];
    }
  }
  return t;
}
inline constexpr InterpolationTaps kTaps = interpolation_taps();

/// Largest sample for which no partial sum of the filter can saturate: 2^30 over the taps' magnitudes.
consteval int interpolation_limit() {
  int most = 0;
  for (const auto& row : kTaps.taps) {
    int sum = 0;
    for (const int tap : row) sum += tap < 0 ? -tap : tap;
    most = sum > most ? sum : most;
  }
  return (1 << 30) / most;
}
inline constexpr int kInterpolationLimit = interpolation_limit();

/// Writes each lane's excitation delayed by lag + third/3 to out and to now[i][0..40). `now[i]` points at the
/// subframe in a lane's buffer; the past before it is read, and below a lag of 50 what has just been written.
template <class L>
MEDIAD_KERNEL void interpolate_past(std::int16_t* const* now, const std::int16_t* lags,
                                    const std::int16_t* thirds, Words<L>* out, Words<L>& suspect) {
  std::int16_t starts[L::kLanes];
  int least = kMaxLag;
  for (int i = 0; i < L::kLanes; ++i) {
    starts[i] = static_cast<std::int16_t>(lags[i] + 9 + (thirds[i] > 0 ? 1 : 0));
    least = lags[i] < least ? lags[i] : least;
  }
  const Words<L> third = from_array<L>(thirds);
  const Words<L> later = third > Words<L>(0);
  const Words<L> earlier = third < Words<L>(0);
  Pairs<L> taps[10];
  for (int m = 0; m < 10; ++m) {
    const auto tap = [&](int at) {
      const Words<L> zero(kTaps.taps[1][at]);
      return select(later, Words<L>(kTaps.taps[2][at]), select(earlier, Words<L>(kTaps.taps[0][at]), zero));
    };
    taps[m] = Pairs<L>(tap(2 * m), tap(2 * m + 1));
  }
  // Outputs that need only what is there: a lag of T reaches T - 10 samples ahead.
  const int ready = least >= kSubframe + 10 ? kSubframe : (least - 10) & ~7;
  const int block = ready == 0 ? 8 : ready;
  const std::int16_t* window[L::kLanes];
  for (int i = 0; i < L::kLanes; ++i) window[i] = now[i] - starts[i];
  constexpr int kRows = kSubframe + 19;
  Words<L> past[kRows + 5];
  Pairs<L> pairs[kRows + 5];
  int final_rows = 0;  // rows that will not change any more
  for (int from = 0; from < kSubframe; from += block) {
    const int until = from + block > kSubframe ? kSubframe : from + block;
    const int first = final_rows & ~7;
    const int loaded = (until + 19 + 7) & ~7;
    load_rows(past + first, window, first, loaded - first);
    for (int n = first == 0 ? 1 : first; n < loaded; ++n) pairs[n - 1] = Pairs<L>(past[n - 1], past[n]);
    final_rows = from + least + 9;
    for (int n = from; n < until; ++n) {
      Longs<L> sum(0x4000);
      for (int m = 0; m < 10; ++m) sum = sum + dot(pairs[n + 2 * m], taps[m]);
      out[n] = narrow(sum >> 15);
    }
    store_rows(out + from, now, from, until - from);
  }
  Words<L> greatest(0);
  for (int n = 0; n < kRows; ++n) greatest = max(greatest, magnitude(past[n]));
  suspect = suspect | (greatest > Words<L>(kInterpolationLimit));
}

}  // namespace codecs::g729::lanes
