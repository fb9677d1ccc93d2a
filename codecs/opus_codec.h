#pragma once
/// \file
/// Opus by libopus (RFC 6716, RFC 8251; RTP payload and SDP: RFC 7587). Coded and decoded at the rate that
/// the other leg works at, in mono; stereo packets are mixed down by the decoder.

#include "codecs/codec.h"

namespace codecs {

class OpusCodec final : public Codec {
 public:
  [[nodiscard]] const CodecInfo& info() const override;
  [[nodiscard]] bool interchangeable(std::string_view fmtp_a, std::string_view fmtp_b) const override;
  [[nodiscard]] std::string offer_fmtp() const override;
  [[nodiscard]] std::string answer_fmtp(std::string_view offered) const override;
  [[nodiscard]] bool may_pause(std::string_view fmtp) const override;
  [[nodiscard]] base::SampleRate best_rate(base::SampleRate other) const override;
  /// 10, 20, 40 or 60 ms.
  [[nodiscard]] std::uint16_t fit_ptime(std::uint16_t wanted_ms) const override;
  [[nodiscard]] std::unique_ptr<Decoder> make_decoder(const CoderParams& params) const override;
  [[nodiscard]] std::unique_ptr<Encoder> make_encoder(const CoderParams& params) const override;
  void decode(std::span<DecodeJob> jobs) const noexcept override;
  void encode(std::span<EncodeJob> jobs) const noexcept override;
  [[nodiscard]] std::uint32_t duration_ticks(base::Octets payload) const noexcept override;
  void set_expected_loss(Encoder& encoder, float fraction) const noexcept override;
  void set_complexity(Encoder& encoder, int complexity) const noexcept override;

  /// The range decoder's state after the last packet, by which conformance is told (RFC 6716 §6).
  [[nodiscard]] static std::uint32_t final_range(Decoder& decoder) noexcept;
};

/// What an Opus receiver asked for in its fmtp (RFC 7587 §6.1), as far as an encoder can follow it.
struct OpusReceiver {
  std::int32_t max_playback_rate{48000};
  std::int32_t max_average_bit_rate{510000};
  bool fec{false};
  bool dtx{false};
  bool constant_bit_rate{false};
};
[[nodiscard]] OpusReceiver opus_receiver(std::string_view fmtp);

}  // namespace codecs
