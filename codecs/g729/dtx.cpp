#include "codecs/g729/dtx.h"

#include <algorithm>

#include "codecs/g729/annex_b_tables.h"

namespace codecs::g729 {
namespace {

constexpr Word16 kLeastSidGap = 3;
constexpr Word16 kNoExponent = 40;
constexpr Word16 kChangeThreshold = 4855;  // of the Itakura distance, Q15 less 1
constexpr Word16 kAverageThreshold = 3161;

template <std::size_t kCount>
ScaledCorrelation sum_of(const std::array<ScaledCorrelation, kCount>& parts) {
  Word16 exponent = parts[0].exponent;
  for (const auto& part : parts) exponent = std::min(exponent, part.exponent);
  exponent = add(exponent, 14);  // two bits of margin
  std::array<Word32, kOrder + 1> sums{};
  for (const auto& part : parts) {
    for (std::size_t j = 0; j < sums.size(); ++j) {
      sums[j] = add32(shl32(part.r[j], exponent - part.exponent), sums[j]);
    }
  }
  const int shift = norm32(sums[0]);
  ScaledCorrelation out;
  for (std::size_t j = 0; j < sums.size(); ++j) out.r[j] = high(shl32(sums[j], shift));
  out.exponent = static_cast<Word16>(exponent + shift - 16);
  return out;
}

template <class T, std::size_t kCount>
void push(std::array<T, kCount>& values, const T& newest) {
  std::copy_backward(values.begin(), values.end() - 1, values.end());
  values[0] = newest;
}

Autocorrelation widened(const ScaledCorrelation& c) {
  Autocorrelation out{};
  for (std::size_t j = 0; j < c.r.size(); ++j) out.r[j].hi = c.r[j];
  return out;
}

/// Correlation of a filter's coefficients with themselves.
ScaledCorrelation correlation_of(const LpFilter& a) {
  ScaledCorrelation out{};
  for (std::size_t lag = 0; lag < a.size(); ++lag) {
    Word32 sum = 0;
    for (std::size_t j = 0; j + lag < a.size(); ++j) sum = mac(sum, a[j], a[j + lag]);
    if (lag == 0) out.exponent = static_cast<Word16>(norm32(sum));
    out.r[lag] = round16(shl32(sum, out.exponent));
  }
  return out;
}

/// Whether the residual of the current frame through the reference filter exceeds its own by more than the
/// threshold (Itakura distance, B.4.1.3).
bool differs(const ScaledCorrelation& reference, const ScaledCorrelation& current, Word16 energy,
             Word16 threshold) {
  std::array<int, 2> down = {0, 0};
  Word32 sum = 0;
  for (std::size_t next = 1;; next = 1 - next) {
    Overflow overflow;
    sum = overflow.mult(shr(reference.r[0], down[0]), shr(current.r[0], down[1])) >> 1;
    for (std::size_t i = 1; i <= kOrder; ++i) {
      sum = overflow.mac(sum, shr(reference.r[i], down[0]), shr(current.r[i], down[1]));
    }
    if (!overflow.seen) break;
    ++down[next];
  }
  const Word32 limit = mult_r(energy, threshold) + energy;
  return sub32(sum, shl32(limit, reference.exponent + 9 - down[0] - down[1])) > 0;
}

}  // namespace

DtxState initial_dtx() {
  DtxState s{};
  s.vad = initial_vad();
  for (auto& c : s.frames) c.exponent = kNoExponent;
  for (auto& c : s.pairs) c.exponent = kNoExponent;
  for (auto& e : s.energies) e.exponent = kNoExponent;
  s.seed = kNoiseSeed;
  return s;
}

void note_correlation(DtxState& state, const Autocorrelation& correlation, bool active) {
  ScaledCorrelation c;
  for (std::size_t j = 0; j < c.r.size(); ++j) c.r[j] = correlation.r[j].hi;
  c.exponent = static_cast<Word16>(correlation.exponent - 17);
  push(state.frames, c);
  state.odd_frame = !state.odd_frame;
  if (!state.odd_frame && active) push(state.pairs, sum_of(state.frames));
}

NoiseFrame code_pause(DtxState& state, bool after_speech, const Lsp& previous_lsp, LspHistory& history,
                      LevinsonState& levinson_state) {
  const ScaledCorrelation current = sum_of(state.frames);
  push(state.energies, ScaledEnergy{state.energies[0].mantissa, current.exponent});
  LpFilter filter{};
  if (current.r[0] == 0) {
    state.energies[0].mantissa = 0;
  } else {
    levinson(widened(current), levinson_state, state.energies[0].mantissa);
    filter = levinson_state.filter;
  }
  NoiseFrame out{after_speech, {}};
  state.energies_used = after_speech ? Word16{1} : Word16{2};
  const SidGain gain =
      quantise_sid_gain(std::span(state.energies).first(static_cast<std::size_t>(state.energies_used)));
  if (!after_speech) {
    if (differs(state.reference, current, state.energies[0].mantissa, kChangeThreshold)) state.changed = true;
    if (std::abs(state.past_decibels - gain.decibels) > 2) state.changed = true;
    state.since_sid = std::min(static_cast<Word16>(state.since_sid + 1), kLeastSidGap);
    out.sid = state.since_sid == kLeastSidGap && state.changed;
  }
  if (out.sid) {
    state.since_sid = 0;
    state.changed = false;
    // The average filter of the pause's past, unless the present differs from it.
    LpFilter past = {4096};
    if (const ScaledCorrelation sum = sum_of(state.pairs); sum.r[0] != 0) {
      Word16 unused = 0;
      levinson(widened(sum), levinson_state, unused);
      past = levinson_state.filter;
    }
    state.reference = correlation_of(past);
    if (differs(state.reference, current, state.energies[0].mantissa, kAverageThreshold)) {
      state.reference = correlation_of(filter);
    } else {
      filter = past;
    }
    state.sid_lsp = quantise_sid_lsp(lsp_of_filter(filter, previous_lsp), history, out.parameters);
    out.parameters.gain = gain.index;
    state.past_decibels = gain.decibels;
    state.sid_gain = kSidGain[static_cast<std::size_t>(gain.index)];
  }
  state.gain = noise_gain(state.gain, state.sid_gain, after_speech);
  if (!state.odd_frame) push(state.pairs, sum_of(state.frames));
  return out;
}

}  // namespace codecs::g729
