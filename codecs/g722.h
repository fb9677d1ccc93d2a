#pragma once
/// \file
/// G.722 at 64 kbit/s by spandsp, bit-exact with ITU-T G.722 mode 1. It samples at 16 kHz, but its RTP clock
/// is 8000 Hz (RFC 3551 §4.5.2): an octet is two samples and one tick. Towards a narrow-band leg only the
/// lower sub-band is coded, at 8 kHz. Lost packets are concealed by Plc.

#include "codecs/codec.h"

namespace codecs {

class G722Codec final : public Codec {
 public:
  [[nodiscard]] const CodecInfo& info() const override;
  [[nodiscard]] bool interchangeable(std::string_view fmtp_a, std::string_view fmtp_b) const override;
  [[nodiscard]] std::string offer_fmtp() const override;
  [[nodiscard]] std::string answer_fmtp(std::string_view offered) const override;
  [[nodiscard]] base::SampleRate best_rate(base::SampleRate other) const override;
  [[nodiscard]] std::unique_ptr<Decoder> make_decoder(const CoderParams& params) const override;
  [[nodiscard]] std::unique_ptr<Encoder> make_encoder(const CoderParams& params) const override;
  void decode(std::span<DecodeJob> jobs) const noexcept override;
  void encode(std::span<EncodeJob> jobs) const noexcept override;
  [[nodiscard]] std::uint32_t duration_ticks(base::Octets payload) const noexcept override;
};

}  // namespace codecs
