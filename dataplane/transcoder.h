#pragma once
/// \file
/// The codec half of a translating flow: decode, resample, cut into frames, encode, stamp.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "codecs/codec.h"
#include "codecs/comfort_noise.h"
#include "codecs/resample.h"
#include "dataplane/codec_stage.h"
#include "dataplane/endpoint.h"
#include "dataplane/rtp/framing.h"
#include "dataplane/rtp/reorder.h"
#include "dataplane/rtp/timeline.h"

namespace dataplane {

/// Decodes one payload type of a flow.
struct DecoderUnit {
  std::uint8_t payload_type{0};
  const codecs::Codec* codec{nullptr};
  base::ClockRate clock;
  base::SampleRate rate;  ///< of what it decodes to
  std::unique_ptr<codecs::Decoder> decoder{};
  std::unique_ptr<codecs::Resampler> resampler{};  ///< to the encoder's rate, if it is another one
};

/// Encodes what the flow sends.
struct EncoderUnit {
  std::uint8_t payload_type{0};
  const codecs::Codec* codec{nullptr};
  base::ClockRate clock;
  base::SampleRate rate;
  std::uint16_t ptime_ms{20};
  int complexity{codecs::kUsualComplexity};  ///< wanted
  int least_complexity{0};                   ///< to which it may be shed; not above `complexity`
  std::unique_ptr<codecs::Encoder> encoder{};
};

/// Packets of one source in sequence order in, packets of our own stream out, by way of the worker's
/// CodecStage. Built by control; one worker; no allocation once built.
class Transcoder {
 public:
  Transcoder(std::vector<DecoderUnit> decoders, EncoderUnit encoder);

  /// The endpoints whose counters and stream it uses; after every change of the session's body.
  void attach(Endpoint& from, Endpoint& to);

  /// The next packet in order, `missing` lost before it. `restart`: its sequence and timestamp relate to
  /// nothing before. False: the payload is not its codec's.
  [[nodiscard]] bool receive(const rtp::MediaPacket& packet, std::uint16_t missing, bool restart,
                             CodecStage& stage);

  /// The source has fallen silent and says what the silence sounds like (RFC 3389). From now on expire()
  /// makes that noise, until the next packet that is decoded. The same goes for a pause that the codec itself
  /// has told, in receive(). An encoder that may pause makes a pause of it again.
  void fall_silent(const rtp::MediaPacket& packet, const codecs::NoiseDescription& noise, CodecStage& stage);
  /// Makes the noise that is due. Returns when to call again, if the source is silent.
  std::optional<base::Instant> expire(base::Instant now, CodecStage& stage);

  [[nodiscard]] std::optional<base::Instant> noise_due() const { return noise_due_; }

  /// For CodecStage: what became of a job.
  void decoded(const DecodeDone& done, CodecStage& stage);
  void encoded(const EncodeDone& done, Outlet& outlet);

  /// The far receiver reported this fraction of loss.
  void set_expected_loss(float fraction);

 private:
  [[nodiscard]] DecoderUnit& unit_of(std::uint8_t payload_type);
  void restart(const rtp::MediaPacket& packet, const DecoderUnit& unit, CodecStage& stage);
  void conceal(std::uint32_t ticks, std::uint32_t duration, const rtp::MediaPacket& next,
               DecodeRequest request, CodecStage& stage);
  [[nodiscard]] std::uint32_t begin_at(std::uint32_t timestamp);
  void go_on_pausing(const rtp::MediaPacket& packet, std::uint32_t duration, DecoderUnit& unit);
  void make_noise(base::Instant now, CodecStage& stage);
  void follow_effort(int ceiling);
  void encode_ready(base::Instant now, CodecStage& stage);

  std::vector<DecoderUnit> decoders_;
  EncoderUnit encoder_;
  rtp::SourceTimeline timeline_;
  rtp::Framer framer_;
  std::uint16_t refused_{0};  // payloads that were not the codec's, since the last good one: as good as lost
  int complexity_;            // that the encoder works with
  bool mark_{false};          // the next frame begins a talkspurt
  codecs::ComfortNoise noise_;
  std::optional<base::Instant> noise_due_;  // set while the source is silent
  DecoderUnit* pausing_{nullptr};           // whose decoder knows the noise; none: noise_ does
  Endpoint* from_{nullptr};
  Endpoint* to_{nullptr};
};

}  // namespace dataplane
