#pragma once
/// \file
/// The algebraic codebook search over lanes (see codecs/g729/fixed_codebook.h). The search of Annex A visits
/// a fixed number of candidates; lanes differ only in which positions they continue from, which masks pick.

#include "codecs/g729/lanes/closed_loop.h"

namespace codecs::g729::lanes {

inline constexpr int kTracks = 5;
inline constexpr int kPlaces = 8;

/// Where the correlation of two positions is kept: 64 rows for each pair of different tracks but the last
/// two, then 40 rows of positions with themselves.
inline constexpr int kNoTrackPair = -1;
consteval auto track_pairs() {
  struct Table {
    int at[kTracks][kTracks];
  } t{};
  int next = 0;
  for (int a = 0; a < kTracks; ++a) {
    for (int b = a; b < kTracks; ++b) t.at[a][b] = t.at[b][a] = a == b || a == 3 ? kNoTrackPair : next++;
  }
  return t;
}
inline constexpr auto kTrackPairs = track_pairs();
inline constexpr int kOwnRows = 9 * kPlaces * kPlaces;
inline constexpr int kCorrelationRows = kOwnRows + kSubframe;

/// Row of the correlation of positions i < j, or kNoTrackPair.
constexpr int correlation_row(int i, int j) {
  if (i == j) return kOwnRows + i;
  const int a = i % kTracks;
  const int b = j % kTracks;
  const int pair = kTrackPairs.at[a][b];
  if (pair == kNoTrackPair) return kNoTrackPair;
  const int low_place = (a < b ? i : j) / kTracks;
  const int high_place = (a < b ? j : i) / kTracks;
  return pair * 64 + low_place * kPlaces + high_place;
}
struct CorrelationRows {
  std::int16_t row[kSubframe][kSubframe];  ///< by distance and by steps from the end
};
consteval CorrelationRows correlation_rows() {
  CorrelationRows t{};
  for (int apart = 0; apart < kSubframe; ++apart) {
    for (int n = 0; n + apart < kSubframe; ++n) {
      const int j = kSubframe - 1 - n;
      t.row[apart][n] = static_cast<std::int16_t>(correlation_row(j - apart, j));
    }
  }
  return t;
}
inline constexpr CorrelationRows kCorrelationRowOf = correlation_rows();

/// Correlations of the response with itself at every pair of positions, signs folded in.
template <class L>
MEDIAD_KERNEL void correlate_response(const Words<L>* response, const Words<L>* negative, Words<L>* rows,
                                      Words<L>& suspect) {
  Words<L> h[kSubframe];
  Longs<L> energy(0);
  for (int n = 0; n < kSubframe; n += 2) {
    const Pairs<L> p(response[n], response[n + 1]);
    energy = min_unsigned(energy + dot(p, p), Longs<L>(1 << 30));
  }
  const Words<L> loud = narrow((energy >> 15) > Longs<L>(32000));
  const Longs<L> shift = norm_positive(min(energy << 1, Longs<L>(0x7FFFFFFF)) | 1) >> 1;
  // Left by at most 14, so a multiplication does it.
  const Words<L> factor = narrow(Longs<L>(1) << shift);
  for (int n = 0; n < kSubframe; ++n) h[n] = select(loud, response[n] >> 1, response[n] * factor);
  if (any(loud)) {
    Longs<L> again(0);
    for (int n = 0; n < kSubframe; n += 2) {
      const Pairs<L> p(h[n], h[n + 1]);
      again = min_unsigned(again + dot(p, p), Longs<L>(1 << 30));
    }
    suspect = suspect | narrow(again == Longs<L>(1 << 30));
  }
  Pairs<L> first[kSubframe];
  for (int n = 0; n < kSubframe; ++n) first[n] = Pairs<L>(h[n], Words<L>(0));
  Longs<L> own(0);
  for (int n = 0; n < kSubframe; ++n) {
    own = own + dot(first[n], first[n]);
    rows[kOwnRows + kSubframe - 1 - n] = narrow(own >> 15);
  }
  for (int apart = 1; apart < kSubframe; ++apart) {
    if (apart % kTracks == 0) continue;
    Longs<L> sum(0);
    for (int n = 0; n + apart < kSubframe; ++n) {
      sum = sum + dot(first[n], first[n + apart]);
      const int row = kCorrelationRowOf.row[apart][n];
      if (row == kNoTrackPair) continue;
      const int j = kSubframe - 1 - n;
      // Times 32767 or -32768 in Q15.
      const Words<L> v = narrow(sum >> 15);
      const Words<L> opposite = negative[j] ^ negative[j - apart];
      rows[row] = select(opposite, subs(Words<L>(0), v), v + (v > Words<L>(0)));
    }
  }
}

template <class L>
class CodeSearch {
 public:
  using W = Words<L>;
  using D = Longs<L>;

  /// d: magnitudes of the target's correlation at each position; phi: correlate_response().
  MEDIAD_INLINE CodeSearch(const W* d, const W* phi) : d_(d), phi_(phi) {}

  /// Places 0..7 in tracks 0, 1, 2 and in `last` (3 or 4) for each lane.
  struct Choice {
    W place[4];
    W last;
  };

  MEDIAD_KERNEL Choice run() {
    square_ = W(-1), energy_ = W(1);
    for (int k = 0; k < 4; ++k) choice_.place[k] = W(0);
    choice_.last = W(3);
    with_last_track<3>();
    with_last_track<4>();
    return choice_;
  }

 private:
  struct Pair {
    W square, energy, sum, first, second;
  };
  template <int kLast>
  MEDIAD_INLINE void with_last_track() {
    // Pulses 2 and 3 first, then 0 and 1.
    const Pair a = first_pair<2, kLast>();
    const Pair b = second_pair<2, kLast, 0, 1>(a);
    keep(b, b.first, b.second, a.first, a.second, kLast);
    // Pulses 3 and 0 first, then 1 and 2.
    const Pair c = first_pair<kLast, 0>();
    const Pair d = second_pair<kLast, 0, 1, 2>(c);
    keep(d, c.second, d.first, d.second, c.first, kLast);
  }
  /// The candidate's square times the best's energy against the best's square times its energy.
  static MEDIAD_INLINE W beats(W square, W energy, W best_square, W best_energy) {
    const D s = dot(Pairs<L>(square, energy), Pairs<L>(best_energy, W(0) - best_square));
    return narrow(s > D(0));
  }
  static MEDIAD_INLINE W squared(W x) { return mulhi_unsigned(x + x, x); }  // Q15; x is not negative
  template <int kA, int kB>
  [[nodiscard]] MEDIAD_INLINE const W& phi(int place_a, int place_b) const {
    constexpr int kStart = kTrackPairs.at[kA][kB] * kPlaces * kPlaces;
    static_assert(kStart >= 0);
    return phi_[kStart + (kA < kB ? place_a * kPlaces + place_b : place_b * kPlaces + place_a)];
  }
  [[nodiscard]] MEDIAD_INLINE const W& own(int track, int place) const {
    return phi_[kOwnRows + track + kTracks * place];
  }

  /// One mask a place: where the lane's place is.
  struct Masks {
    W at[kPlaces];
    MEDIAD_INLINE explicit Masks(W place) {
      for (int q = 0; q < kPlaces; ++q) at[q] = place == W(q);
    }
  };
  /// Correlations of each lane's place of track a with all places of track b.
  template <int kA, int kB>
  MEDIAD_INLINE void row_of(const Masks& masks, W* out) const {
    for (int p = 0; p < kPlaces; ++p) {
      W x = masks.at[0] & phi<kA, kB>(0, p);
      for (int q = 1; q < kPlaces; ++q) x = x | (masks.at[q] & phi<kA, kB>(q, p));
      out[p] = x;
    }
  }

  /// The two strongest places of track kTrack, each with every place of track kOther.
  template <int kTrack, int kOther>
  MEDIAD_KERNEL Pair first_pair() const {
    Pair best{W(-1), W(1), W(0), W(0), W(0)};
    W previous(-1);
    for (int round = 0; round < 2; ++round) {
      W strongest(-1);
      W place(0);
      for (int q = 0; q < kPlaces; ++q) {
        const W x = d_[kTrack + kTracks * q] | (previous == W(q));  // -1 where taken
        place = select(x > strongest, W(q), place);
        strongest = max(strongest, x);
      }
      previous = place;
      const Masks masks(place);
      W row[kPlaces];
      row_of<kTrack, kOther>(masks, row);
      W itself(0);
      for (int q = 0; q < kPlaces; ++q) itself = itself | (masks.at[q] & own(kTrack, q));
      const D base = widen(itself) + 2;
      for (int p = 0; p < kPlaces; ++p) {
        const W sum = strongest + d_[kOther + kTracks * p];
        const W square = squared(sum);
        const W energy = narrow((dot(Pairs<L>(row[p], own(kOther, p)), Pairs<L>(2, 1)) + base) >> 2);
        const W better = beats(square, energy, best.square, best.energy);
        best.square = select(better, square, best.square);
        best.energy = select(better, energy, best.energy);
        best.sum = select(better, sum, best.sum);
        best.first = select(better, place, best.first);
        best.second = select(better, W(p), best.second);
      }
    }
    return best;
  }

  /// Every place of track kTrack with every place of track kOther, on top of a first pair in tracks kA and
  /// kB.
  template <int kA, int kB, int kTrack, int kOther>
  MEDIAD_KERNEL Pair second_pair(const Pair& pair) const {
    const Masks first(pair.first);
    const Masks second(pair.second);
    W fi[kPlaces];
    W si[kPlaces];
    W fj[kPlaces];
    W sj[kPlaces];
    row_of<kA, kTrack>(first, fi);
    row_of<kB, kTrack>(second, si);
    row_of<kA, kOther>(first, fj);
    row_of<kB, kOther>(second, sj);
    W with_pair[kPlaces];
    for (int p = 0; p < kPlaces; ++p) {
      const D t =
          dot(Pairs<L>(fj[p], sj[p]), Pairs<L>(2, 2)) + dot(Pairs<L>(own(kOther, p), W(4)), Pairs<L>(1, 1));
      with_pair[p] = narrow(t >> 3);
    }
    Pair best{W(-1), W(1), W(0), W(0), W(0)};
    Pairs<L> against(W(1), W(1));  // energy, minus square
    W index(0);
    const D base = (widen(pair.energy) << 2) + 8;
    for (int q = 0; q < kPlaces; ++q) {
      const W sum = pair.sum + d_[kTrack + kTracks * q];
      const D energy_q = base + dot(Pairs<L>(fi[q], si[q]), Pairs<L>(2, 2)) + widen(own(kTrack, q));
      for (int p = 0; p < kPlaces; ++p) {
        const W square = squared(sum + d_[kOther + kTracks * p]);
        const D both = dot(Pairs<L>(phi<kTrack, kOther>(q, p), with_pair[p]), Pairs<L>(2, 8)) + energy_q;
        const W energy = narrow(both >> 4);
        const W better = narrow(dot(Pairs<L>(square, energy), against) > D(0));
        best.square = select(better, square, best.square);
        best.energy = select(better, energy, best.energy);
        index = select(better, W(q * kPlaces + p), index);
        against = Pairs<L>(best.energy, W(0) - best.square);
      }
    }
    best.first = index >> 3;
    best.second = index & W(7);
    return best;
  }

  MEDIAD_INLINE void keep(const Pair& pair, W p0, W p1, W p2, W p3, int last) {
    const W better = beats(pair.square, pair.energy, square_, energy_);
    square_ = select(better, pair.square, square_);
    energy_ = select(better, pair.energy, energy_);
    const W places[4] = {p0, p1, p2, p3};
    for (int k = 0; k < 4; ++k) choice_.place[k] = select(better, places[k], choice_.place[k]);
    choice_.last = select(better, W(last), choice_.last);
  }

  const W* d_;
  const W* phi_;
  W square_, energy_;
  Choice choice_;
};

}  // namespace codecs::g729::lanes
