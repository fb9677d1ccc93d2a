#pragma once
/// \file
/// Decode and encode jobs of many sessions, gathered by codec so that a codec can work on many calls at once.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "codecs/codec.h"
#include "dataplane/api/worker_stats.h"
#include "dataplane/outlet.h"
#include "mediad/base/clock.h"

namespace dataplane {

class Transcoder;

/// Jobs of one codec and direction that run together: the int16 lanes of an AVX2 register.
inline constexpr std::size_t kBatch = 16;
/// Linear audio of the longest packet: mono, 48 kHz.
inline constexpr std::size_t kMaxPcm = 48 * codecs::kMaxPacketMs;
/// Room in front of an encoded payload for the fixed RTP header.
inline constexpr std::size_t kRtpRoom = 12;

/// One packet to decode. The payload is copied.
struct DecodeRequest {
  const codecs::Codec* codec{nullptr};
  codecs::Decoder* decoder{nullptr};
  codecs::DecodeKind kind{codecs::DecodeKind::kPayload};
  base::Octets payload;
  std::uint32_t samples_wanted{
      0};             ///< for kLost and kRecover; for kPayload what to conceal if it is undecodable
  base::Instant now;  ///< when the packet came
  // For the transcoder itself:
  std::uint32_t timestamp{0};  ///< if it begins: of the first sample, in the outgoing stream's ticks
  std::uint8_t payload_type{0};
  bool begins{false};  ///< what is decoded does not follow what was decoded before
  bool pause{false};   ///< the source sends nothing: nothing is lost
};

/// What became of it; the spans are valid only during the call that brings it.
struct DecodeDone {
  DecodeRequest request;
  std::span<const std::int16_t> pcm;
  bool ok{false};  ///< false: the codec refused the payload, and `pcm` is what it made up for it
};

/// One frame to encode; encode() copies the samples.
struct EncodeRequest {
  const codecs::Codec* codec{nullptr};
  codecs::Encoder* encoder{nullptr};
  std::span<const std::int16_t> pcm;
  std::uint32_t timestamp{0};  ///< of the first sample, in the outgoing stream's ticks
  base::Instant now;           ///< when the packet that completed the frame came
  bool marker{false};
};

/// What became of it; valid only during the call that brings it.
struct EncodeDone {
  EncodeRequest request;
  /// kRtpRoom octets to be filled in, then the payload; empty behind the room: nothing to send (DTX).
  base::MutableOctets packet;
  std::uint32_t skipped{0};  ///< samples at the front of the frame that the payload does not cover (DTX)
};

/// The codec part of a turn. A job waits until its batch is full or the turn ends, whichever comes first;
/// jobs of one coder never share a batch, so the order within a stream is kept. A turn has a budget of codec
/// time: what it does not cover stays for the next turn, so that no relayed packet waits longer than the
/// budget and one call into a codec. All memory is allocated on construction. One worker.
class CodecStage {
 public:
  /// Codec time per turn; a fifth of what one packet may be delayed by (2 ms at p99.9).
  static constexpr base::Duration kBudget = std::chrono::microseconds{400};
  /// How long a job waits for others of its codec: what a lone call may be slower by.
  static constexpr base::Duration kCompany = std::chrono::milliseconds{1};

  /// `codecs`: all that jobs may name. Finished packets leave through `outlet`.
  CodecStage(std::span<const codecs::Codec* const> codecs, Outlet& outlet, WorkerStats& stats);
  ~CodecStage();
  CodecStage(const CodecStage&) = delete;
  CodecStage& operator=(const CodecStage&) = delete;

  void decode(Transcoder& owner, const DecodeRequest& request);
  void encode(Transcoder& owner, const EncodeRequest& request);

  /// Runs what need not wait for company, decoders first, until all is done or the budget is used up. Returns
  /// the number of jobs done.
  std::size_t run(base::Instant now, base::Duration budget = kBudget);
  /// Runs everything that waits, whatever it takes: before a session changes or leaves.
  void run_all();
  /// When run() should be called again: at once if the budget left something over, never if nothing waits.
  [[nodiscard]] base::Instant due() const;
  /// Samples that belong to nobody, for the length of a call: kMaxPcm of them.
  [[nodiscard]] std::span<std::int16_t> scratch() { return {scratch_.get(), kMaxPcm}; }

  /// The most effort that encoders may spend now, 0..10.
  void set_effort(int ceiling) { effort_ = ceiling; }
  [[nodiscard]] int effort() const { return effort_; }

 private:
  struct DecodeRoom {
    std::array<std::byte, codecs::kMaxPayload> payload;
    std::array<std::int16_t, kMaxPcm> pcm;
  };
  struct EncodeRoom {
    std::array<std::byte, kRtpRoom + codecs::kMaxPayload> packet;
    std::array<std::int16_t, kMaxPcm> pcm;
  };

  /// Jobs of one codec and direction. Those before `head` are done; the arrays start anew when all are.
  template <typename Job, typename Request, typename Room>
  struct Batch {
    Batch(const codecs::Codec* of, CodecWork& counted) : codec(of), lanes(of->info().lanes), work(&counted) {}

    const codecs::Codec* codec;
    std::size_t lanes;
    CodecWork* work;
    std::size_t head{0};
    std::size_t count{0};
    std::uint32_t ns_per_job{0};  // running mean
    std::array<Job, kBatch> jobs;
    std::array<Request, kBatch> requests;
    std::array<Transcoder*, kBatch> owners{};
    // Not zeroed: a worker touches only those of the codecs that its calls use.
    std::unique_ptr<Room[]> rooms = std::make_unique_for_overwrite<Room[]>(kBatch);
  };
  using DecodeBatch = Batch<codecs::DecodeJob, DecodeRequest, DecodeRoom>;
  using EncodeBatch = Batch<codecs::EncodeJob, EncodeRequest, EncodeRoom>;

  base::Duration run_batch(DecodeBatch& batch, std::size_t n);
  base::Duration run_batch(EncodeBatch& batch, std::size_t n);
  template <typename Batches>
  std::size_t run_within(Batches& batches, base::Instant now, base::Duration& budget);

  Outlet& outlet_;
  std::vector<DecodeBatch> decode_;  // one per codec
  std::vector<EncodeBatch> encode_;
  std::unique_ptr<std::int16_t[]> scratch_ = std::make_unique<std::int16_t[]>(kMaxPcm);
  std::size_t waiting_{0};
  int effort_{codecs::kMostComplexity};
};

}  // namespace dataplane
