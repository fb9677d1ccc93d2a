#include "codecs/g729/postfilter.h"

#include <algorithm>

#include "codecs/g729/math.h"
#include "codecs/g729/tables.h"

namespace codecs::g729 {
namespace {

using Samples = std::array<Word16, kSubframe>;

constexpr Word16 kZeroWeight = 18022;   // 0.55, Q15
constexpr Word16 kPoleWeight = 22938;   // 0.7
constexpr Word16 kTiltWeight = 26214;   // 0.8
constexpr Word16 kPitchWeight = 16384;  // 0.5
constexpr Word16 kGainMemory = 29491;   // 0.9
constexpr Word16 kGainStep = 3276;      // 0.1
constexpr std::size_t kTiltSpan = 22;   // samples of the impulse response that tell the tilt

Word32 energy(const Word16* x, Word32 start) {
  for (int n = 0; n < kSubframe; ++n) start = mac(start, shr(x[n], 2), shr(x[n], 2));
  return start;
}

/// Adds to the residual what it repeats around the pitch lag, if that is at least 3 dB of it (A.4.2.1).
Samples emphasise_pitch(const Word16* x, Word16 lag) {
  const int first = std::min(lag - 3, kMaxLag - 6);
  Word32 best = kMin32;
  int delay = first;
  for (int d = first; d <= first + 6; ++d) {
    Word32 sum = 0;
    for (int n = 0; n < kSubframe; ++n) sum = mac(sum, shr(x[n], 2), shr(x[n - d], 2));
    if (sum > best) best = sum, delay = d;
  }
  best = std::max(best, 0);
  const Word32 past = energy(x - delay, 1);
  const Word32 present = energy(x, 1);
  const int shift = norm32(std::max({best, past, present}));
  Word16 common = round16(shl32(best, shift));
  Word16 delayed = round16(shl32(past, shift));
  const Word16 here = round16(shl32(present, shift));
  Samples out;
  std::copy_n(x, kSubframe, out.begin());
  if (sub32(mult32(common, common), mult32(delayed, here) >> 1) < 0) return out;
  Word16 direct = 21845;  // 2/3 and 1/3: the echo is louder than the sound
  Word16 repeated = 10923;
  if (common <= delayed) {
    common = shr(mult(common, kPitchWeight), 1);
    delayed = shr(delayed, 1);
    const Word16 sum = add(common, delayed);
    repeated = sum > 0 ? divide(common, sum) : Word16{0};
    direct = sub(kMax16, repeated);
  }
  for (int n = 0; n < kSubframe; ++n) {
    out[static_cast<std::size_t>(n)] = add(mult(direct, x[n]), mult(repeated, x[n - delay]));
  }
  return out;
}

/// First reflection of the truncated response of A(z/0.55)/A(z/0.7), times 0.8 where positive (A.4.2.3).
Word16 tilt_of(const LpFilter& zeros, const LpFilter& poles) {
  std::array<Word16, kOrder + kTiltSpan> buffer{};
  Word16* const h = buffer.data() + kOrder;
  std::copy(zeros.begin(), zeros.end(), h);
  synthesis(poles, h, h, kTiltSpan);
  Word32 sum0 = 0;
  Word32 sum1 = 0;
  for (std::size_t n = 0; n < kTiltSpan; ++n) sum0 = mac(sum0, h[n], h[n]);
  for (std::size_t n = 0; n + 1 < kTiltSpan; ++n) sum1 = mac(sum1, h[n], h[n + 1]);
  if (high(sum1) <= 0) return 0;
  return divide(mult(high(sum1), kTiltWeight), high(sum0));
}

void compensate_tilt(Samples& x, Word16 tilt, Word16& memory) {
  const Word16 last = x.back();
  for (std::size_t n = x.size(); n-- > 1;) x[n] = sub(x[n], mult(tilt, x[n - 1]));
  x[0] = sub(x[0], mult(tilt, memory));
  memory = last;
}

/// Brings the output back to the level of the input, smoothly (A.4.2.4).
void control_gain(const Word16* in, Word16* out, Word16& gain) {
  const Word32 energy_out = energy(out, 0);
  if (energy_out == 0) {
    gain = 0;
    return;
  }
  int exponent = norm32(energy_out) - 1;
  const Word16 level_out = round16(shl32(energy_out, exponent));
  Word16 target = 0;
  if (const Word32 energy_in = energy(in, 0); energy_in != 0) {
    const int shift = norm32(energy_in);
    const Word16 level_in = round16(shl32(energy_in, shift));
    exponent -= shift;
    const Word32 ratio = shr32(shl32(divide(level_out, level_in), 7), exponent);
    target = mult(round16(shl32(inverse_root(ratio), 9)), kGainStep);
  }
  for (int n = 0; n < kSubframe; ++n) {
    gain = add(mult(gain, kGainMemory), target);
    out[n] = high(shl32(mult32(out[n], gain), 3));
  }
}

}  // namespace

PostfilterState initial_postfilter() {
  PostfilterState state{};
  state.gain = 4096;
  return state;
}

void postfilter(PostfilterState& state, const std::array<LpFilter, 2>& filters,
                const std::array<Word16, 2>& lags, bool voiced, std::span<const Word16, kFrame> speech,
                std::span<Word16, kFrame> output) {
  std::array<Word16, kOrder + kFrame> in;
  std::array<Word16, kMaxLag + kFrame> rest;
  std::array<Word16, kOrder + kFrame> out;
  std::copy(state.speech.begin(), state.speech.end(), in.begin());
  std::copy(speech.begin(), speech.end(), in.begin() + kOrder);
  std::copy(state.residual.begin(), state.residual.end(), rest.begin());
  std::copy(state.output.begin(), state.output.end(), out.begin());
  for (std::size_t half = 0; half < 2; ++half) {
    const std::size_t start = half * kSubframe;
    const Word16* const x = in.data() + kOrder + start;
    Word16* const r = rest.data() + kMaxLag + start;
    Word16* const y = out.data() + kOrder + start;
    const LpFilter zeros = weighted(filters[half], kZeroWeight);
    const LpFilter poles = weighted(filters[half], kPoleWeight);
    residual(zeros, x, r, kSubframe);
    Samples shaped;
    if (voiced) {
      shaped = emphasise_pitch(r, lags[half]);
    } else {
      std::copy_n(r, kSubframe, shaped.begin());
    }
    compensate_tilt(shaped, tilt_of(zeros, poles), state.tilt);
    synthesis(poles, shaped.data(), y, kSubframe);
    // The filter's memory is its output before the gain control.
    std::copy_n(y + kSubframe - kOrder, kOrder, state.output.begin());
    control_gain(x, y, state.gain);
    std::copy_n(y, kSubframe, output.data() + start);
    std::copy(state.output.begin(), state.output.end(), y + kSubframe - kOrder);
  }
  std::copy_n(in.end() - kOrder, kOrder, state.speech.begin());
  std::copy_n(rest.end() - kMaxLag, kMaxLag, state.residual.begin());
  for (Word16& sample : output) {
    const Word32 sum = high_pass(state.high_pass, kPostHighPassB, kPostHighPassA, 2, sample);
    sample = round16(shl32(sum, 1));
  }
}

}  // namespace codecs::g729
