#include "codecs/g729/comfort_noise.h"

#include <algorithm>

#include "codecs/g729/annex_b_tables.h"
#include "codecs/g729/math.h"
#include "codecs/g729/tables.h"

namespace codecs::g729 {
namespace {

constexpr std::size_t kSurvivors = 4;  // of the first stage of the LSF quantiser

/// The second SID predictor is 0.6 of the speech quantiser's first and 0.4 of its second (B.4.2.2).
constexpr std::array<std::array<Lsp, 4>, 2> make_predictors() {
  std::array<std::array<Lsp, 4>, 2> p{};
  p[0] = kLspPredictor[0];
  for (std::size_t k = 0; k < 4; ++k) {
    for (std::size_t j = 0; j < kOrder; ++j) {
      p[1][k][j] = high(mac(mult32(kLspPredictor[0][k][j], 19660), kLspPredictor[1][k][j], 13107));
    }
  }
  return p;
}
constexpr auto kPredictors = make_predictors();

Lsp codeword(Word16 first, Word16 second) {
  Lsp word = kLspFirstStage[static_cast<std::size_t>(kSidFirstStage[static_cast<std::size_t>(first)])];
  for (std::size_t j = 0; j < kOrder; ++j) {
    const Word16 entry = kSidSecondStage[j < 5 ? 0 : 1][static_cast<std::size_t>(second)];
    word[j] = add(word[j], kLspSecondStage[static_cast<std::size_t>(entry)][j]);
  }
  return word;
}

Lsp decoded_lsf(const SidParameters& sid, LspHistory& history) {
  const auto mode = static_cast<std::size_t>(sid.predictor);
  Lsp word = codeword(sid.first, sid.second);
  spread(word, 1, 10, kCodewordGap);
  Lsp lsf = predicted(word, kPredictors[mode], history, kSidPredictorRest[mode]);
  remember(history, word);
  stabilise(lsf);
  return lsf;
}

/// Keeps the LSFs of a SID frame about 100 Hz apart.
void space_out(Lsp& lsf) {
  lsf[0] = std::max(lsf[0], kLeastLsf);
  for (std::size_t j = 0; j + 1 < kOrder; ++j) {
    if (sub(lsf[j + 1], lsf[j]) < 2 * kLeastGap) lsf[j + 1] = add(lsf[j], 2 * kLeastGap);
  }
  lsf[9] = std::min(lsf[9], kGreatestLsf);
  if (lsf[9] < lsf[8]) lsf[8] = sub(lsf[9], kLeastGap);
}

struct Survivor {
  std::size_t predictor, first;
  Lsp rest;
};

/// The four best pairs of predictor and first-stage entry, best first.
std::array<Survivor, kSurvivors> first_stage(const std::array<Lsp, 2>& targets) {
  std::array<std::array<Word16, 32>, 2> error;
  for (std::size_t p = 0; p < 2; ++p) {
    for (std::size_t m = 0; m < 32; ++m) {
      const auto& entry = kLspFirstStage[static_cast<std::size_t>(kSidFirstStage[m])];
      Word32 sum = 0;
      for (std::size_t j = 0; j < kOrder; ++j) {
        const Word16 d = sub(targets[p][j], entry[j]);
        sum = mac(sum, d, d);
      }
      error[p][m] = mult(high(sum), kSidPredictorWeight[p]);
    }
  }
  std::array<Survivor, kSurvivors> best{};
  for (Survivor& survivor : best) {
    Word16 least = kMax16;
    for (std::size_t p = 0; p < 2; ++p) {
      for (std::size_t m = 0; m < 32; ++m) {
        if (error[p][m] < least) least = error[p][m], survivor.predictor = p, survivor.first = m;
      }
    }
    error[survivor.predictor][survivor.first] = kMax16;
    const auto& entry = kLspFirstStage[static_cast<std::size_t>(kSidFirstStage[survivor.first])];
    for (std::size_t j = 0; j < kOrder; ++j) survivor.rest[j] = sub(targets[survivor.predictor][j], entry[j]);
  }
  return best;
}

void second_stage(const std::array<Survivor, kSurvivors>& survivors, const Lsp& weights, SidParameters& sid) {
  Word16 least = kMax16;
  for (const Survivor& s : survivors) {
    for (std::size_t m = 0; m < 16; ++m) {
      Word32 sum = 0;
      for (std::size_t j = 0; j < kOrder; ++j) {
        const Word16 rest = kSidPredictorRest[s.predictor][j];
        const Word16 weight = mult(high(shl32(mult32(rest, rest), 2)), weights[j]);
        const auto entry = static_cast<std::size_t>(kSidSecondStage[j < 5 ? 0 : 1][m]);
        const Word16 d = sub(s.rest[j], kLspSecondStage[entry][j]);
        sum = mac(sum, high(shl32(mult32(weight, d), 3)), d);
      }
      if (high(sum) < least) {
        least = high(sum);
        sid.predictor = static_cast<Word16>(s.predictor);
        sid.first = static_cast<Word16>(s.first);
        sid.second = static_cast<Word16>(m);
      }
    }
  }
}

/// Uniform in decibels above 14, coarser below (B.4.2.1). The energy is value * 2^-exponent.
SidGain quantise_energy(Word32 value, Word16 exponent) {
  const Logarithm log = log2_of(value);
  Word16 e = shl(sub(log.exponent, exponent), 10);
  e = add(e, mult_r(log.fraction, 1024));  // log2, Q10
  if (e <= -2721) return {0, -12};         // -8 dB
  if (e > 22111) return {31, 66};          // 65 dB
  if (e <= 4762) {                         // 14 dB
    const Word16 index = std::max<Word16>(mult(add(e, 3401), 24), 1);
    return {index, static_cast<Word16>(4 * index - 8)};
  }
  const auto index = std::max<Word16>(static_cast<Word16>(shr(mult(sub(e, 340), 193), 2) - 1), 6);
  return {index, static_cast<Word16>(2 * index + 4)};
}

Word16 gaussian(Word16& seed) {
  Word32 sum = 0;
  for (int i = 0; i < 12; ++i) sum += next_random(seed);
  return low(sum >> 7);
}

Word16 square_root(Word32 x) {
  Word16 root = 0;
  for (Word16 bit = 0x4000; bit > 1; bit = shr(bit, 1)) {
    const Word16 trial = add(root, bit);
    if (x >= mult32(trial, trial)) root = trial;
  }
  return root;
}

struct NoisePulses {
  std::array<std::size_t, 4> at;
  std::array<bool, 4> positive;
  [[nodiscard]] Word16 correlation(const Subframe& x, int shift) const {
    Word16 sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const Word16 v = shr(x[at[i]], shift);
      sum = positive[i] ? add(sum, v) : sub(sum, v);
    }
    return sum;
  }
};

struct NoiseDraw {
  Lag lag;
  NoisePulses pulses;
  Word16 pitch_gain;  ///< Q14, below 0.5
};

/// Draws the lag, the pulses and the adaptive gain of a noise subframe, in the order of B.4.4.
NoiseDraw draw(Word16& seed) {
  NoiseDraw d;
  const auto index = [](int bits) { return static_cast<std::size_t>(bits); };
  int bits = next_random(seed);
  const int third = (bits & 3) - 1;
  d.lag = {static_cast<Word16>(((bits >> 2) & 0x3F) + 40), static_cast<Word16>(third == 2 ? 0 : third)};
  bits >>= 8;
  d.pulses.at[0] = index(5 * (bits & 7));
  d.pulses.positive[0] = ((bits >> 3) & 1) != 0;
  d.pulses.at[1] = index(5 * ((bits >> 4) & 7) + 1);
  d.pulses.positive[1] = ((bits >> 7) & 1) != 0;
  bits = next_random(seed);
  d.pulses.at[2] = index(5 * (bits & 7) + 2);
  d.pulses.positive[2] = ((bits >> 3) & 1) != 0;
  d.pulses.at[3] = index(5 * ((bits >> 5) & 7) + 3 + ((bits >> 4) & 1));
  d.pulses.positive[3] = ((bits >> 8) & 1) != 0;
  d.pitch_gain = next_random(seed) & 0x1FFF;
  return d;
}

/// Gaussian noise with half of the wanted level.
Subframe gaussian_subframe(Word16 gain, Word16& seed) {
  constexpr Word16 kHalfRoot = 19043;  // sqrt(40) / 4 - 1, Q15
  Subframe x;
  Word32 energy = 0;
  for (Word16& v : x) {
    v = gaussian(seed);
    energy = mac(energy, v, v);
  }
  const Word32 factor = product(split(inverse_root(energy >> 1)), add(gain, mult_r(gain, kHalfRoot)));
  const int shift = norm32(factor);
  const Word16 mantissa = high(shl32(factor, shift));
  for (Word16& v : x) {
    const Word32 scaled = mult_r(v, mantissa);
    // A rounded 16-bit shift.
    v = shift >= 14 ? static_cast<Word16>(shr32_r(scaled, std::min(shift - 14, 31)))
                    : shl(static_cast<Word16>(scaled), 14 - shift);
  }
  return x;
}

/// Solves for the pulse gain that brings the subframe to the wanted energy (B.4.4). May fall back to the
/// gaussian part alone in `now`, and then sets the pitch gain to 0.
Word16 pulse_gain(Word16* now, const Subframe& gaussian_part, Word16 gain, NoiseDraw& d) {
  constexpr Word16 kRest = 24576;  // 1 - 0.5^2, Q15
  constexpr Word16 kMost = 5000;
  Word16 greatest = 0;
  for (std::size_t n = 0; n < kSubframe; ++n) greatest = std::max(greatest, magnitude(now[n]));
  int shift = greatest == 0 ? 0 : std::max(3 - norm16(greatest), 0);
  Subframe x;
  std::transform(now, now + kSubframe, x.begin(), [&](Word16 v) { return shr(v, shift); });
  Word32 energy = 0;
  for (const Word16 v : x) energy = mac(energy, v, v);
  Word16 along = d.pulses.correlation(x, 0);
  const Word32 wanted = mult32(gain, low(mult32(gain, kSubframe) >> 6));
  Word32 delta = sub32(shr32(wanted, 1 + 2 * shift), energy);
  along = shr(along, 1);
  delta = mac(delta, along, along);
  ++shift;
  if (delta < 0) {
    std::copy(gaussian_part.begin(), gaussian_part.end(), now);
    int all = 0;
    for (const std::size_t at : d.pulses.at) all |= magnitude(gaussian_part[at]);
    shift = (all & 0x4000) == 0 ? 1 : 2;
    along = d.pulses.correlation(gaussian_part, shift);
    delta = mac(shr32(product(split(wanted), kRest), 2 * shift - 1), along, along);
    d.pitch_gain = 0;
  }
  const Word16 root = square_root(delta);
  Word16 g = sub(root, along);
  const Word16 other = negate(add(along, root));
  if (magnitude(other) < magnitude(g)) g = other;
  const int down = 2 - shift;
  g = down > 0 ? static_cast<Word16>(shr32_r(g, down)) : shl(g, -down);
  return std::clamp<Word16>(g, -kMost, kMost);
}

}  // namespace

Word16 next_random(Word16& seed) {
  seed = low(seed * 31821 + 13849);
  return seed;
}

SidOctets pack(const SidParameters& sid) {
  const int bits = sid.predictor << 15 | sid.first << 10 | sid.second << 6 | sid.gain << 1;
  return {static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
}

SidParameters unpack_sid(std::span<const std::uint8_t, kSidOctets> octets) {
  const int bits = octets[0] << 8 | octets[1];
  return {static_cast<Word16>(bits >> 15), static_cast<Word16>((bits >> 10) & 31),
          static_cast<Word16>((bits >> 6) & 15), static_cast<Word16>((bits >> 1) & 31)};
}

SidGain quantise_sid_gain(std::span<const ScaledEnergy> energies) {
  const std::size_t count = energies.size();
  Word16 exponent = energies[0].exponent;
  for (const ScaledEnergy& e : energies) exponent = std::min(exponent, e.exponent);
  exponent = add(exponent, static_cast<Word16>(16 - kSidMargin[count]));
  Word32 sum = 0;
  for (const ScaledEnergy& e : energies) sum = add32(sum, shl32(e.mantissa, exponent - e.exponent));
  return quantise_energy(product(split(sum), kSidFactor[count]), exponent);
}

SidGain quantise_speech_energy(const ScaledEnergy& energy) {
  return quantise_energy(product(split(shl32(energy.mantissa, energy.exponent)), kSidFactor[0]), 0);
}

Lsp quantise_sid_lsp(const Lsp& lsp, LspHistory& history, SidParameters& sid) {
  Lsp lsf = lsf_of_lsp(lsp);
  space_out(lsf);
  const std::array<Lsp, 2> targets = {
      prediction_target(lsf, kPredictors[0], history, kSidPredictorRestInverse[0]),
      prediction_target(lsf, kPredictors[1], history, kSidPredictorRestInverse[1])};
  second_stage(first_stage(targets), lsf_weights(lsf), sid);
  return lsp_of_lsf(decoded_lsf(sid, history));
}

Lsp dequantise_sid_lsp(const SidParameters& sid, LspHistory& history) {
  return lsp_of_lsf(decoded_lsf(sid, history));
}

Word16 noise_gain(Word16 past, Word16 sid_gain, bool after_speech) {
  if (after_speech) return sid_gain;
  return add(mult_r(past, 28672), mult_r(sid_gain, 4096));
}

void noise_excitation(Word16* excitation, Word16 gain, Word16& seed, TamingState* taming) {
  for (Word16* now = excitation; now != excitation + kFrame; now += kSubframe) {
    if (gain == 0) {
      std::fill_n(now, kSubframe, Word16{0});
      if (taming != nullptr) update_taming(*taming, 0, kSubframe + 1);
      continue;
    }
    NoiseDraw d = draw(seed);
    const Subframe gaussian_part = gaussian_subframe(gain, seed);
    interpolate_past(now, d.lag);
    const Word16 pitch_gain_q15 = shl(d.pitch_gain, 1);
    for (std::size_t n = 0; n < kSubframe; ++n)
      now[n] = add(mult_r(now[n], pitch_gain_q15), gaussian_part[n]);
    const Word16 g = pulse_gain(now, gaussian_part, gain, d);
    for (std::size_t i = 0; i < 4; ++i) {
      Word16& x = now[d.pulses.at[i]];
      x = d.pulses.positive[i] ? add(x, g) : sub(x, g);
    }
    if (taming != nullptr) update_taming(*taming, d.pitch_gain, d.lag.whole);
  }
}

}  // namespace codecs::g729
