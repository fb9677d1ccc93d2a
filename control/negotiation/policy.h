#pragma once
/// \file
/// What the operator wants of one offer or answer, typed: the meaning of ng flags and of a SIP route's
/// settings.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/negotiation/codec_spec.h"
#include "control/offer_flags.h"
#include "mediad/base/ip_address.h"

namespace control {

/// Which codecs the receiver of an offer gets to see, and which we take from its sender. Only offers are
/// judged by it.
struct CodecPolicy {
  std::vector<CodecSpec> strip;  ///< as if the offerer had never listed them
  std::vector<CodecSpec>
      mask;  ///< hidden from the answerer, taken from the offerer where it must be transcoded
  std::vector<CodecSpec> offer;      ///< exempt from strip and mask "all", moved to the front in this order
  std::vector<CodecSpec> except;     ///< exempt from strip and mask "all", in the offerer's order
  std::vector<CodecSpec> transcode;  ///< offered in any case; one that the offerer lacks is added
  std::vector<CodecSpec> accept;     ///< offered on, and taken from the offerer whatever the answerer says
  std::vector<CodecSpec> set;        ///< bit rate of codecs that we encode for the offerer

  [[nodiscard]] bool empty() const {
    return strip.empty() && mask.empty() && offer.empty() && except.empty() && transcode.empty() &&
           accept.empty();
  }
};

enum class RtcpAttribute : std::uint8_t {
  kShort,  ///< a=rtcp:PORT
  kFull,   ///< with the address
  kNone,   ///< no a=rtcp
};

struct Policy {
  CodecPolicy codecs;
  /// Duration of the packets that we send to the receiver of this offer; 0: as it likes. Offers only.
  std::uint16_t ptime_ms{0};
  /// The same towards the sender of this offer. Offers only.
  std::uint16_t ptime_reverse_ms{0};
  bool single_codec{false};  ///< answers: leave only the first codec
  RtcpMuxFlags rtcp_mux;
  /// Profile towards the receiver of an offer; empty: the offerer's. An answer has the profile of its offer.
  std::string transport;
  ReplaceFlags replace;  ///< a zero address is replaced in any case
  RtcpAttribute rtcp_attribute{RtcpAttribute::kShort};
  bool generate_mid{false};
  bool original_sendrecv{false};  ///< the direction attributes pass as they came
  /// Media of the sender is at this address, whatever its description says (`SIP-source-address`,
  /// `media-address`).
  std::optional<base::IpAddress> source_address;
};

/// Reads the codec names of the flags. One that cannot be read is left out; `notes`, if given, says which.
[[nodiscard]] Policy policy_of(const OfferFlags& flags, std::vector<std::string>* notes = nullptr);

}  // namespace control
