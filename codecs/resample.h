#pragma once
/// \file
/// Sampling-rate conversion between the rates of speech codecs by a polyphase FIR filter on 16 bit samples.

#include <cstdint>
#include <memory>
#include <span>

#include "mediad/base/units.h"

namespace codecs {

struct ResampleFilter;

/// Conversion state of one stream. The filters are computed once, at the first construction in the process;
/// process() never allocates. One thread at a time.
///
/// Flat within 0.2 dB to 0.9 of the lower rate's Nyquist frequency; images and aliases from 1.1 of it on are
/// at least 50 dB down. Delay: 16 samples of the lower rate (2 ms at 8 kHz).
class Resampler {
 public:
  /// True for any two of 8, 12, 16, 24 and 48 kHz; equal rates are a plain copy.
  [[nodiscard]] static bool supports(base::SampleRate from, base::SampleRate to);

  /// Requires supports(from, to).
  Resampler(base::SampleRate from, base::SampleRate to);

  /// Samples that will come out when `input` more go in; exact.
  [[nodiscard]] std::size_t output_size(std::size_t input) const noexcept;

  /// Converts all of `input`; returns the count of samples written, output_size(input.size()), or 0 with
  /// nothing taken in if `output` has not as much room.
  std::size_t process(std::span<const std::int16_t> input, std::span<std::int16_t> output) noexcept;

 private:
  std::size_t convert(std::span<const std::int16_t> input, std::int16_t* output) noexcept;

  const ResampleFilter* filter_;          // shared and immutable; nullptr copies
  std::unique_ptr<std::int16_t[]> tail_;  // the last samples taken in, with which the next window begins
  std::uint32_t skip_{0};   // samples by which the next output's window begins after the tail's start
  std::uint32_t phase_{0};  // of the next output
};

/// The coefficients of one conversion, for those who judge filters: rows of `taps`, one for each of the
/// `phases`, scaled by 16384. Output n is row (n * step mod phases) times the window that begins at input
/// floor(n * step / phases).
struct ResampleFilter {
  std::uint32_t phases;  ///< interpolation factor
  std::uint32_t step;    ///< decimation factor
  std::uint32_t taps;    ///< of each row, a multiple of 16
  std::unique_ptr<std::int16_t[]> coefficients;

  /// nullptr unless both are codec rates and differ.
  [[nodiscard]] static const ResampleFilter* find(base::SampleRate from, base::SampleRate to);
};

}  // namespace codecs
