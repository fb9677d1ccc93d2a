#include "codecs/g729/gain.h"

#include "codecs/g729/math.h"
#include "codecs/g729/tables.h"

namespace codecs::g729 {
namespace {

constexpr std::size_t kFirstCandidates = 4;
constexpr std::size_t kSecondCandidates = 8;

/// Sum of the code-gain parts of two entries, Q13.
Word32 correction(std::size_t first, std::size_t second) {
  return kGainFirstStage[first][1] + kGainSecondStage[second][1];
}

void step(GainHistory& history, Word16 newest) {
  history = {newest, history[0], history[1], history[2]};
}

/// A number as mantissa * 2^-precision.
struct Scaled {
  Word16 mantissa;
  int precision;
};

/// a*b 2^qa - c*d 2^qc for the preselection, shifted down by `guard` bits, normalised.
Scaled difference(Word32 a, int qa, Word32 b, int qb, int guard) {
  Word32 d;
  if (qa > qb) {
    d = sub32(shr32(a, qa - qb + guard), shr32(b, guard));
  } else {
    d = sub32(shr32(a, guard), shr32(b, qb - qa + guard));
  }
  const int shift = norm32(d);
  return {high(shl32(d, shift)), std::min(qa, qb) - guard + shift - 16};
}

/// Unquantised optimum of the criterion: pitch gain Q9, code gain Q2.
std::array<Word16, 2> best_gains(const GainCriterion& c) {
  const auto& m = c.mantissa;
  const auto& q = c.precision;
  const Scaled determinant =
      difference(mult32(m[0], m[2]), q[0] + q[2] - 1, mult32(m[4], m[4]), q[4] + q[4] + 1, 0);
  // Never below 1/2 but where rounding hides the difference.
  const Word16 inverse = negate(divide(16384, std::max<Word16>(determinant.mantissa, 16384)));
  const int inverse_q = 29 - determinant.precision;
  const auto quotient = [&](const Scaled& numerator, int q_out) {
    return high(shr32(mult32(numerator.mantissa, inverse), numerator.precision + inverse_q - (q_out + 15)));
  };
  const Scaled pitch = difference(mult32(m[2], m[1]), q[2] + q[1], mult32(m[3], m[4]), q[3] + q[4] + 1, 1);
  const Scaled fixed = difference(mult32(m[0], m[3]), q[0] + q[3], mult32(m[1], m[4]), q[1] + q[4] + 1, 1);
  return {quotient(pitch, 9), quotient(fixed, 2)};
}

/// First entries of the windows of both codebooks that are searched.
std::array<std::size_t, 2> preselect(const std::array<Word16, 2>& best, Word16 predicted_q4) {
  constexpr Word16 kInverse = -17103;
  const Word32 slope = mult32(kGainPreselect[0][0], best[0]);
  Word32 t = add32(slope, kGainPreselect32[1][1] >> 15);
  const Word32 along = mult32(high(t), predicted_q4);
  t = sub32(shl32(best[1], 7), along);
  const Word32 x = mult32(high(shl32(t, 2)), kInverse);

  t = sub32(slope, kGainPreselect32[0][1] >> 10);
  t = mult32(mult(high(t), predicted_q4), kGainPreselect[1][0]);
  t = sub32(t, mult32(kGainPreselect[0][0], best[1]) >> 3);
  const Word32 y = mult32(high(shl32(t, 2)), kInverse);

  const bool positive = predicted_q4 > 0;
  const auto count = [&](const auto& thresholds, Word32 value, int shift) {
    std::size_t n = 0;
    while (n < thresholds.size()) {
      const Word32 d = sub32(value, mult32(thresholds[n], predicted_q4) >> shift);
      if (positive ? d <= 0 : d >= 0) break;
      ++n;
    }
    return n;
  };
  return {count(kGainFirstThreshold, y, 3), count(kGainSecondThreshold, x, 5)};
}

}  // namespace

PredictedGain predict_gain(const GainHistory& history, const Code& code) {
  Word32 energy = 0;
  for (const Word16 x : code) energy = mac(energy, x, x);
  const Logarithm log = log2_of(energy);
  Word32 t = product(Split{log.exponent, log.fraction}, -24660);  // -10 log10(2), Q13
  t = mac(t, 32588, 32);                                          // mean energy and scale, Q14
  t = shl32(t, 10);
  for (std::size_t i = 0; i < history.size(); ++i) t = mac(t, kGainPredictor[i], history[i]);
  const Split power = split(mult32(high(t), 5439) >> 8);  // log2(10) / 20, Q15
  return {low(power_of_two(14, power.lo)), sub(14, power.hi)};
}

Gains compose_gains(std::size_t first, std::size_t second, const PredictedGain& predicted,
                    GainHistory& history) {
  const Word32 factor = correction(first, second);
  Gains gains;
  gains.pitch = add(kGainFirstStage[first][0], kGainSecondStage[second][0]);
  const Word32 t = mult32(predicted.mantissa, low(factor >> 1));
  gains.code = high(shl32(t, 4 - predicted.precision));
  const Logarithm log = log2_of(factor);
  const Word32 octaves = join(Split{sub(log.exponent, 13), log.fraction});
  step(history, mult(high(shl32(octaves, 13)), 24660));  // 20 log10(2), Q12
  return gains;
}

Gains dequantise_gains(Word16 index, const Code& code, GainHistory& history) {
  const PredictedGain predicted = predict_gain(history, code);
  const auto bits = static_cast<std::size_t>(index);
  return compose_gains(static_cast<std::size_t>(kGainFirstUnmap[bits >> 4]),
                       static_cast<std::size_t>(kGainSecondUnmap[bits & 15]), predicted, history);
}

void conceal_gains(Gains& gains, GainHistory& history) {
  gains.pitch = std::min<Word16>(mult(gains.pitch, 29491), 29491);  // 0.9, Q15
  gains.code = mult(gains.code, 32111);                             // 0.98
  Word32 sum = 0;
  for (const Word16 x : history) sum += x;
  step(history, std::max<Word16>(sub(low(sum >> 2), 4096), -14336));  // 4 dB down
}

Word16 quantise_gains(const GainCriterion& criterion, const Code& code, bool tamed, GainHistory& history,
                      Gains& gains) {
  constexpr Word16 kTamedPitchQ9 = 481;  // 0.94
  constexpr Word16 kBelowOneQ14 = 16383;
  const PredictedGain predicted = predict_gain(history, code);
  std::array<Word16, 2> best = best_gains(criterion);
  if (tamed) best[0] = std::min(best[0], kTamedPitchQ9);
  const int q = predicted.precision;
  const Word16 predicted_q4 =
      q >= 4 ? shr(predicted.mantissa, q - 4) : high(shl32(predicted.mantissa, 20 - q));
  const auto [first0, second0] = preselect(best, predicted_q4);

  const std::array<int, 5> align = {criterion.precision[0] + 13, criterion.precision[1] + 14,
                                    criterion.precision[2] + 2 * q - 21, criterion.precision[3] + q - 3,
                                    criterion.precision[4] + q - 4};
  const int least = *std::min_element(align.begin(), align.end());
  std::array<Split, 5> weight;
  for (std::size_t i = 0; i < 5; ++i) {
    weight[i] = split(shr32(from_high(criterion.mantissa[i]), align[i] - least));
  }
  Word32 least_error = kMax32;
  std::size_t first = first0;
  std::size_t second = second0;
  for (std::size_t i = first0; i < first0 + kFirstCandidates; ++i) {
    for (std::size_t j = second0; j < second0 + kSecondCandidates; ++j) {
      const Word16 pitch = add(kGainFirstStage[i][0], kGainSecondStage[j][0]);
      if (tamed && pitch >= kBelowOneQ14) continue;
      const Word16 fixed = mult(predicted.mantissa, low(correction(i, j) >> 1));
      Word32 error = product(weight[0], mult(pitch, pitch));
      error = add32(error, product(weight[1], pitch));
      error = add32(error, product(weight[2], mult(fixed, fixed)));
      error = add32(error, product(weight[3], fixed));
      error = add32(error, product(weight[4], mult(fixed, pitch)));
      if (error < least_error) least_error = error, first = i, second = j;
    }
  }
  gains = compose_gains(first, second, predicted, history);
  return static_cast<Word16>(kGainFirstMap[first] * 16 + kGainSecondMap[second]);
}

}  // namespace codecs::g729
