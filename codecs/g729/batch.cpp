#include "codecs/g729/batch.h"

#include <algorithm>

#include "codecs/g729/lanes/kernels.h"

namespace codecs::g729 {
namespace {

const lanes::Kernels* kernels_of(simd::Target target) {
#if defined(__x86_64__)
  switch (target) {
    case simd::Target::kAvx512:
      return &lanes::kAvx512Kernels;
    case simd::Target::kAvx2:
      return &lanes::kAvx2Kernels;
    case simd::Target::kSse41:
      return &lanes::kSse41Kernels;
    case simd::Target::kScalar:
      break;
  }
#else
  static_cast<void>(target);
#endif
  return nullptr;
}

ReceivedFrame sorted(const DecodeFrame& frame) {
  ReceivedFrame out{FrameType::kErased, {}, {}};
  if (frame.erased) return out;
  if (frame.octets.size() == kSpeechOctets) {
    out.type = FrameType::kSpeech;
    out.speech = unpack(frame.octets.first<kSpeechOctets>());
  } else if (frame.octets.size() == kSidOctets) {
    out.type = FrameType::kSid;
    out.sid = unpack_sid(frame.octets.first<kSidOctets>());
  } else if (frame.octets.empty()) {
    out.type = FrameType::kUntransmitted;
  }
  return out;
}

void put(EncodeFrame& frame, const SentFrame& sent) {
  frame.size = 0;
  if (sent.type == FrameType::kSpeech) {
    frame.octets = pack(sent.speech);
    frame.size = kSpeechOctets;
  } else if (sent.type == FrameType::kSid) {
    const SidOctets octets = pack(sent.sid);
    std::copy(octets.begin(), octets.end(), frame.octets.begin());
    frame.size = kSidOctets;
  }
}

std::span<const Word16, kFrame> samples_of(const EncodeFrame& frame) {
  return std::span<const Word16, kFrame>(frame.pcm, kFrame);
}

/// Calls whose frame is speech, gathered until a batch is full: pauses leave gaps that others fill.
class SpeechQueue {
 public:
  explicit SpeechQueue(const lanes::Kernels& kernels, BatchReport& report)
      : kernels_(kernels), report_(report) {}

  void add(EncodeFrame& frame) {
    frames_[static_cast<std::size_t>(count_++)] = &frame;
    if (count_ == kernels_.lanes) flush();
  }

  void flush() {
    if (count_ == 0) return;
    std::array<FrameParameters, lanes::kMostLanes> out;
    std::array<lanes::EncodeLane, lanes::kMostLanes> batch;
    const auto count = static_cast<std::size_t>(count_);
    for (std::size_t i = 0; i < count; ++i) batch[i] = {frames_[i]->state, &out[i]};
    const std::uint32_t again = kernels_.encode(batch.data(), count_);
    for (std::size_t i = 0; i < count; ++i) {
      if ((again >> i & 1) != 0) {
        out[i] = encode_speech(*frames_[i]->state);
        frames_[i]->redone = true;
        ++report_.redone;
      }
      put(*frames_[i], {FrameType::kSpeech, out[i], {}});
    }
    count_ = 0;
  }

 private:
  const lanes::Kernels& kernels_;
  BatchReport& report_;
  std::array<EncodeFrame*, lanes::kMostLanes> frames_;
  int count_{0};
};

}  // namespace

BatchReport decode(std::span<DecodeFrame> frames, simd::Target target) noexcept {
  BatchReport report{frames.size(), 0};
  const lanes::Kernels* const kernels = kernels_of(target);
  const std::size_t width = kernels != nullptr ? static_cast<std::size_t>(kernels->lanes) : 1;
  while (!frames.empty()) {
    const std::span<DecodeFrame> some = frames.first(std::min(width, frames.size()));
    frames = frames.subspan(some.size());
    std::array<ReceivedFrame, lanes::kMostLanes> received;
    std::array<lanes::DecodeLane, lanes::kMostLanes> batch;
    for (std::size_t i = 0; i < some.size(); ++i) {
      received[i] = sorted(some[i]);
      batch[i] = {some[i].state, &received[i], some[i].pcm};
    }
    std::uint32_t again = 1;
    if (kernels != nullptr) {
      again = kernels->decode(batch.data(), static_cast<int>(some.size()));
      report.redone += static_cast<std::size_t>(std::popcount(again));
    }
    for (std::size_t i = 0; i < some.size(); ++i) {
      if ((again >> i & 1) == 0) continue;
      some[i].redone = kernels != nullptr;
      decode_frame(*some[i].state, received[i], std::span<Word16, kFrame>(some[i].pcm, kFrame));
    }
  }
  return report;
}

BatchReport encode(std::span<EncodeFrame> frames, simd::Target target) noexcept {
  BatchReport report{frames.size(), 0};
  const lanes::Kernels* const kernels = kernels_of(target);
  if (kernels == nullptr) {
    for (EncodeFrame& frame : frames) put(frame, encode_frame(*frame.state, samples_of(frame)));
    return report;
  }
  SpeechQueue speech(*kernels, report);
  while (!frames.empty()) {
    const std::size_t count = std::min(static_cast<std::size_t>(kernels->lanes), frames.size());
    const std::span<EncodeFrame> some = frames.first(count);
    frames = frames.subspan(count);
    std::array<FrameCorrelations, lanes::kMostLanes> correlations;
    std::array<lanes::AnalysisLane, lanes::kMostLanes> batch;
    for (std::size_t i = 0; i < count; ++i) {
      batch[i] = {some[i].state, some[i].pcm, some[i].state->use_dtx ? &correlations[i] : nullptr};
    }
    const std::uint32_t again = kernels->analyse(batch.data(), static_cast<int>(count));
    for (std::size_t i = 0; i < count; ++i) {
      if ((again >> i & 1) != 0) {
        correlations[i] = analyse(*some[i].state, samples_of(some[i]));
        some[i].redone = true;
        ++report.redone;
      }
      SentFrame pause{};
      if (encode_pause(*some[i].state, correlations[i], pause)) {
        put(some[i], pause);
      } else {
        speech.add(some[i]);
      }
    }
  }
  speech.flush();
  return report;
}

}  // namespace codecs::g729
