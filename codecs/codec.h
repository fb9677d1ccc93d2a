#pragma once
/// \file
/// The codec contract: samples <-> payload octets, on spans of jobs.
///
/// A Codec is one immutable object for the life of the process. It answers questions of negotiation on the
/// control thread, makes the per-call Encoder and Decoder states there, and works on spans of jobs on worker
/// lcores. Each job of a span belongs to another state, so a codec may run many calls at once in SIMD lanes;
/// one with nothing to gain loops. The work functions never allocate, lock, log, throw or call the system.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "codecs/format.h"
#include "mediad/base/byte_io.h"
#include "mediad/base/units.h"

namespace codecs {

/// Longest packet that any codec makes or takes, in milliseconds, and what follows from it.
inline constexpr std::uint32_t kMaxPacketMs = 120;
inline constexpr std::size_t kMaxPacketSamples = 48 * kMaxPacketMs * 2;  // 48 kHz stereo
inline constexpr std::size_t kMaxPayload = 1456;  // one Ethernet frame less IPv6, UDP and RTP headers

/// Effort of encoders that have a scale of 0..10: the knee of Opus, behind which more doubles the cost for a
/// fraction of a decibel.
inline constexpr int kUsualComplexity = 5;
inline constexpr int kMostComplexity = 10;

/// Fixed facts of a codec.
struct CodecInfo {
  std::string_view encoding;         ///< as in rtpmap
  base::ClockRate clock_rate;        ///< RTP clock
  std::uint8_t rtpmap_channels;      ///< as in rtpmap; Opus always says 2 (RFC 7587 §7)
  std::uint8_t static_payload_type;  ///< RFC 3551 table 4, or kDynamic
  std::uint16_t frame_ms_x10;  ///< duration of one codec frame in tenths of ms; a packet holds whole frames
  std::uint16_t default_ptime_ms;  ///< RFC 3551 or the codec's RTP payload RFC
  base::SampleRate native_rate;    ///< what it loses least at
  /// Rough CPU cost of decoding and encoding one second, in microseconds; admission control starts from
  /// these.
  std::uint32_t decode_cost_us;
  std::uint32_t encode_cost_us;
  /// Jobs that together cost about as much as one alone: 1 for a codec that loops.
  std::uint8_t lanes{1};
  std::uint16_t max_ptime_ms{60};  ///< longest packet that its encoder makes; it fits into kMaxPayload
};
inline constexpr std::uint8_t kDynamic = 0xFF;

/// How a decoder or encoder shall be built. `sample_rate` is that of the linear side; a codec that cannot
/// work at it natively says so in Codec::best_rate() and the caller resamples.
struct CoderParams {
  std::string fmtp;  ///< the *other* side's fmtp for an encoder, our own for a decoder
  base::SampleRate sample_rate{8000};
  std::uint8_t channels{1};          ///< of the linear side; the dataplane works in mono
  std::uint16_t ptime_ms{20};        ///< encoder: duration of each job
  std::int32_t bit_rate{0};          ///< encoder: bit/s, 0 = the codec's default for the rate
  int complexity{kUsualComplexity};  ///< encoder: 0..10 where the codec has a scale
  bool dtx{false};                   ///< encoder: discontinuous transmission allowed and wanted
};

/// Per-call state of one direction. Made on the control thread, used by one worker, destroyed on the control
/// thread.
class Decoder {
 public:
  virtual ~Decoder() = default;
};
class Encoder {
 public:
  virtual ~Encoder() = default;
};

enum class DecodeKind : std::uint8_t {
  kPayload,  ///< decode the payload
  kLost,     ///< no payload: conceal `samples_wanted`
  kRecover,  ///< payload is that of the *next* packet: rebuild the lost one from its in-band FEC, or conceal
};

/// One packet to decode. In: decoder, kind, payload, pcm, samples_wanted. Out: samples, ok.
struct DecodeJob {
  Decoder* decoder{nullptr};
  base::Octets payload;
  std::span<std::int16_t> pcm;      ///< room for kMaxPacketMs at the decoder's rate
  std::uint32_t samples_wanted{0};  ///< for kLost and kRecover: how long the gap is, in samples
  DecodeKind kind{DecodeKind::kPayload};
  bool ok{false};            ///< false: the payload is not this codec's (counted as a drop); pcm is untouched
  std::uint32_t samples{0};  ///< samples written
  std::uint8_t redone{0};    ///< frames of it that left the range of a SIMD codec and were done again without
};

/// One packet to encode. In: encoder, pcm (exactly ptime), payload room. Out: size, ok, and what the packet
/// is.
struct EncodeJob {
  Encoder* encoder{nullptr};
  std::span<const std::int16_t> pcm;
  base::MutableOctets payload;  ///< room for kMaxPayload
  std::uint32_t size{0};        ///< octets written; 0 with ok = nothing to send (DTX)
  /// Samples at the front of pcm that the payload does not cover, because DTX sends nothing for them: the RTP
  /// timestamp of the packet is later by as much.
  std::uint32_t skipped{0};
  bool ok{false};
  std::uint8_t redone{0};  ///< frames of it that left the range of a SIMD codec and were done again without
};

class Codec {
 public:
  virtual ~Codec() = default;

  [[nodiscard]] virtual const CodecInfo& info() const = 0;

  // --- negotiation; control thread, may allocate
  // -------------------------------------------------------------------

  /// True if a stream described by `a` can be relayed untouched to a receiver that described it as `b`
  /// (for example G.729 with annexb=no on one side only cannot: RFC 4856 §2.1.9).
  [[nodiscard]] virtual bool interchangeable(std::string_view fmtp_a, std::string_view fmtp_b) const = 0;
  /// The fmtp that we write when we offer this codec ourselves; empty for none.
  [[nodiscard]] virtual std::string offer_fmtp() const = 0;
  /// The fmtp that we write when we answer an offer with `offered`.
  [[nodiscard]] virtual std::string answer_fmtp(std::string_view offered) const = 0;
  /// True if an endpoint with this fmtp takes pauses of the codec's own (DTX), and may make them.
  [[nodiscard]] virtual bool may_pause(std::string_view /*fmtp*/) const { return false; }
  /// The linear rate at which this codec best meets a counterpart that works at `other`
  /// (Opus: any of 8, 12, 16, 24, 48 kHz; most others: always their own).
  [[nodiscard]] virtual base::SampleRate best_rate(base::SampleRate other) const = 0;
  /// The duration that our packets shall have when `wanted_ms` is asked for: whole frames, as near below as
  /// the encoder can make, at least one frame.
  [[nodiscard]] virtual std::uint16_t fit_ptime(std::uint16_t wanted_ms) const;
  /// Makes per-call state; nullptr if the parameters are outside what the codec can do.
  [[nodiscard]] virtual std::unique_ptr<Decoder> make_decoder(const CoderParams& params) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Encoder> make_encoder(const CoderParams& params) const = 0;

  // --- work; worker lcore
  // ------------------------------------------------------------------------------------------

  virtual void decode(std::span<DecodeJob> jobs) const noexcept = 0;
  virtual void encode(std::span<EncodeJob> jobs) const noexcept = 0;
  /// Duration of a payload in RTP ticks, read from its framing without decoding; 0 if it is not this codec's.
  [[nodiscard]] virtual std::uint32_t duration_ticks(base::Octets payload) const noexcept = 0;

  /// True if the payload says that nothing will follow until speech or noise changes. Its decoder makes the
  /// noise meanwhile: as DecodeKind::kLost.
  [[nodiscard]] virtual bool begins_pause(base::Octets /*payload*/) const noexcept { return false; }

  // --- running adjustments; worker lcore, default: nothing
  // ---------------------------------------------------------

  /// The far receiver reported this fraction of loss (0..1); Opus turns FEC on or off by it.
  virtual void set_expected_loss(Encoder& /*encoder*/, float /*fraction*/) const noexcept {}
  /// Shed or restore effort as the core fills; 0..10 where the codec has a scale.
  virtual void set_complexity(Encoder& /*encoder*/, int /*complexity*/) const noexcept {}
};

}  // namespace codecs
