#pragma once
/// \file
/// Which formats the receiver of an offer gets to see, and what becomes of those of its sender: the codec
/// flags at work.

#include <optional>
#include <string>
#include <vector>

#include "control/negotiation/payload_numbers.h"
#include "control/negotiation/policy.h"
#include "control/negotiation/stream_view.h"

namespace control {

/// What may be done with a format of the offerer.
enum class Use : std::uint8_t {
  kStripped,  ///< as if it had not been offered
  kOffered,   ///< offered on; taken and transcoded if nothing else is common
  kMasked,    ///< not offered on; taken and transcoded if nothing else is common
  kAccepted,  ///< offered on; taken in any case, and transcoded where the answerer refuses it
};

/// A format in the list that the answerer gets.
struct ListedFormat {
  PayloadFormat payload;                 ///< with the number towards the answerer
  std::optional<std::uint8_t> original;  ///< its number at the offerer; nullopt: added by us
  std::int32_t bit_rate{0};              ///< bit/s that we encode it with; 0: the codec's default
};

struct OfferList {
  std::vector<Use> uses;             ///< one for each format of the offerer
  std::vector<ListedFormat> listed;  ///< in the order of the outgoing m= line
  std::vector<std::string> notes;    ///< what could not be done, for the log
};

/// Applies `policy` to the formats of an offer. `numbers` are those of the answerer's side. Where nothing
/// would be left to offer, the offerer's list stays as it is. A telephone-event of the offerer is offered at
/// the clock rate of every codec in a list to which codecs were added, and at 8000 (RFC 4733 §2.1).
[[nodiscard]] OfferList make_offer_list(const std::vector<PayloadFormat>& offered, const CodecPolicy& policy,
                                        PayloadNumbers& numbers);

/// The policy that keeps a running translation as it is: the answerer is offered what it has (`in_use`), the
/// offerer may speak what it lists. For re-offers that come without codec flags.
[[nodiscard]] OfferList keep_offer_list(const std::vector<PayloadFormat>& offered,
                                        const std::vector<PayloadFormat>& in_use, PayloadNumbers& numbers);

/// True for formats that carry speech or music: not telephone-event, not comfort noise.
[[nodiscard]] bool is_audio_codec(const codecs::Format& format);

}  // namespace control
