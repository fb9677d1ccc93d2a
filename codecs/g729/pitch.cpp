#include "codecs/g729/pitch.h"

#include <algorithm>

#include "codecs/g729/math.h"
#include "codecs/g729/tables.h"

namespace codecs::g729 {
namespace {

using WeightedSpeech = std::array<Word16, kMaxLag + kFrame>;

/// The open-loop search looks at every second sample only.
Word32 decimated_correlation(const Word16* x, const Word16* y, Word32 start) {
  for (int n = 0; n < kFrame; n += 2) start = mac(start, x[n], y[n]);
  return start;
}

WeightedSpeech scaled_for_search(const Word16* weighted) {
  Overflow overflow;
  Word32 energy = 0;
  for (int n = -kMaxLag; n < kFrame; n += 2) energy = overflow.mac(energy, weighted[n], weighted[n]);
  const int shift = overflow.seen ? -3 : energy < (1 << 20) ? 3 : 0;
  WeightedSpeech out;
  for (std::size_t n = 0; n < out.size(); ++n) out[n] = shl(weighted[static_cast<int>(n) - kMaxLag], shift);
  return out;
}

struct Peak {
  Word32 correlation{kMin32};
  Word16 lag{0};
  void consider(const Word16* x, int candidate) {
    const Word32 c = decimated_correlation(x, x - candidate, 0);
    if (c > correlation) correlation = c, lag = static_cast<Word16>(candidate);
  }
  /// Correlation over the square root of the delayed energy.
  [[nodiscard]] Word16 normalised(const Word16* x) const {
    const Word32 root = inverse_root(decimated_correlation(x - lag, x - lag, 1));
    return low(product(split(correlation), split(root)));
  }
};

Word32 dot(const Subframe& x, const Word16* y) {
  Word32 sum = 0;
  for (int n = 0; n < kSubframe; ++n) sum = mac(sum, x[static_cast<std::size_t>(n)], y[n]);
  return sum;
}

/// A sum as a rounded 16-bit mantissa and its exponent.
struct Rounded {
  Word16 mantissa;
  int exponent;
};

/// <x,y> from `start`; if it overflows, again with `scaled` times (y / 4) and `back` taken off the exponent.
Rounded careful_dot(const Subframe& x, const Subframe& y, Word32 start, bool square, int back) {
  Overflow overflow;
  Word32 sum = start;
  for (std::size_t n = 0; n < x.size(); ++n) sum = overflow.mac(sum, x[n], y[n]);
  int less = 0;
  if (overflow.seen) {
    sum = start;
    for (std::size_t n = 0; n < x.size(); ++n) sum = mac(sum, square ? shr(x[n], 2) : x[n], shr(y[n], 2));
    less = back;
  }
  const int shift = norm32(sum);
  return {round16(shl32(sum, shift)), shift - less};
}

}  // namespace

Word16 open_loop_lag(const Word16* weighted) {
  const WeightedSpeech speech = scaled_for_search(weighted);
  const Word16* const x = speech.data() + kMaxLag;
  Peak low_range;
  Peak middle;
  Peak high_range;
  for (int lag = 20; lag < 40; ++lag) low_range.consider(x, lag);
  for (int lag = 40; lag < 80; ++lag) middle.consider(x, lag);
  for (int lag = 80; lag < 143; lag += 2) high_range.consider(x, lag);
  const int even = high_range.lag;
  high_range.consider(x, even + 1);
  high_range.consider(x, even - 1);
  Word16 score1 = low_range.normalised(x);
  Word16 score2 = middle.normalised(x);
  const Word16 score3 = high_range.normalised(x);
  // Favour a shorter lag of which a longer one is nearly a multiple.
  const int t1 = low_range.lag;
  const int t2 = middle.lag;
  const int t3 = high_range.lag;
  if (std::abs(2 * t2 - t3) < 5) score2 = add(score2, shr(score3, 2));
  if (std::abs(3 * t2 - t3) < 7) score2 = add(score2, shr(score3, 2));
  if (std::abs(2 * t1 - t2) < 5) score1 = add(score1, mult(score2, 6554));
  if (std::abs(3 * t1 - t2) < 7) score1 = add(score1, mult(score2, 6554));
  Word16 lag = low_range.lag;
  if (score1 < score2) score1 = score2, lag = middle.lag;
  if (score1 < score3) lag = high_range.lag;
  return lag;
}

LagRange first_lag_range(Word16 open_loop) {
  const auto first = static_cast<Word16>(std::clamp(open_loop - 3, kMinLag, kMaxLag - 6));
  return {first, static_cast<Word16>(first + 6)};
}

Subframe backward_filtered(const Subframe& target, const Subframe& response) {
  std::array<Word32, kSubframe> sums;
  Word32 greatest = 0;
  for (std::size_t i = 0; i < kSubframe; ++i) {
    Word32 sum = 0;
    for (std::size_t j = i; j < kSubframe; ++j) sum = mac(sum, target[j], response[j - i]);
    sums[i] = sum;
    greatest = std::max(greatest, magnitude32(sum));
  }
  const int shift = 18 - std::min(norm32(greatest), 16);
  Subframe out;
  for (std::size_t i = 0; i < kSubframe; ++i) out[i] = low(shr32(sums[i], shift));
  return out;
}

Lag closed_loop_lag(Word16* excitation, const Subframe& target, const Subframe& response, LagRange range,
                    bool first_subframe) {
  const Subframe filtered = backward_filtered(target, response);
  Word32 best = kMin32;
  Lag lag = {range.first, 0};
  for (Word16 t = range.first; t <= range.last; ++t) {
    const Word32 c = dot(filtered, excitation - t);
    if (c > best) best = c, lag.whole = t;
  }
  interpolate_past(excitation, lag);
  if (first_subframe && lag.whole > 84) return lag;
  best = dot(filtered, excitation);
  Subframe kept;
  std::copy_n(excitation, kSubframe, kept.begin());
  for (const Word16 third : {Word16{-1}, Word16{1}}) {
    interpolate_past(excitation, {lag.whole, third});
    const Word32 c = dot(filtered, excitation);
    if (c <= best) continue;
    best = c, lag.third = third;
    std::copy_n(excitation, kSubframe, kept.begin());
  }
  std::copy(kept.begin(), kept.end(), excitation);
  return lag;
}

Word16 adaptive_gain(const Subframe& target, const Subframe& filtered, PitchCorrelation& correlation) {
  const Rounded energy = careful_dot(filtered, filtered, 1, true, 4);
  const Rounded cross = careful_dot(target, filtered, 0, false, 2);
  correlation.energy = energy.mantissa;
  correlation.energy_precision = static_cast<Word16>(15 - energy.exponent);
  correlation.cross = cross.mantissa;
  correlation.cross_precision = static_cast<Word16>(15 - cross.exponent);
  if (cross.mantissa <= 0) {
    correlation.cross_precision = -15;
    return 0;
  }
  const Word16 ratio = divide(shr(cross.mantissa, 1), energy.mantissa);
  return std::min<Word16>(shr(ratio, cross.exponent - energy.exponent), 19661);
}

bool taming_needed(const TamingState& state, const Lag& lag) {
  constexpr Word32 kThreshold = 983040000;
  const int reach = lag.third > 0 ? lag.whole + 1 : lag.whole;
  const auto first = static_cast<std::size_t>(kErrorZone[static_cast<std::size_t>(std::max(reach - 50, 0))]);
  const auto last = static_cast<std::size_t>(kErrorZone[static_cast<std::size_t>(reach + 8)]);
  return *std::max_element(state.begin() + first, state.begin() + last + 1) > kThreshold;
}

void update_taming(TamingState& state, Word16 pitch_gain, Word16 lag) {
  const auto grown = [&](Word32 error) { return add32(0x4000, shl32(product(split(error), pitch_gain), 1)); };
  Word32 worst = -1;
  if (lag < kSubframe) {
    const Word32 once = grown(state[0]);
    worst = std::max({worst, once, grown(once)});
  } else {
    const auto first = static_cast<std::size_t>(kErrorZone[static_cast<std::size_t>(lag - kSubframe)]);
    const auto last = static_cast<std::size_t>(kErrorZone[static_cast<std::size_t>(lag - 1)]);
    for (std::size_t zone = first; zone <= last; ++zone) worst = std::max(worst, grown(state[zone]));
  }
  state = {worst, state[0], state[1], state[2]};
}

}  // namespace codecs::g729
