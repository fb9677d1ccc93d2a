#include "codecs/g729/lsp.h"

#include <utility>

#include "codecs/g729/tables.h"

namespace codecs::g729 {
namespace {

using HalfPolynomial = std::array<Word16, 6>;
using HalfPolynomial32 = std::array<Word32, 6>;

/// Sum and difference polynomials without their trivial roots, in Q11, or in Q10 where that overflows.
struct SumDifference {
  std::array<HalfPolynomial, 2> f;
  int precision;  ///< 11 or 10
};

bool divide_out_trivial_roots(const LpFilter& a, int precision, SumDifference& out) {
  const Word16 scale = static_cast<Word16>(1 << (precision + 3));
  const Word16 one = static_cast<Word16>(1 << precision);
  Overflow overflow;
  auto& [sum, difference] = out.f;
  out.precision = precision;
  sum[0] = difference[0] = one;
  for (std::size_t i = 0; i < 5; ++i) {
    const Word32 half = overflow.mult(a[i + 1], scale);
    const Word16 s = high(overflow.mac(half, a[kOrder - i], scale));
    const Word16 d = high(overflow.msu(half, a[kOrder - i], scale));
    sum[i + 1] = sub(s, sum[i]);
    difference[i + 1] = add(d, difference[i]);
    overflow.seen = overflow.seen || sum[i + 1] != s - sum[i] || difference[i + 1] != d + difference[i];
  }
  return !overflow.seen;
}

/// Value of the Chebyshev series of `f` at x, Q14 saturated.
Word16 chebyshev(Word16 x, const HalfPolynomial& f, int precision) {
  const Word16 twice = precision == 11 ? 512 : 256;
  Word32 b2 = from_high(twice / 2);
  Word32 b1 = mac(mult32(x, twice), f[1], 4096);
  const auto minus_b2 = [&](Word32 t) {
    const Split s = split(b2);
    return msu(mac(t, s.hi, kMin16), s.lo, 1);
  };
  for (std::size_t i = 2; i < 5; ++i) {
    Word32 t = minus_b2(shl32(product(split(b1), x), 1));
    t = mac(t, f[i], 4096);
    b2 = b1, b1 = t;
  }
  const Word32 t = mac(minus_b2(product(split(b1), x)), f[5], 2048);
  return high(shl32(t, 17 - precision));
}

bool opposite(Word16 a, Word16 b) {
  return a * b <= 0;
}

/// Two halvings and a linear interpolation of a root between (low, y_low) and (high_x, y_high).
Word16 refine_root(Word16 x_low, Word16 y_low, Word16 x_high, Word16 y_high, const HalfPolynomial& f,
                   int precision) {
  for (int i = 0; i < 2; ++i) {
    const Word16 x = add(shr(x_low, 1), shr(x_high, 1));
    const Word16 y = chebyshev(x, f, precision);
    if (opposite(y_low, y)) {
      x_high = x, y_high = y;
    } else {
      x_low = x, y_low = y;
    }
  }
  const Word16 dx = sub(x_high, x_low);
  const Word16 dy = sub(y_high, y_low);
  if (dy == 0) return x_low;
  const Word16 size = magnitude(dy);
  const int exponent = norm16(size);
  Word16 slope = divide(16383, shl(size, exponent));
  slope = low(shr32(mult32(dx, slope), 20 - exponent));
  if (dy < 0) slope = negate(slope);
  return sub(x_low, low(shr32(mult32(y_low, slope), 11)));
}

/// Polynomial with roots lsp[0], lsp[2], ... in Q24.
HalfPolynomial32 polynomial_of_roots(const Word16* lsp) {
  HalfPolynomial32 f{};
  f[0] = 1 << 24;
  f[1] = msu(0, lsp[0], 512);
  for (std::size_t i = 2; i <= 5; ++i) {
    const Word16 root = lsp[2 * (i - 1)];
    f[i] = f[i - 2];
    for (std::size_t j = i; j > 1; --j) {
      const Word32 t = shl32(product(split(f[j - 1]), root), 1);
      f[j] = sub32(add32(f[j], f[j - 2]), t);
    }
    f[1] = msu(f[1], root, 512);
  }
  return f;
}

constexpr Word16 kGap1 = kCodewordGap;
constexpr Word16 kGap2 = 5;

Word16 nearest_first(const Lsp& target) {
  Word32 best = kMax32;
  std::size_t index = 0;
  for (std::size_t i = 0; i < kLspFirstStage.size(); ++i) {
    Word32 distance = 0;
    for (std::size_t j = 0; j < kOrder; ++j) {
      const Word16 d = sub(target[j], kLspFirstStage[i][j]);
      distance = mac(distance, d, d);
    }
    if (distance < best) best = distance, index = i;
  }
  return static_cast<Word16>(index);
}

Word16 nearest_second(const Lsp& rest, const Lsp& weights, std::size_t from, std::size_t to) {
  Word32 best = kMax32;
  std::size_t index = 0;
  for (std::size_t i = 0; i < kLspSecondStage.size(); ++i) {
    Word32 distance = 0;
    for (std::size_t j = from; j < to; ++j) {
      const Word16 d = sub(rest[j], kLspSecondStage[i][j]);
      distance = mac(distance, mult(weights[j], d), d);
    }
    if (distance < best) best = distance, index = i;
  }
  return static_cast<Word16>(index);
}

struct Trial {
  LspCode code;
  Word32 distance;
};

Trial try_predictor(const Lsp& lsf, const Lsp& weights, Word16 predictor, const LspHistory& history) {
  const auto mode = static_cast<std::size_t>(predictor);
  const Lsp target = prediction_target(lsf, kLspPredictor[mode], history, kLspPredictorRestInverse[mode]);
  Trial trial{{predictor, nearest_first(target), 0, 0}, 0};
  const auto& first = kLspFirstStage[static_cast<std::size_t>(trial.code.first)];
  Lsp rest;
  for (std::size_t j = 0; j < kOrder; ++j) rest[j] = sub(target[j], first[j]);
  trial.code.low = nearest_second(rest, weights, 0, 5);
  trial.code.high = nearest_second(rest, weights, 5, 10);
  Lsp word;
  for (std::size_t j = 0; j < kOrder; ++j) {
    const Word16 stage = j < 5 ? trial.code.low : trial.code.high;
    word[j] = add(first[j], kLspSecondStage[static_cast<std::size_t>(stage)][j]);
  }
  spread(word, 1, 5, kGap1);
  spread(word, 6, 10, kGap1);
  spread(word, 1, 10, kGap2);
  for (std::size_t j = 0; j < kOrder; ++j) {
    const Word16 d = mult(sub(word[j], target[j]), kLspPredictorRest[mode][j]);
    trial.distance = mac(trial.distance, high(shl32(mult32(weights[j], d), 4)), d);
  }
  return trial;
}

}  // namespace

Lsp lsp_of_filter(const LpFilter& a, const Lsp& previous) {
  SumDifference p;
  if (!divide_out_trivial_roots(a, 11, p)) divide_out_trivial_roots(a, 10, p);
  Lsp lsp;
  std::size_t found = 0;
  Word16 x = kChebyshevGrid[0];
  Word16 y = chebyshev(x, p.f[0], p.precision);
  for (std::size_t j = 1; j < kChebyshevGrid.size() && found < kOrder; ++j) {
    const Word16 x_high = x;
    const Word16 y_high = y;
    x = kChebyshevGrid[j];
    y = chebyshev(x, p.f[found % 2], p.precision);
    if (!opposite(y, y_high)) continue;
    x = refine_root(x, y, x_high, y_high, p.f[found % 2], p.precision);
    lsp[found++] = x;
    y = chebyshev(x, p.f[found % 2], p.precision);
  }
  return found == kOrder ? lsp : previous;
}

LpFilter filter_of_lsp(const Lsp& lsp) {
  HalfPolynomial32 sum = polynomial_of_roots(lsp.data());
  HalfPolynomial32 difference = polynomial_of_roots(lsp.data() + 1);
  for (std::size_t i = 5; i > 0; --i) {
    sum[i] = add32(sum[i], sum[i - 1]);
    difference[i] = sub32(difference[i], difference[i - 1]);
  }
  LpFilter a;
  a[0] = 4096;
  for (std::size_t i = 1; i <= 5; ++i) {
    a[i] = low(shr32_r(add32(sum[i], difference[i]), 13));
    a[11 - i] = low(shr32_r(sub32(sum[i], difference[i]), 13));
  }
  return a;
}

Lsp lsf_of_lsp(const Lsp& lsp) {
  Lsp lsf;
  int i = 63;
  for (std::size_t j = kOrder; j-- > 0;) {
    while (i > 0 && kCosine[static_cast<std::size_t>(i)] < lsp[j]) --i;
    const auto at = static_cast<std::size_t>(i);
    const Word16 offset = sub(lsp[j], kCosine[at]);
    const Word16 turns = add(static_cast<Word16>(i * 512), low(mult32(kArccosineSlope[at], offset) >> 12));
    lsf[j] = mult(turns, 25736);  // 2 pi, Q12
  }
  return lsf;
}

Lsp lsf_of_lsp_normalised(const Lsp& lsp) {
  Lsp lsf;
  int i = 63;
  for (std::size_t j = kOrder; j-- > 0;) {
    while (i > 0 && kCosine[static_cast<std::size_t>(i)] < lsp[j]) --i;
    const auto at = static_cast<std::size_t>(i);
    const Word32 offset = mult32(sub(lsp[j], kCosine[at]), kArccosineSlope[at]);
    lsf[j] = add(round16(shl32(offset, 3)), static_cast<Word16>(i * 256));
  }
  return lsf;
}

Lsp lsp_of_lsf(const Lsp& lsf) {
  Lsp lsp;
  for (std::size_t j = 0; j < kOrder; ++j) {
    const Word16 turns = mult(lsf[j], 20861);  // 1 / (2 pi), Q17
    const auto at = static_cast<std::size_t>(std::min(turns >> 8, 63));
    const Word16 offset = turns & 0xFF;
    lsp[j] = add(kCosine[at], low(mult32(kCosineSlope[at], offset) >> 13));
  }
  return lsp;
}

std::array<LpFilter, 2> interpolated_filters(const Lsp& previous, const Lsp& current) {
  Lsp middle;
  for (std::size_t j = 0; j < kOrder; ++j) middle[j] = add(shr(current[j], 1), shr(previous[j], 1));
  return {filter_of_lsp(middle), filter_of_lsp(current)};
}

void spread(Lsp& lsf, int from, int to, Word16 gap) {
  for (auto j = static_cast<std::size_t>(from); j < static_cast<std::size_t>(to); ++j) {
    const Word16 half = shr(add(sub(lsf[j - 1], lsf[j]), gap), 1);
    if (half <= 0) continue;
    lsf[j - 1] = sub(lsf[j - 1], half);
    lsf[j] = add(lsf[j], half);
  }
}

void remember(LspHistory& history, const Lsp& newest) {
  history = {newest, history[0], history[1], history[2]};
}

Lsp prediction_target(const Lsp& lsf, const std::array<Lsp, 4>& predictor, const LspHistory& history,
                      const Lsp& rest_inverse) {
  Lsp target;
  for (std::size_t j = 0; j < kOrder; ++j) {
    Word32 sum = from_high(lsf[j]);
    for (std::size_t k = 0; k < 4; ++k) sum = msu(sum, history[k][j], predictor[k][j]);
    target[j] = high(shl32(mult32(high(sum), rest_inverse[j]), 3));
  }
  return target;
}

Lsp predicted(const Lsp& codeword, const std::array<Lsp, 4>& predictor, const LspHistory& history,
              const Lsp& rest) {
  Lsp lsf;
  for (std::size_t j = 0; j < kOrder; ++j) {
    Word32 sum = mult32(codeword[j], rest[j]);
    for (std::size_t k = 0; k < 4; ++k) sum = mac(sum, history[k][j], predictor[k][j]);
    lsf[j] = high(sum);
  }
  return lsf;
}

void stabilise(Lsp& lsf) {
  for (std::size_t j = 0; j + 1 < kOrder; ++j) {
    if (lsf[j + 1] < lsf[j]) std::swap(lsf[j], lsf[j + 1]);
  }
  lsf[0] = std::max(lsf[0], kLeastLsf);
  for (std::size_t j = 0; j + 1 < kOrder; ++j) {
    if (lsf[j + 1] - lsf[j] < kLeastGap) lsf[j + 1] = add(lsf[j], kLeastGap);
  }
  lsf[9] = std::min(lsf[9], kGreatestLsf);
}

Lsp lsf_weights(const Lsp& lsf) {
  Lsp w;
  Word16 greatest = 0;
  for (std::size_t j = 0; j < kOrder; ++j) {
    Word16 room;  // distance of the neighbours less 1.0, Q13
    if (j == 0) {
      room = sub(lsf[1], 1029 + 8192);
    } else if (j == 9) {
      room = sub(23677 - 8192, lsf[8]);
    } else {
      room = sub(sub(lsf[j + 1], lsf[j - 1]), 8192);
    }
    w[j] = 2048;
    if (room <= 0) {
      const Word16 square = high(shl32(mult32(room, room), 2));
      w[j] = add(high(shl32(mult32(square, 20480), 2)), 2048);  // 10 x^2 + 1, Q11
    }
    if (j == 4 || j == 5) w[j] = high(shl32(mult32(w[j], 19661), 1));  // times 1.2
    greatest = std::max(greatest, w[j]);
  }
  const int shift = norm16(greatest);
  for (Word16& x : w) x = shl(x, shift);
  return w;
}

LspCode quantise_lsf(const Lsp& lsf, LspHistory& history, Lsp& quantised) {
  const Lsp weights = lsf_weights(lsf);
  const Trial zero = try_predictor(lsf, weights, 0, history);
  const Trial one = try_predictor(lsf, weights, 1, history);
  const LspCode code = one.distance < zero.distance ? one.code : zero.code;
  quantised = dequantise_lsf(code, history);
  return code;
}

Lsp dequantise_lsf(const LspCode& code, LspHistory& history) {
  const auto mode = static_cast<std::size_t>(code.predictor);
  const auto& first = kLspFirstStage[static_cast<std::size_t>(code.first)];
  Lsp word;
  for (std::size_t j = 0; j < kOrder; ++j) {
    const Word16 stage = j < 5 ? code.low : code.high;
    word[j] = add(first[j], kLspSecondStage[static_cast<std::size_t>(stage)][j]);
  }
  spread(word, 1, 10, kGap1);
  spread(word, 1, 10, kGap2);
  Lsp lsf = predicted(word, kLspPredictor[mode], history, kLspPredictorRest[mode]);
  remember(history, word);
  stabilise(lsf);
  return lsf;
}

}  // namespace codecs::g729
