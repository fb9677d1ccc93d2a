#include "codecs/g729_codec.h"

#include <algorithm>
#include <array>

#include "codecs/g729/batch.h"

namespace codecs {
namespace {

constexpr base::SampleRate kRate{8000};

constexpr CodecInfo kInfo{.encoding = "G729",
                          .clock_rate = {8000},
                          .rtpmap_channels = 1,
                          .static_payload_type = 18,
                          .frame_ms_x10 = 100,
                          .default_ptime_ms = 20,
                          .native_rate = kRate,
                          .decode_cost_us = 60,
                          .encode_cost_us = 280,
                          .lanes = g729::kUsualLanes,
                          .max_ptime_ms = kMaxPacketMs};

/// Jobs looked at together: their first frames make a batch, then their second ones, and so on.
constexpr std::size_t kGroup = 64;

struct LaneDecoder final : Decoder {
  g729::DecoderState state = g729::initial_decoder();
};

struct LaneEncoder final : Encoder {
  explicit LaneEncoder(bool dtx) : state(g729::initial_encoder(dtx)) {}
  g729::EncoderState state;
};

/// Frames that a job asks for; 0 if its payload is none of ours or its room does not suffice.
std::size_t frames_of(const DecodeJob& job) {
  const std::size_t frames = job.kind == DecodeKind::kPayload
                                 ? g729::layout_of(job.payload).frames()
                                 : (job.samples_wanted + g729::kFrameSamples - 1) / g729::kFrameSamples;
  return frames <= g729::kMaxFrames && frames * g729::kFrameSamples <= job.pcm.size() ? frames : 0;
}

/// Frame `n` of a job. What is missing is concealed: repeated after speech, filled with noise in a pause
/// (G.729 §4.4, B.4.6).
g729::DecodeFrame frame_of(const DecodeJob& job, std::size_t n) {
  g729::DecodeFrame frame;
  frame.state = &static_cast<LaneDecoder&>(*job.decoder).state;
  frame.pcm = &job.pcm[n * g729::kFrameSamples];
  frame.erased = job.kind != DecodeKind::kPayload;
  if (frame.erased) return frame;
  const base::Octets code = job.payload.subspan(n * g729::kVoiceOctets);
  frame.octets = {reinterpret_cast<const std::uint8_t*>(code.data()),
                  std::min(code.size(), g729::kVoiceOctets)};
  return frame;
}

void decode_group(std::span<DecodeJob> jobs) {
  std::array<std::size_t, kGroup> frames;
  std::size_t most = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    DecodeJob& job = jobs[i];
    frames[i] = frames_of(job);
    most = std::max(most, frames[i]);
    job.ok = frames[i] > 0;
    job.samples = 0;
    job.redone = 0;
    if (!job.ok) continue;
    const bool coded = job.kind == DecodeKind::kPayload;
    job.samples = coded ? static_cast<std::uint32_t>(frames[i] * g729::kFrameSamples) : job.samples_wanted;
  }
  std::array<g729::DecodeFrame, kGroup> batch;
  std::array<std::size_t, kGroup> owners;
  for (std::size_t n = 0; n < most; ++n) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (n >= frames[i]) continue;
      owners[count] = i;
      batch[count++] = frame_of(jobs[i], n);
    }
    g729::decode(std::span(batch).first(count));
    for (std::size_t k = 0; k < count; ++k) jobs[owners[k]].redone += batch[k].redone ? 1 : 0;
  }
}

void encode_group(std::span<EncodeJob> jobs) {
  std::array<std::size_t, kGroup> frames;
  std::array<g729::PacketWriter, kGroup> packets = [&]<std::size_t... i>(std::index_sequence<i...>) {
    return std::array{g729::PacketWriter{i < jobs.size() ? jobs[i].payload : base::MutableOctets{}}...};
  }
  (std::make_index_sequence<kGroup>{});
  std::size_t most = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EncodeJob& job = jobs[i];
    frames[i] = job.pcm.size() / g729::kFrameSamples;
    job.ok = frames[i] > 0 && frames[i] <= g729::kMaxFrames && job.pcm.size() % g729::kFrameSamples == 0;
    if (!job.ok) frames[i] = 0;
    job.redone = 0;
    most = std::max(most, frames[i]);
  }
  std::array<g729::EncodeFrame, kGroup> batch;
  std::array<std::size_t, kGroup> owners;
  for (std::size_t n = 0; n < most; ++n) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (n >= frames[i]) continue;
      owners[count] = i;
      g729::EncodeFrame& frame = batch[count++];
      frame.state = &static_cast<LaneEncoder&>(*jobs[i].encoder).state;
      frame.pcm = &jobs[i].pcm[n * g729::kFrameSamples];
      frame.redone = false;
    }
    g729::encode(std::span(batch).first(count));
    for (std::size_t k = 0; k < count; ++k) {
      const std::span code = std::span(batch[k].octets).first(batch[k].size);
      EncodeJob& job = jobs[owners[k]];
      job.ok = packets[owners[k]].add(std::as_bytes(code)) && job.ok;
      job.redone += batch[k].redone ? 1 : 0;
    }
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].size = jobs[i].ok ? packets[i].size() : 0;
    jobs[i].skipped = jobs[i].size > 0 ? packets[i].skipped() : 0;
  }
}

/// Calls `work` for the jobs, at most kGroup at a time.
template <class Job>
void in_groups(std::span<Job> jobs, void (*work)(std::span<Job>)) {
  for (; !jobs.empty(); jobs = jobs.subspan(std::min(kGroup, jobs.size()))) {
    work(jobs.first(std::min(kGroup, jobs.size())));
  }
}

}  // namespace

const CodecInfo& G729Codec::info() const {
  return kInfo;
}

std::unique_ptr<Decoder> G729Codec::make_decoder(const CoderParams& params) const {
  if (!decodes(params)) return nullptr;
  return std::make_unique<LaneDecoder>();
}

std::unique_ptr<Encoder> G729Codec::make_encoder(const CoderParams& params) const {
  if (!encodes(params)) return nullptr;
  return std::make_unique<LaneEncoder>(params.dtx && g729::annexb(params.fmtp));
}

void G729Codec::decode(std::span<DecodeJob> jobs) const noexcept {
  in_groups(jobs, decode_group);
}

void G729Codec::encode(std::span<EncodeJob> jobs) const noexcept {
  in_groups(jobs, encode_group);
}

}  // namespace codecs
