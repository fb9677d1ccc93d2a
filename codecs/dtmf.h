#pragma once
/// \file
/// DTMF in the voice band (ITU-T Q.23, Q.24): the sixteen pairs of tones, made and recognised, for legs
/// without telephone-event (RFC 4733, whose event numbers name the digits here: 0-9, 10 = *, 11 = #, 12-15 =
/// A-D).

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "mediad/base/units.h"

namespace codecs {

inline constexpr std::uint8_t kDtmfDigits = 16;

/// One digit's two tones, continuous in phase over calls of generate(). One thread at a time, no allocation.
class DtmfGenerator {
 public:
  /// `event` below kDtmfDigits. `dbm0`: power of each tone as RFC 4733 §2.3 tells it, 0..63 for 0 to -63
  /// dBm0.
  DtmfGenerator(base::SampleRate rate, std::uint8_t event, std::uint8_t dbm0) noexcept;

  /// Overwrites `pcm` with the tones; the first 2 ms of the digit rise so that it begins without a click.
  void generate(std::span<std::int16_t> pcm) noexcept;

  /// Adds the end of the digit: the tones fall to silence over the whole of `pcm`.
  void finish(std::span<std::int16_t> pcm) noexcept;

 private:
  /// A rotating phasor.
  struct Tone {
    float cosine{1};
    float sine{0};
    float turn_cosine{1};
    float turn_sine{0};
  };
  [[nodiscard]] float next() noexcept;

  std::array<Tone, 2> tones_;
  float amplitude_;
  float rise_{0};
  float rise_step_;
};

/// Recognises digits in 8 kHz audio in blocks of 12.75 ms: a digit begins after two alike blocks and ends
/// after two without it, so that tones of 40 ms with pauses of 40 ms are told apart (Q.24). Speech must not
/// trigger it: both tones have to hold most of the block's energy, with a twist within 8 dB. One thread at a
/// time, no allocation.
class DtmfDetector {
 public:
  struct Change {
    std::uint8_t event{0};
    bool begins{false};  ///< else it ends
    std::size_t at{0};   ///< sample of the call's span at which the block that decided ended
  };

  /// Looks at 8 kHz samples; tells at most one change for each call, so give no more than 20 ms at once.
  [[nodiscard]] std::optional<Change> listen(std::span<const std::int16_t> pcm) noexcept;

  /// The digit that sounds now.
  [[nodiscard]] std::optional<std::uint8_t> sounding() const noexcept { return current_; }

 private:
  static constexpr std::size_t kBlock = 102;

  void add(float sample) noexcept;
  [[nodiscard]] std::optional<std::uint8_t> digit_in_block() const noexcept;
  void start_block() noexcept;

  std::array<float, 8> before_{};  // Goertzel states: the last and the last but one
  std::array<float, 8> before_that_{};
  float energy_{0};
  std::size_t filled_{0};
  std::optional<std::uint8_t> last_block_;
  std::optional<std::uint8_t> current_;
  int misses_{0};
};

}  // namespace codecs
