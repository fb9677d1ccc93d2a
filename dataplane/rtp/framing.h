#pragma once
/// \file
/// Between a decoder and an encoder: samples in, in whatever portions the far sender chose; frames of exactly
/// the wanted ptime out, each with its timestamp. One worker; allocates when built.

#include <cstdint>
#include <memory>
#include <span>

#include "mediad/base/units.h"

namespace dataplane::rtp {

/// Longest portion that one push() takes, in milliseconds: a packet of the longest kind
/// (codecs::kMaxPacketMs).
inline constexpr std::uint32_t kLongestPushMs = 120;

class Framer {
 public:
  struct Frame {
    std::span<const std::int16_t> pcm;  ///< mono, exactly a frame; empty: none is ready. Intact until push().
    std::uint32_t timestamp{0};         ///< of its first sample
  };

  /// `rate` is the encoder's linear rate, `clock` the RTP clock of what it makes (Opus at 16 kHz: 48000;
  /// G.722 at 16 kHz: 8000).
  Framer(base::SampleRate rate, base::ClockRate clock, std::uint16_t ptime_ms);

  /// The next sample pushed has this timestamp. What is pending goes out with its own first: see pad().
  void begin(std::uint32_t timestamp) noexcept;

  /// Appends up to kLongestPushMs of samples; take all frames with pop() before the next. False: no room,
  /// nothing was taken.
  [[nodiscard]] bool push(std::span<const std::int16_t> pcm) noexcept;

  [[nodiscard]] Frame pop() noexcept;

  /// Completes a begun frame with silence, at a pause or an end; pop() then yields it. False: none was begun.
  bool pad() noexcept;

  [[nodiscard]] std::size_t pending() const { return end_ - begin_; }
  [[nodiscard]] std::uint32_t frame_samples() const { return frame_; }
  /// Of its clock.
  [[nodiscard]] std::uint32_t to_ticks(std::uint32_t samples) const {
    return static_cast<std::uint32_t>(std::uint64_t{samples} * clock_.hz / rate_.hz);
  }
  [[nodiscard]] std::uint32_t frame_ticks() const { return to_ticks(frame_); }
  /// Timestamp right behind the last sample pushed.
  [[nodiscard]] std::uint32_t end_timestamp() const {
    return start_timestamp_ + to_ticks(popped_ + static_cast<std::uint32_t>(pending()));
  }

 private:
  void make_room(std::size_t samples) noexcept;
  base::SampleRate rate_;
  base::ClockRate clock_;
  std::uint32_t frame_;
  std::size_t capacity_;
  // A line rather than a ring, because a frame must be contiguous: what remains is less than a frame, and
  // moves to the front when the line is full.
  std::unique_ptr<std::int16_t[]> samples_;
  std::size_t begin_{0};
  std::size_t end_{0};
  std::uint32_t start_timestamp_{0};
  std::uint32_t popped_{0};  // samples since start_timestamp_
};

}  // namespace dataplane::rtp
