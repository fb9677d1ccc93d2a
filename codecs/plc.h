#pragma once
/// \file
/// Packet-loss concealment for codecs that have none of their own (G.711, G.722, L16): the last pitch periods
/// before the gap are repeated and faded, after the idea of ITU-T G.711 Appendix I, but without delaying what
/// arrives in order. Where its figures differ from the Appendix, real speech measured better with them.

#include <cstdint>
#include <span>
#include <vector>

#include "mediad/base/units.h"

namespace codecs {

/// Concealment state of one decoded mono stream. Allocates only in the constructor; one thread at a time.
class Plc {
 public:
  explicit Plc(base::SampleRate rate);

  /// Takes note of decoded samples. After a gap the first milliseconds of `pcm` are cross-faded with the
  /// continued concealment, in place.
  void received(std::span<std::int16_t> pcm) noexcept;

  /// Fills `pcm` in place of lost samples. Within 60 ms of gap it fades to silence and stays there.
  void conceal(std::span<std::int16_t> pcm) noexcept;

 private:
  void remember(std::span<const std::int16_t> pcm) noexcept;
  void begin_gap() noexcept;
  void repeat(std::uint32_t periods) noexcept;
  [[nodiscard]] std::uint32_t find_period() const noexcept;
  [[nodiscard]] float next_repeated() noexcept;
  [[nodiscard]] float next_concealed() noexcept;
  [[nodiscard]] float level() const noexcept;

  // Durations in samples at the stream's rate.
  std::uint32_t scale_;       // samples per 1/8 ms
  std::uint32_t min_period_;  // 5 ms: 200 Hz
  std::uint32_t max_period_;  // 15 ms: 66 Hz
  std::uint32_t block_;       // 10 ms: the step of attenuation; a period more is repeated every second

  std::vector<std::int16_t> ring_;  // the last samples played, oldest at head_
  std::uint32_t head_{0};

  // While concealing: history_ holds the ring as it was at the start of the gap; loop_ its last samples with
  // the end bent so that it may be followed by the start of the repeated part.
  std::vector<std::int16_t> history_;
  std::vector<std::int16_t> loop_;
  std::uint32_t period_{0};
  std::uint32_t quarter_{0};     // of a period: length of cross-fades
  std::uint32_t periods_{0};     // how many periods are repeated in turn
  std::uint32_t position_{0};    // within the repeated part
  std::uint32_t concealed_{0};   // samples of this gap so far; 0 = no gap
  float step_{0};                // what is missing between the last sample and its repetition
  std::vector<float> fade_out_;  // the former repetition, while more periods come in
  std::uint32_t fade_position_{0};
};

}  // namespace codecs
