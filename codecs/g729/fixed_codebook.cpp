#include "codecs/g729/fixed_codebook.h"

#include <algorithm>

namespace codecs::g729 {
namespace {

constexpr std::size_t kStep = 5;    // tracks interleave
constexpr std::size_t kPlaces = 8;  // positions of a track

/// Correlations of the response with itself, shifted to every pair of pulse positions; signs folded in.
class Correlations {
 public:
  Correlations(const Subframe& response, const Subframe& signs);
  /// Of positions i and j of different tracks, or of a position with itself.
  [[nodiscard]] Word16 at(std::size_t i, std::size_t j) const { return values_[i][j]; }

 private:
  std::array<Subframe, kSubframe> values_;
};

Subframe scaled(const Subframe& response) {
  Word32 energy = 0;
  for (const Word16 h : response) energy = mac(energy, h, h);
  const int shift = high(energy) > 32000 ? -1 : norm32(energy) / 2;
  Subframe out;
  std::transform(response.begin(), response.end(), out.begin(), [&](Word16 h) { return shl(h, shift); });
  return out;
}

Correlations::Correlations(const Subframe& response, const Subframe& signs) {
  const Subframe h = scaled(response);
  for (std::size_t apart = 0; apart < kSubframe; ++apart) {
    Word32 sum = 0;
    for (std::size_t n = 0; n + apart < kSubframe; ++n) {
      sum = mac(sum, h[n], h[n + apart]);
      const std::size_t j = kSubframe - 1 - n;
      const std::size_t i = j - apart;
      Word16 value = high(sum);
      if (apart != 0) value = mult(value, (signs[i] < 0) == (signs[j] < 0) ? kMax16 : kMin16);
      values_[i][j] = values_[j][i] = value;
    }
  }
}

/// The best of the candidates so far by (sum of target correlations)^2 / energy.
struct Best {
  Word16 square{-1};
  Word16 energy{1};
  bool beaten_by(Word16 other_square, Word16 other_energy) const {
    return msu(mult32(energy, other_square), square, other_energy) > 0;
  }
};

struct Pair {
  Best score;
  Word16 sum{0};
  std::size_t first{0}, second{0};
};

class Search {
 public:
  Search(const Subframe& target, const Correlations& correlations) : d_(target), phi_(correlations) {}

  /// Positions of tracks 0, 1, 2 and 3 or 4.
  std::array<std::size_t, 4> run() {
    for (const std::size_t last : {std::size_t{3}, std::size_t{4}}) {
      // Pulses 2 and 3 first, then 0 and 1.
      const Pair a = first_pair(2, last);
      const Pair b = second_pair(a, 0, 1);
      keep(b, {b.first, b.second, a.first, a.second});
      // Pulses 3 and 0 first, then 1 and 2.
      const Pair c = first_pair(last, 0);
      const Pair d = second_pair(c, 1, 2);
      keep(d, {c.second, d.first, d.second, c.first});
    }
    return chosen_;
  }

 private:
  /// The two strongest positions of `track`, each with every position of `other`.
  [[nodiscard]] Pair first_pair(std::size_t track, std::size_t other) const {
    Pair best;
    std::size_t previous = kSubframe;
    for (int round = 0; round < 2; ++round) {
      Word16 strongest = -1;
      std::size_t i = 0;
      for (std::size_t n = track; n < kSubframe; n += kStep) {
        if (d_[n] > strongest && n != previous) strongest = d_[n], i = n;
      }
      previous = i;
      const Word32 own = mult32(phi_.at(i, i), 8192);
      for (std::size_t j = other; j < kSubframe; j += kStep) {
        const Word16 sum = add(d_[i], d_[j]);
        const Word16 energy = round16(mac(mac(own, phi_.at(i, j), 16384), phi_.at(j, j), 8192));
        consider(best, sum, energy, i, j);
      }
    }
    return best;
  }

  /// Every position of `track` with every position of `other`, on top of a first pair.
  [[nodiscard]] Pair second_pair(const Pair& pair, std::size_t track, std::size_t other) const {
    std::array<Word16, kPlaces> with_pair;
    for (std::size_t k = 0; k < kPlaces; ++k) {
      const std::size_t j = other + kStep * k;
      Word32 t = mult32(phi_.at(pair.first, j), 8192);
      t = mac(t, phi_.at(pair.second, j), 8192);
      with_pair[k] = round16(mac(t, phi_.at(j, j), 4096));
    }
    Pair best;
    for (std::size_t i = track; i < kSubframe; i += kStep) {
      const Word16 sum = add(pair.sum, d_[i]);
      Word32 energy = mac(mult32(pair.score.energy, 8192), phi_.at(pair.first, i), 4096);
      energy = mac(mac(energy, phi_.at(pair.second, i), 4096), phi_.at(i, i), 2048);
      for (std::size_t k = 0; k < kPlaces; ++k) {
        const std::size_t j = other + kStep * k;
        const Word32 both = mac(mac(energy, phi_.at(i, j), 4096), with_pair[k], 16384);
        consider(best, add(sum, d_[j]), round16(both), i, j);
      }
    }
    return best;
  }

  static void consider(Pair& best, Word16 sum, Word16 energy, std::size_t i, std::size_t j) {
    const Word16 square = mult(sum, sum);
    if (best.score.beaten_by(square, energy)) best = {{square, energy}, sum, i, j};
  }

  void keep(const Pair& pair, const std::array<std::size_t, 4>& positions) {
    if (best_.beaten_by(pair.score.square, pair.score.energy)) best_ = pair.score, chosen_ = positions;
  }

  const Subframe& d_;
  const Correlations& phi_;
  Best best_;
  std::array<std::size_t, 4> chosen_{0, 1, 2, 3};
};

/// The pulses through the response, one after the other.
Subframe filtered_pulses(const std::array<std::size_t, 4>& at, const Subframe& signs, const Subframe& h) {
  Subframe y{};
  for (const std::size_t position : at) {
    for (std::size_t n = position; n < kSubframe; ++n) {
      const Word16 x = h[n - position];
      y[n] = signs[position] > 0 ? add(y[n], x) : sub(y[n], x);
    }
  }
  return y;
}

}  // namespace

FixedChoice search_fixed_codebook(const Subframe& target, const Subframe& response, Word16 lag,
                                  Word16 sharpening) {
  Subframe h = response;
  sharpen(h, lag, sharpening);
  Subframe d = backward_filtered(target, h);
  Subframe signs;
  for (std::size_t n = 0; n < kSubframe; ++n) {
    signs[n] = d[n] >= 0 ? kMax16 : kMin16;
    d[n] = magnitude(d[n]);
  }
  const Correlations phi(h, signs);
  const std::array<std::size_t, 4> at = Search(d, phi).run();

  FixedChoice choice{0, 0, {}, filtered_pulses(at, signs, h)};
  for (std::size_t i = 0; i < at.size(); ++i) {
    choice.code[at[i]] = shr(signs[at[i]], 2);
    if (signs[at[i]] > 0) choice.signs = static_cast<Word16>(choice.signs | (1 << i));
  }
  const std::size_t last = at[3] / kStep * 2 + (at[3] % kStep - 3);
  choice.positions = static_cast<Word16>(at[0] / kStep | at[1] / kStep << 3 | at[2] / kStep << 6 | last << 9);
  sharpen(choice.code, lag, sharpening);
  return choice;
}

}  // namespace codecs::g729
