#pragma once
/// \file
/// L16: linear samples of 16 bits in network order (RFC 3551 §4.5.11, RFC 2586), mono or stereo. The linear
/// side is mono: a stereo payload is averaged when decoded and told twice when encoded. Lost packets are
/// concealed by Plc.

#include "codecs/codec.h"

namespace codecs {

/// One rate and channel count; each is a format of its own in SDP.
class L16Codec final : public Codec {
 public:
  L16Codec(base::SampleRate rate, std::uint8_t channels);

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

 private:
  [[nodiscard]] std::size_t frame_octets() const { return std::size_t{2} * info_.rtpmap_channels; }
  [[nodiscard]] std::size_t max_samples() const;
  [[nodiscard]] bool in_range(const CoderParams& params) const;

  CodecInfo info_;
};

}  // namespace codecs
