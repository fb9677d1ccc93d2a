#pragma once
/// \file
/// What the G.729 engines have in common: negotiation, and what is read from a payload's framing.

#include "codecs/codec.h"

namespace codecs {

/// G.729 with Annexes A and B (RFC 3551 §4.5.6, RFC 4856 §2.1.9, RFC 7261), whoever does the arithmetic.
class G729Negotiation : public Codec {
 public:
  [[nodiscard]] bool interchangeable(std::string_view fmtp_a, std::string_view fmtp_b) const final;
  [[nodiscard]] std::string offer_fmtp() const final;
  [[nodiscard]] std::string answer_fmtp(std::string_view offered) const final;
  [[nodiscard]] bool may_pause(std::string_view fmtp) const final;
  [[nodiscard]] base::SampleRate best_rate(base::SampleRate other) const final;
  [[nodiscard]] std::uint32_t duration_ticks(base::Octets payload) const noexcept final;
  [[nodiscard]] bool begins_pause(base::Octets payload) const noexcept final;

 protected:
  /// True if a decoder can be built so.
  [[nodiscard]] static bool decodes(const CoderParams& params);
  /// True if an encoder can.
  [[nodiscard]] static bool encodes(const CoderParams& params);
};

}  // namespace codecs
