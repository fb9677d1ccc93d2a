#pragma once
/// \file
/// LSP decoding over lanes (see codecs/g729/lsp.h). Codewords and LSFs are ten rows.

#include "codecs/g729/lanes/math.h"
#include "codecs/g729/lsp.h"

namespace codecs::g729::lanes {

/// Moves neighbours i-1, i of [from, to) apart until they are `gap` apart.
template <class L>
MEDIAD_INLINE void spread(Words<L>* lsf, int from, int to, int gap) {
  for (int j = from; j < to; ++j) {
    const Words<L> half = max((lsf[j - 1] - lsf[j] + Words<L>(gap)) >> 1, Words<L>(0));
    lsf[j - 1] = lsf[j - 1] - half;
    lsf[j] = lsf[j] + half;
  }
}

template <class L>
MEDIAD_INLINE void stabilise(Words<L>* lsf) {
  for (int j = 0; j + 1 < kOrder; ++j) {
    const Words<L> less = min(lsf[j], lsf[j + 1]);
    lsf[j + 1] = max(lsf[j], lsf[j + 1]);
    lsf[j] = less;
  }
  lsf[0] = max(lsf[0], Words<L>(kLeastLsf));
  for (int j = 0; j + 1 < kOrder; ++j) lsf[j + 1] = max(lsf[j + 1], adds(lsf[j], Words<L>(kLeastGap)));
  lsf[9] = min(lsf[9], Words<L>(kGreatestLsf));
}

/// A table constant by predictor: `second` marks lanes that use the second.
template <class L>
MEDIAD_INLINE Words<L> by_predictor(Words<L> second, int zero, int one) {
  return Words<L>(zero) ^ (second & Words<L>(zero ^ one));
}

/// Sum of history and predictor, element j.
template <class L>
MEDIAD_INLINE Longs<L> prediction(const Words<L>* history, Words<L> second, int j) {
  const auto at = static_cast<std::size_t>(j);
  Words<L> c[4];
  for (std::size_t k = 0; k < 4; ++k) {
    c[k] = by_predictor(second, kLspPredictor[0][k][at], kLspPredictor[1][k][at]);
  }
  return dot(Pairs<L>(history[j], history[kOrder + j]), Pairs<L>(c[0], c[1])) +
         dot(Pairs<L>(history[2 * kOrder + j], history[3 * kOrder + j]), Pairs<L>(c[2], c[3]));
}

template <class L>
MEDIAD_INLINE void remember(Words<L>* history, const Words<L>* newest, Words<L> which) {
  for (int j = 0; j < kOrder; ++j) {
    for (int k = 3; k > 0; --k) {
      history[k * kOrder + j] = select(which, history[(k - 1) * kOrder + j], history[k * kOrder + j]);
    }
    history[j] = select(which, newest[j], history[j]);
  }
}

/// LSFs of a codeword (the two stages' sum), which the spreading changes.
template <class L>
MEDIAD_KERNEL void decode_codeword(Words<L>* word, const Words<L>* history, Words<L> second, Words<L>* lsf) {
  spread(word, 1, kOrder, kCodewordGap);
  spread(word, 1, kOrder, kCodewordGap / 2);
  for (int j = 0; j < kOrder; ++j) {
    const auto at = static_cast<std::size_t>(j);
    const Words<L> rest = by_predictor(second, kLspPredictorRest[0][at], kLspPredictorRest[1][at]);
    lsf[j] = narrow((prediction(history, second, j) + product(word[j], rest)) >> 15);
  }
  stabilise(lsf);
}

/// (lsf - prediction) / rest: what the codebook has to supply.
template <class L>
MEDIAD_INLINE void prediction_target(const Words<L>* lsf, const Words<L>* history, Words<L> second,
                                     Words<L>* target) {
  for (int j = 0; j < kOrder; ++j) {
    const auto at = static_cast<std::size_t>(j);
    const Words<L> inverse =
        by_predictor(second, kLspPredictorRestInverse[0][at], kLspPredictorRestInverse[1][at]);
    const Longs<L> rest = from_high(lsf[j]) - (prediction(history, second, j) << 1);
    target[j] = narrow(product(high(rest), inverse) >> 12);
  }
}

/// Cosine and its slope in one word.
struct CosineTable {
  std::int32_t pairs[64];
};
consteval CosineTable cosine_table() {
  CosineTable t{};
  for (std::size_t i = 0; i < 64; ++i) {
    t.pairs[i] = static_cast<std::int32_t>(
        static_cast<std::uint32_t>(static_cast<std::uint16_t>(kCosine[i])) |
        static_cast<std::uint32_t>(static_cast<std::uint16_t>(kCosineSlope[i])) << 16);
  }
  return t;
}
inline constexpr CosineTable kCosines = cosine_table();

template <class L>
MEDIAD_INLINE void lsp_of_lsf(const Words<L>* lsf, Words<L>* lsp) {
  for (int j = 0; j < kOrder; ++j) {
    const Words<L> turns = mult(lsf[j], Words<L>(20861));
    const Longs<L> both = gather(kCosines.pairs, widen(min(turns >> 8, Words<L>(63))));
    const Longs<L> cosine = (both << 16) >> 16;
    lsp[j] = narrow(cosine + (((both >> 16) * widen(turns & Words<L>(0xFF))) >> 12));
  }
}

}  // namespace codecs::g729::lanes
