#pragma once
/// \file
/// The decoder's adaptive postfilter and output high-pass filter (clauses A.4.2 and 4.2.5).

#include <span>

#include "codecs/g729/filter.h"
#include "codecs/g729/frame.h"

namespace codecs::g729 {

struct PostfilterState {
  std::array<Word16, kOrder> speech;  ///< past input
  std::array<Word16, kOrder> output;  ///< past output of 1/A(z/0.7)
  Word16 tilt;                        ///< past input of the tilt filter
  Word16 gain;                        ///< of the gain control, Q12
  HighPassState high_pass;
  std::array<Word16, 4> spare;           ///< fills the words above up to 32
  std::array<Word16, kMaxLag> residual;  ///< past output of A(z/0.55)
};

[[nodiscard]] PostfilterState initial_postfilter();

/// Turns decoded speech into output. `lags`: whole lags of both subframes; `voiced` false (comfort noise)
/// leaves out the pitch postfilter.
void postfilter(PostfilterState& state, const std::array<LpFilter, 2>& filters,
                const std::array<Word16, 2>& lags, bool voiced, std::span<const Word16, kFrame> speech,
                std::span<Word16, kFrame> output);

}  // namespace codecs::g729
