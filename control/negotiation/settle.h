#pragma once
/// \file
/// The formats of an audio stream once the answer is there: what the offerer is told, and what each side
/// sends and takes.

#include <vector>

#include "control/negotiation/codec_spec.h"
#include "control/negotiation/offer_list.h"
#include "control/negotiation/rewrite.h"
#include "control/negotiation/stream_view.h"
#include "control/negotiation/translation.h"

namespace control {

struct SettledFormats {
  std::vector<IncomingFormat> from_offerer;
  std::vector<OutgoingFormat> to_offerer;
  std::vector<IncomingFormat> from_answerer;
  std::vector<OutgoingFormat> to_answerer;
  std::vector<WrittenFormat> answer;  ///< for the offerer; a source is a number in the answerer's description
};

struct SettleWishes {
  bool single_codec{false};          ///< the offerer is given one codec only
  std::vector<CodecSpec> bit_rates;  ///< of what we encode for the offerer
};

/// Codecs that both sides have are relayed, in the answerer's order; the others are then left out, so that
/// nothing needs transcoding, unless the policy had them accepted. Without a common one the offerer is given
/// each of its codecs that we can transcode, in its own order. Empty `answer`: nothing can be agreed. Pure.
[[nodiscard]] SettledFormats settle_formats(const std::vector<PayloadFormat>& offered, const OfferList& list,
                                            const std::vector<PayloadFormat>& answered,
                                            const SettleWishes& wishes);

}  // namespace control
