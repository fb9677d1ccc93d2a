#pragma once
/// \file
/// Line spectral pairs: conversions between LP filters, LSPs (cosine domain, Q15) and LSFs (radians, Q13),
/// and the predictive two-stage quantiser (clauses 3.2.3 to 3.2.6, A.3.2.3).

#include <array>

#include "codecs/g729/frame.h"

namespace codecs::g729 {

inline constexpr Lsp kInitialLsp = {30000, 26000, 21000, 15000, 8000, 0, -8000, -15000, -21000, -26000};

using LspHistory = std::array<Lsp, 4>;  ///< the quantiser's last four outputs, newest first, Q13

/// LSPs of A(z) by root search on 51 grid points; `previous` if not all ten roots are found.
[[nodiscard]] Lsp lsp_of_filter(const LpFilter& a, const Lsp& previous);
[[nodiscard]] LpFilter filter_of_lsp(const Lsp& lsp);
[[nodiscard]] Lsp lsf_of_lsp(const Lsp& lsp);
/// The same as fractions of the sampling rate, 0..0.5 in Q15, as the VAD wants them.
[[nodiscard]] Lsp lsf_of_lsp_normalised(const Lsp& lsp);
[[nodiscard]] Lsp lsp_of_lsf(const Lsp& lsf);
/// The filters of the two subframes; that of the first is half-way between the frames (3.2.5).
[[nodiscard]] std::array<LpFilter, 2> interpolated_filters(const Lsp& previous, const Lsp& current);

/// Codewords of one frame.
struct LspCode {
  Word16 predictor;  ///< L0
  Word16 first;      ///< L1
  Word16 low;        ///< L2
  Word16 high;       ///< L3
};

/// Searches the quantiser for `lsf` and steps its history; `quantised` gets the decoded LSFs.
LspCode quantise_lsf(const Lsp& lsf, LspHistory& history, Lsp& quantised);
/// Decodes and steps the history.
[[nodiscard]] Lsp dequantise_lsf(const LspCode& code, LspHistory& history);

// Pieces that the SID quantiser of Annex B shares.
/// Moves neighbours i-1, i of [from, to) apart until they are `gap` apart.
void spread(Lsp& lsf, int from, int to, Word16 gap);
void remember(LspHistory& history, const Lsp& newest);
/// What the codebook has to supply, given the prediction: (lsf - prediction) / rest.
[[nodiscard]] Lsp prediction_target(const Lsp& lsf, const std::array<Lsp, 4>& predictor,
                                    const LspHistory& history, const Lsp& rest_inverse);
[[nodiscard]] Lsp predicted(const Lsp& codeword, const std::array<Lsp, 4>& predictor,
                            const LspHistory& history, const Lsp& rest);
inline constexpr Word16 kLeastLsf = 40;  // Q13, as the next two
inline constexpr Word16 kGreatestLsf = 25681;
inline constexpr Word16 kLeastGap = 321;
inline constexpr Word16 kCodewordGap = 10;
/// Sorts once, and enforces the range and the least distance of a stable filter.
void stabilise(Lsp& lsf);
/// Weights of the quantiser's error measure, normalised.
[[nodiscard]] Lsp lsf_weights(const Lsp& lsf);

}  // namespace codecs::g729
