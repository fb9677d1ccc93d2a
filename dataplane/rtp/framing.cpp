#include "dataplane/rtp/framing.h"

#include <algorithm>

namespace dataplane::rtp {

Framer::Framer(base::SampleRate rate, base::ClockRate clock, std::uint16_t ptime_ms)
    : rate_(rate),
      clock_(clock),
      frame_(std::max(rate.hz * ptime_ms / 1000, 1u)),
      capacity_(frame_ + std::size_t{rate.hz} * kLongestPushMs / 1000),
      samples_(std::make_unique<std::int16_t[]>(capacity_)) {}

void Framer::begin(std::uint32_t timestamp) noexcept {
  begin_ = end_ = 0;
  popped_ = 0;
  start_timestamp_ = timestamp;
}

bool Framer::push(std::span<const std::int16_t> pcm) noexcept {
  if (pending() + pcm.size() > capacity_) return false;
  make_room(pcm.size());
  std::copy(pcm.begin(), pcm.end(), samples_.get() + end_);
  end_ += pcm.size();
  return true;
}

void Framer::make_room(std::size_t samples) noexcept {
  if (end_ + samples <= capacity_) return;
  std::copy(samples_.get() + begin_, samples_.get() + end_, samples_.get());
  end_ -= begin_;
  begin_ = 0;
}

Framer::Frame Framer::pop() noexcept {
  if (pending() < frame_) return {};
  // Whole seconds move into the start, so that the count never overflows and nothing is lost to rounding.
  if (popped_ >= rate_.hz) {
    popped_ -= rate_.hz;
    start_timestamp_ += clock_.hz;
  }
  const Frame frame{.pcm = {samples_.get() + begin_, frame_},
                    .timestamp = start_timestamp_ + to_ticks(popped_)};
  begin_ += frame_;
  popped_ += frame_;
  return frame;
}

bool Framer::pad() noexcept {
  const std::size_t begun = pending() % frame_;
  if (begun == 0) return false;
  const std::size_t missing = frame_ - begun;
  make_room(missing);
  std::fill_n(samples_.get() + end_, missing, std::int16_t{0});
  end_ += missing;
  return true;
}

}  // namespace dataplane::rtp
