#pragma once
/// \file
/// The LSP quantiser's search over lanes (see quantise_lsf() in codecs/g729/lsp.h).

#include "codecs/g729/lanes/lsp.h"

namespace codecs::g729::lanes {

/// Cosine and the slope of the arc cosine in one word.
consteval CosineTable arccosine_table() {
  CosineTable t{};
  for (std::size_t i = 0; i < 64; ++i) {
    t.pairs[i] = static_cast<std::int32_t>(
        static_cast<std::uint32_t>(static_cast<std::uint16_t>(kCosine[i])) |
        static_cast<std::uint32_t>(static_cast<std::uint16_t>(kArccosineSlope[i])) << 16);
  }
  return t;
}
inline constexpr CosineTable kArccosines = arccosine_table();

template <class L>
MEDIAD_KERNEL void lsf_of_lsp(const Words<L>* lsp, Words<L>* lsf) {
  Words<L> index[kOrder];
  for (int j = 0; j < kOrder; ++j) index[j] = Words<L>(63);
  // As many steps down as cosines are below.
  for (std::size_t i = 1; i < 64; ++i) {
    const Words<L> cosine(kCosine[i]);
    for (int j = 0; j < kOrder; ++j) index[j] = index[j] + (lsp[j] > cosine);
  }
  for (int j = kOrder - 1; j >= 0; --j) {
    if (j + 1 < kOrder) index[j] = min(index[j], index[j + 1]);
    const Longs<L> i = widen(index[j]);
    const Longs<L> both = gather(kArccosines.pairs, i);
    const Words<L> offset = subs(lsp[j], truncate(both));
    const Longs<L> step = (widen(offset) * (both >> 16)) >> 11;
    lsf[j] = mult(adds(index[j] << 9, truncate(step)), Words<L>(25736));
  }
}

template <class L>
MEDIAD_INLINE void lsf_weights(const Words<L>* lsf, Words<L>* w) {
  Words<L> greatest(0);
  for (int j = 0; j < kOrder; ++j) {
    Words<L> room;
    if (j == 0) {
      room = subs(lsf[1], Words<L>(1029 + 8192));
    } else if (j == kOrder - 1) {
      room = subs(Words<L>(23677 - 8192), lsf[kOrder - 2]);
    } else {
      room = subs(subs(lsf[j + 1], lsf[j - 1]), Words<L>(8192));
    }
    const Words<L> square = narrow(product(room, room) >> 13);
    const Words<L> heavy = adds(narrow(product(square, Words<L>(20480)) >> 13), Words<L>(2048));
    w[j] = select(room > Words<L>(0), Words<L>(2048), heavy);
    if (j == 4 || j == 5) w[j] = narrow(product(w[j], Words<L>(19661)) >> 14);
    greatest = max(greatest, w[j]);
  }
  const Longs<L> shift = norm_positive(widen(greatest)) - 16;
  for (int j = 0; j < kOrder; ++j) w[j] = narrow(widen(w[j]) << shift);
}

/// Codebook entries as pairs for broadcasting, and the range of each element.
struct FirstStagePairs {
  std::int32_t pairs[128][5];
  std::int16_t least[kOrder], greatest[kOrder];
};
consteval std::int32_t pair_of(int a, int b) {
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(a) & 0xFFFFU) | static_cast<std::uint32_t>(b)
                                                                                   << 16);
}
consteval FirstStagePairs first_stage_pairs() {
  FirstStagePairs t{};
  for (std::size_t j = 0; j < kOrder; ++j) t.least[j] = kMax16, t.greatest[j] = kMin16;
  for (std::size_t i = 0; i < 128; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      t.pairs[i][j] = pair_of(kLspFirstStage[i][2 * j], kLspFirstStage[i][2 * j + 1]);
    }
    for (std::size_t j = 0; j < kOrder; ++j) {
      t.least[j] = std::min(t.least[j], kLspFirstStage[i][j]);
      t.greatest[j] = std::max(t.greatest[j], kLspFirstStage[i][j]);
    }
  }
  return t;
}
inline constexpr FirstStagePairs kFirstStagePairs = first_stage_pairs();

/// Pairs 0-1, 2-3 and 4-none of each half.
struct SecondStagePairs {
  std::int32_t pairs[2][32][3];
};
consteval SecondStagePairs second_stage_pairs() {
  SecondStagePairs t{};
  for (std::size_t half = 0; half < 2; ++half) {
    for (std::size_t i = 0; i < 32; ++i) {
      const auto& entry = kLspSecondStage[i];
      const std::size_t at = 5 * half;
      t.pairs[half][i][0] = pair_of(entry[at], entry[at + 1]);
      t.pairs[half][i][1] = pair_of(entry[at + 2], entry[at + 3]);
      t.pairs[half][i][2] = pair_of(entry[at + 4], 0);
    }
  }
  return t;
}
inline constexpr SecondStagePairs kSecondStagePairs = second_stage_pairs();

template <class L>
MEDIAD_INLINE Pairs<L> broadcast(std::int32_t pair) {
  return Pairs<L>(Longs<L>(pair));
}

/// Index of the nearest entry of the first stage. kLimit: distances may reach 2^30, where the
/// Recommendation's saturate.
template <bool kLimit, class L>
MEDIAD_KERNEL Words<L> nearest_first(const Pairs<L>* target) {
  Longs<L> best(1 << 30);
  Longs<L> index(0);
  for (int i = 0; i < 128; ++i) {
    Longs<L> sum(0);
    for (int j = 0; j < 5; ++j) {
      const Pairs<L> d = subs(target[j], broadcast<L>(kFirstStagePairs.pairs[i][j]));
      sum = sum + dot(d, d);
      if constexpr (kLimit) sum = min_unsigned(sum, Longs<L>(1 << 30));
    }
    index = select(sum < best, Longs<L>(i), index);
    best = min(best, sum);
  }
  return narrow(index);
}

template <class L>
MEDIAD_INLINE Words<L> search_first(const Words<L>* target) {
  Pairs<L> pairs[5];
  Longs<L> most(0);
  for (int j = 0; j < 5; ++j) {
    pairs[j] = Pairs<L>(target[2 * j], target[2 * j + 1]);
    Words<L> far[2];
    for (int k = 0; k < 2; ++k) {
      const int at = 2 * j + k;
      far[k] = max(magnitude(subs(target[at], Words<L>(kFirstStagePairs.least[at]))),
                   magnitude(subs(target[at], Words<L>(kFirstStagePairs.greatest[at]))));
    }
    const Pairs<L> d(far[0], far[1]);
    most = min_unsigned(most + dot(d, d), Longs<L>(1 << 30));
  }
  if (any(narrow(most == Longs<L>(1 << 30)))) return nearest_first<true>(pairs);
  return nearest_first<false>(pairs);
}

/// Index of the nearest entry of half a second stage, weighted. kNear: every distance is below 2^14.
template <bool kNear, class L>
MEDIAD_KERNEL Words<L> nearest_second(const Pairs<L>* rest, const Pairs<L>* weights, int half) {
  Longs<L> best(1 << 30);
  Longs<L> index(0);
  for (int i = 0; i < 32; ++i) {
    Longs<L> sum(0);
    for (int j = 0; j < 3; ++j) {
      const Pairs<L> d = subs(rest[j], broadcast<L>(kSecondStagePairs.pairs[half][i][j]));
      if constexpr (kNear) {
        Pairs<L> twice;
        twice.a = d.a + d.a;
        twice.b = d.b + d.b;
        sum = sum + dot(mulhi(weights[j], twice), d);
      } else {
        Pairs<L> m;
        m.a = mult(Words<L>(weights[j].a), Words<L>(d.a)).v;
        m.b = mult(Words<L>(weights[j].b), Words<L>(d.b)).v;
        sum = min_unsigned(sum + dot(m, d), Longs<L>(1 << 30));
      }
    }
    index = select(sum < best, Longs<L>(i), index);
    best = min(best, sum);
  }
  return narrow(index);
}

template <class L>
MEDIAD_INLINE Words<L> search_second(const Words<L>* rest, const Words<L>* weights, int half) {
  const int at = 5 * half;
  Pairs<L> r[3];
  Pairs<L> w[3];
  Words<L> greatest(0);
  for (int j = 0; j < 5; ++j) greatest = max(greatest, magnitude(rest[at + j]));
  for (int j = 0; j < 3; ++j) {
    const bool both = j < 2;
    r[j] = Pairs<L>(rest[at + 2 * j], both ? rest[at + 2 * j + 1] : Words<L>(0));
    w[j] = Pairs<L>(weights[at + 2 * j], both ? weights[at + 2 * j + 1] : Words<L>(0));
  }
  // 14 bits less the largest entry of the codebook.
  if (any(greatest > Words<L>(14000))) return nearest_second<false>(r, w, half);
  return nearest_second<true>(r, w, half);
}

template <class L>
struct LaneLspCode {
  Words<L> predictor, first, low, high;
};

/// Each lane's entries of a codebook, as rows.
template <class L, class Table>
MEDIAD_INLINE void look_up(const Table& table, Words<L> index, Words<L>* rows) {
  alignas(64) std::int16_t entries[L::kLanes][16];
  std::int16_t indexes[L::kLanes];
  to_array(index, indexes);
  std::int16_t* p[L::kLanes];
  for (int i = 0; i < L::kLanes; ++i) {
    p[i] = entries[i];
    __builtin_memcpy(entries[i], table[static_cast<std::size_t>(indexes[i])].data(),
                     kOrder * sizeof(std::int16_t));
  }
  load_rows(rows, p, 0, 16);
}

/// Quantises LSFs and steps the history; `quantised` gets the decoded LSFs.
template <class L>
MEDIAD_KERNEL LaneLspCode<L> quantise_lsf(const Words<L>* lsf, Words<L>* history, Words<L>* quantised) {
  Words<L> weights[kOrder];
  lsf_weights(lsf, weights);
  Words<L> words[2][kOrder];
  Words<L> first[2];
  Words<L> low[2];
  Words<L> high_half[2];
  Longs<L> distance[2];
  for (int mode = 0; mode < 2; ++mode) {
    Words<L> target[kOrder];
    prediction_target(lsf, history, Words<L>(-mode), target);
    first[mode] = search_first(target);
    Words<L> entry[16];
    look_up(kLspFirstStage, first[mode], entry);
    Words<L> rest[kOrder];
    for (int j = 0; j < kOrder; ++j) rest[j] = subs(target[j], entry[j]);
    low[mode] = search_second(rest, weights, 0);
    high_half[mode] = search_second(rest, weights, 1);
    Words<L> second[16];
    look_up(kLspSecondStage, low[mode], second);
    for (int j = 0; j < 5; ++j) words[mode][j] = entry[j] + second[j];
    look_up(kLspSecondStage, high_half[mode], second);
    for (int j = 5; j < kOrder; ++j) words[mode][j] = entry[j] + second[j];
    Words<L> word[kOrder];
    for (int j = 0; j < kOrder; ++j) word[j] = words[mode][j];
    spread(word, 1, 5, kCodewordGap);
    spread(word, 6, kOrder, kCodewordGap);
    spread(word, 1, kOrder, kCodewordGap / 2);
    distance[mode] = Longs<L>(0);
    for (int j = 0; j < kOrder; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const Words<L> d =
          mult(subs(word[j], target[j]), Words<L>(kLspPredictorRest[static_cast<std::size_t>(mode)][at]));
      const Words<L> weighted = narrow(product(weights[j], d) >> 11);
      distance[mode] = min_unsigned(distance[mode] + product(weighted, d), Longs<L>(1 << 30));
    }
  }
  const Words<L> second = narrow(distance[1] < distance[0]);
  Words<L> word[kOrder];
  for (int j = 0; j < kOrder; ++j) word[j] = select(second, words[1][j], words[0][j]);
  decode_codeword(word, history, second, quantised);
  remember(history, word, Words<L>(-1));
  return {second & Words<L>(1), select(second, first[1], first[0]), select(second, low[1], low[0]),
          select(second, high_half[1], high_half[0])};
}

}  // namespace codecs::g729::lanes
