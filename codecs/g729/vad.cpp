#include "codecs/g729/vad.h"

#include <algorithm>

#include "codecs/g729/annex_b_tables.h"
#include "codecs/g729/math.h"

namespace codecs::g729 {
namespace {

constexpr Word16 kStartFrames = 32;  // averages start from these
constexpr Word16 kSettledFrames = 128;
constexpr Word16 kQuiet = 3072;        // 15 dB, Q11 of a tenth of a decibel scale
constexpr Word16 kRise = 614;          // 3 dB
constexpr Word16 kSmallDistance = 83;  // spectral distortion, Q15

/// 10 log10 of an energy, Q11 / 10, less the offset of the window.
Word16 log_energy(Word32 energy, int exponent) {
  constexpr Word16 kDecibel = 9864;
  const Logarithm log = log2_of(energy);
  Word32 t = product(Split{log.exponent, log.fraction}, kDecibel);
  t = mac(t, kDecibel, static_cast<Word16>(-1 - exponent));
  return sub(high(shl32(t, 11)), 4875);
}

Word16 low_band_energy(const Autocorrelation& c) {
  Word32 sum = 0;
  for (std::size_t i = 1; i < kCorrelations; ++i) sum = mac(sum, c.r[i].hi, kLowBandCorrelation[i]);
  sum = mac(shl32(sum, 1), c.r[0].hi, kLowBandCorrelation[0]);
  return log_energy(sum, c.exponent);
}

/// What the decision looks at.
struct Features {
  Word16 energy, low_energy;  ///< Q11
  Word16 distortion;          ///< from the mean background spectrum, Q15
  Word16 crossings;           ///< of zero, Q15
};

Features features(const VadState& s, const Autocorrelation& c, const Lsp& lsf,
                  std::span<const Word16, kFrame + 1> speech) {
  Features f{};
  f.energy = log_energy(join(c.r[0]), c.exponent);
  f.low_energy = low_band_energy(c);
  Word32 sum = 0;
  for (std::size_t i = 0; i < kOrder; ++i) {
    const Word16 d = sub(lsf[i], s.mean_lsf[i]);
    sum = mac(sum, d, d);
  }
  f.distortion = high(sum);
  for (std::size_t n = 1; n <= kFrame; ++n) {
    if (mult(speech[n - 1], speech[n]) < 0) f.crossings = add(f.crossings, 410);
  }
  return f;
}

/// Follows the least energy of the last 128 frames (B.3.6).
void track_minimum(VadState& s, Word16 energy) {
  const bool eighth = s.frame % 8 == 0;
  const auto oldest = [&] { return *std::min_element(s.minima.begin(), s.minima.end()); };
  if (s.frame <= kSettledFrames) {
    if (energy < s.least) s.least = s.past_least = energy;
    if (eighth) {
      s.minima[static_cast<std::size_t>(s.frame / 8 - 1)] = s.least;
      s.least = kMax16;
      s.past_least = oldest();
    }
    return;
  }
  if (s.frame % 8 == 1) s.least = s.past_least, s.next_least = kMax16;
  s.least = std::min(s.least, energy);
  s.next_least = std::min(s.next_least, energy);
  if (eighth) {
    std::copy(s.minima.begin() + 1, s.minima.end(), s.minima.begin());
    s.minima.back() = s.next_least;
    s.past_least = oldest();
  }
}

/// mean + x / 32.
Word16 accumulated(Word16 mean, Word16 x) {
  return high(mac(from_high(mean), x, 1024));
}

bool start_up(VadState& s, const Features& f, const Lsp& lsf) {
  if (f.energy < kQuiet) {
    ++s.quiet;
    return false;
  }
  s.mean_energy = accumulated(s.mean_energy, f.energy);
  s.mean_crossings = accumulated(s.mean_crossings, f.crossings);
  for (std::size_t i = 0; i < kOrder; ++i) s.mean_lsf[i] = accumulated(s.mean_lsf[i], lsf[i]);
  return true;
}

/// Divides the sums of the first frames by the number of those that were not quiet.
void finish_start_up(VadState& s) {
  const auto quiet = static_cast<std::size_t>(s.quiet);
  const auto mean = [&](Word16 sum) {
    return high(shl32(mult32(sum, kVadStartFactor[quiet]), kVadStartShift[quiet]));
  };
  s.mean_energy = mean(s.mean_energy);
  s.mean_crossings = mean(s.mean_crossings);
  for (Word16& x : s.mean_lsf) x = mean(x);
  s.mean_full = sub(s.mean_energy, 2048);
  s.mean_low = sub(s.mean_energy, 2458);
}

/// The fourteen half-spaces of B.3.5: speech outside any of them. Differences are mean less frame. Where the
/// text compares the low band with the zero crossings, the ITU-T software, which decides over conformance,
/// takes the full band.
bool outside_background(Word16 low, Word16 full, Word16 distortion, Word16 crossings) {
  const auto line = [](Word16 x, Word16 slope, Word16 b0, Word16 b1) {
    return mac(mult32(x, slope), b0, b1);
  };
  const Word32 sd = from_high(distortion);
  const Word32 de = from_high(full);
  const Word32 dl = from_high(low);
  if (add32(line(crossings, -14680, 8192, -28521) >> 8, sd) > 0) return true;
  if (add32(line(crossings, 19065, 8192, -19446) >> 7, sd) > 0) return true;
  if (add32(line(crossings, 20480, 8192, 16384) >> 2, de) < 0) return true;
  if (add32(line(crossings, -16384, 8192, 19660) >> 2, de) < 0) return true;
  if (line(full, 32767, 1024, 30802) < 0) return true;
  if (mac(line(distortion, -28160, 128, 19988), full, 512) < 0) return true;
  if (line(distortion, 32767, 32, -30199) > 0) return true;
  if (add32(line(crossings, -20480, 8192, 22938) >> 2, de) < 0) return true;
  if (add32(line(crossings, 23831, 4096, 31576) >> 2, de) < 0) return true;
  if (line(full, 32767, 2048, 17367) < 0) return true;
  if (mac(line(distortion, -22400, 32, 25395), low, 256) < 0) return true;
  if (add32(line(full, -30427, 256, -29959), dl) > 0) return true;
  if (add32(line(full, -23406, 512, 28087), dl) < 0) return true;
  return mac(line(full, 24576, 1024, 29491), low, 16384) < 0;
}

/// Smooths the first decision over time (B.3.6).
bool smoothed(VadState& s, const Features& f, bool active, Word16 reflection) {
  bool held = false;
  if (s.active && !active && sub(s.mean_full, f.energy) + 410 < 0 && f.energy > kQuiet) active = held = true;
  if (!s.may_extend) {
    s.may_extend = true;
  } else if (s.was_active && s.active && !active && magnitude(sub(s.last_energy, f.energy)) <= kRise) {
    active = held = true;
    if (++s.extended > 4) s.extended = 0, s.may_extend = false;
  }
  if (!active) ++s.silent;
  if (active && s.silent > 10 && sub(f.energy, s.last_energy) <= kRise) active = false, s.silent = 0;
  if (active) s.silent = 0;
  const bool near_background = sub(f.energy, kRise) < s.mean_full;
  if (near_background && s.frame > kSettledFrames && !held && reflection < 19661) active = false;
  return active;
}

struct Adaptation {
  Word16 until;                   ///< number of updates
  Word16 energy, crossings, lsf;  ///< how much of the old mean stays, Q15
  Word16 new_lsf;                 ///< how much of the new one comes in; not the rest to 1 in the first row
};
constexpr std::array<Adaptation, 6> kAdaptation = {{{20, 24576, 26214, 19661, 13017},
                                                    {30, 31130, 30147, 21299, 11469},
                                                    {40, 31785, 30802, 22938, 9830},
                                                    {50, 32440, 31457, 24576, 8192},
                                                    {60, 32604, 32440, 24576, 8192},
                                                    {kMax16, 32604, 32702, 24576, 8192}}};

void update_means(VadState& s, const Features& f, const Lsp& lsf) {
  ++s.updates;
  const auto* a = kAdaptation.begin();
  while (s.updates >= a->until && a + 1 != kAdaptation.end()) ++a;
  const auto blend = [](Word16 keep, Word16 mean, Word16 take, Word16 x) {
    return high(mac(mult32(keep, mean), take, x));
  };
  const auto rest = [](Word16 keep) { return static_cast<Word16>(32768 - keep); };
  s.mean_full = blend(a->energy, s.mean_full, rest(a->energy), f.energy);
  s.mean_low = blend(a->energy, s.mean_low, rest(a->energy), f.low_energy);
  s.mean_crossings = blend(a->crossings, s.mean_crossings, rest(a->crossings), f.crossings);
  for (std::size_t i = 0; i < kOrder; ++i) s.mean_lsf[i] = blend(a->lsf, s.mean_lsf[i], a->new_lsf, lsf[i]);
}

}  // namespace

VadState initial_vad() {
  VadState s{};
  s.least = kMax16;
  s.may_extend = true;
  s.active = s.was_active = true;
  return s;
}

bool detect_voice(VadState& s, const Autocorrelation& correlation, const Lsp& lsf,
                  std::span<const Word16, kFrame + 1> speech, Word16 reflection) {
  s.frame = s.frame == kMax16 ? Word16{256} : static_cast<Word16>(s.frame + 1);
  const Features f = features(s, correlation, lsf, speech);
  track_minimum(s, f.energy);
  bool active = false;
  if (s.frame <= kStartFrames) active = start_up(s, f, lsf);
  if (s.frame == kStartFrames) finish_start_up(s);
  if (s.frame >= kStartFrames) {
    active =
        f.energy >= kQuiet && outside_background(sub(s.mean_low, f.low_energy), sub(s.mean_full, f.energy),
                                                 f.distortion, sub(s.mean_crossings, f.crossings));
    active = smoothed(s, f, active, reflection);
    if (sub(f.energy, kRise) < s.mean_full && reflection < 24576 && f.distortion < kSmallDistance) {
      update_means(s, f, lsf);
    }
    const bool below = s.mean_full < s.least && f.distortion < kSmallDistance;
    if (s.frame > kSettledFrames && (below || sub(s.mean_full, s.least) > 2048)) {
      s.mean_full = s.least;
      s.updates = 0;
    }
  }
  s.last_energy = f.energy;
  s.was_active = s.active;
  s.active = active;
  return active;
}

}  // namespace codecs::g729
