#pragma once
/// \file
/// G.729 with Annexes A and B by libbcg729 (RFC 3551 §4.5.6, RFC 4856 §2.1.9, RFC 7261): 10 ms frames of 10
/// octets, at 8 kHz; a packet may end with a 2-octet noise description (SID). The library interoperates but
/// is not bit-exact with the Recommendation.

#include "codecs/g729_negotiation.h"

namespace codecs {

class Bcg729Codec final : public G729Negotiation {
 public:
  [[nodiscard]] const CodecInfo& info() const override;
  [[nodiscard]] std::unique_ptr<Decoder> make_decoder(const CoderParams& params) const override;
  [[nodiscard]] std::unique_ptr<Encoder> make_encoder(const CoderParams& params) const override;
  void decode(std::span<DecodeJob> jobs) const noexcept override;
  void encode(std::span<EncodeJob> jobs) const noexcept override;
};

}  // namespace codecs
