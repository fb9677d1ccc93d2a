#pragma once
/// \file
/// PCMU and PCMA (ITU-T G.711, RFC 3551 §4.5.14): one octet a sample, 8 kHz. Lost packets are concealed by
/// Plc.

#include <cstdint>

#include "codecs/codec.h"

namespace codecs {

class G711Codec final : public Codec {
 public:
  enum class Law : std::uint8_t { kMu, kA };

  explicit G711Codec(Law law) : law_(law) {}

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
  Law law_;
};

}  // namespace codecs
