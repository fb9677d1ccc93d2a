#pragma once
/// \file
/// Search of the four-pulse algebraic codebook (clause A.3.8): depth first, two pulses at a time.

#include "codecs/g729/pitch.h"

namespace codecs::g729 {

struct FixedChoice {
  Word16 positions;   ///< 13 bits
  Word16 signs;       ///< 4 bits
  Code code;          ///< sharpened
  Subframe filtered;  ///< code through the response, Q12
};

/// Finds the pulses for `target`; `response` is that of the weighted synthesis filter, without sharpening.
[[nodiscard]] FixedChoice search_fixed_codebook(const Subframe& target, const Subframe& response, Word16 lag,
                                                Word16 sharpening);

}  // namespace codecs::g729
