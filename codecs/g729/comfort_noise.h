#pragma once
/// \file
/// What the two ends of Annex B share: the SID frame and its quantisers (B.4.2), and the comfort-noise
/// excitation (B.4.4).

#include <span>

#include "codecs/g729/lsp.h"
#include "codecs/g729/pitch.h"

namespace codecs::g729 {

inline constexpr Word16 kNoiseSeed = 11111;  ///< both ends restart the noise here after speech

/// Next value of the pseudo-random sequence (4.4.4, B.4.4).
Word16 next_random(Word16& seed);

/// The 15 bits of a SID frame (table B.2).
struct SidParameters {
  Word16 predictor;  ///< 1 bit
  Word16 first;      ///< 5 bits
  Word16 second;     ///< 4 bits
  Word16 gain;       ///< 5 bits
  bool operator==(const SidParameters&) const = default;
};
using SidOctets = std::array<std::uint8_t, kSidOctets>;
[[nodiscard]] SidOctets pack(const SidParameters& sid);
[[nodiscard]] SidParameters unpack_sid(std::span<const std::uint8_t, kSidOctets> octets);

/// An energy as mantissa * 2^-exponent.
struct ScaledEnergy {
  Word16 mantissa;
  Word16 exponent;
};

struct SidGain {
  Word16 index;     ///< 0..31
  Word16 decibels;  ///< of the quantised energy
};
/// Quantises the mean of one or two residual energies.
[[nodiscard]] SidGain quantise_sid_gain(std::span<const ScaledEnergy> energies);
/// Quantises the energy of the last speech frame, when the first SID frame is lost.
[[nodiscard]] SidGain quantise_speech_energy(const ScaledEnergy& energy);

/// Quantises LSPs into `sid`, steps the history, returns the quantised LSPs.
Lsp quantise_sid_lsp(const Lsp& lsp, LspHistory& history, SidParameters& sid);
[[nodiscard]] Lsp dequantise_sid_lsp(const SidParameters& sid, LspHistory& history);

/// Smoothed gain of the noise: the SID's own after speech, then 7/8 of the old (B.4.4).
[[nodiscard]] Word16 noise_gain(Word16 past, Word16 sid_gain, bool after_speech);

/// Writes a frame of noise to excitation[0..kFrame), reading the past before it. An encoder passes its taming
/// state, a decoder null.
void noise_excitation(Word16* excitation, Word16 gain, Word16& seed, TamingState* taming);

}  // namespace codecs::g729
