#pragma once
/// \file
/// The kernels once more, written for a vector of 16 bit lanes: each instruction set's file instantiates them
/// with its own vector type V, so that no code compiled for one set can be linked into another. What does not
/// fill a vector is left to the scalar kernels. How each computes is explained where it differs from those.

#include "codecs/simd/kernels.h"

namespace codecs::simd {

template <typename V>
struct VectorKernels {
  using Words = typename V::Words;
  using Longs = typename V::Longs;

  // --- G.711: a shift by a segment number that differs from lane to lane is a multiplication by a power of
  // two that is looked up, and the segment number itself comes from two look-ups by nibble.

  /// Width in bits of lanes below 256, as bit_width of either nibble.
  static Words bit_width(Words value) {
    static constexpr std::uint8_t kLow[16] = {0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4};
    static constexpr std::uint8_t kHigh[16] = {0, 5, 6, 6, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8};
    const Words low = V::look_up(V::table(kLow), V::and_(value, V::splat(15)));
    const Words high = V::look_up(V::table(kHigh), V::template shift_right<4>(value));
    return V::max(low, high);
  }

  static Words to_alaw(Words sample) {
    static constexpr std::uint8_t kPower[16] = {0, 128, 64, 32, 16, 8, 4, 2};  // 2^(16 - octave), upper octet
    const Words sign = V::template shift_right_signed<15>(sample);
    const Words magnitude = V::template shift_right<4>(V::xor_(sample, sign));
    const Words octave = V::add(bit_width(V::template shift_right<5>(magnitude)), V::splat(1));
    const Words power = V::template shift_left<8>(V::look_up(V::table(kPower), octave));
    const Words mantissa = V::mul_high_unsigned(V::template shift_left<1>(magnitude), power);
    const Words code = V::add(V::sub(V::template shift_left<4>(octave), V::splat(16)), mantissa);
    return V::xor_(V::xor_(code, V::splat(0xD5)), V::and_(sign, V::splat(0x80)));
  }

  static Words to_ulaw(Words sample) {
    static constexpr std::uint8_t kPower[16] = {128, 64, 32, 16, 8, 4, 2, 1};  // 2^(15 - octave), upper octet
    const Words sign = V::template shift_right_signed<15>(sample);
    const Words biased = V::add(V::template shift_right<2>(V::xor_(sample, sign)), V::splat(33));
    const Words magnitude = V::min(biased, V::splat(0x1FFF));
    const Words octave = bit_width(V::template shift_right<6>(magnitude));
    const Words power = V::template shift_left<8>(V::look_up(V::table(kPower), octave));
    const Words mantissa = V::and_(V::mul_high_unsigned(magnitude, power), V::splat(15));
    const Words code = V::or_(V::template shift_left<4>(octave), mantissa);
    return V::xor_(V::xor_(code, V::splat(0xFF)), V::and_(sign, V::splat(0x80)));
  }

  static Words negate_where(Words mask, Words value) { return V::sub(V::xor_(value, mask), mask); }

  static Words from_alaw(Words wire) {
    static constexpr std::uint8_t kPower[16] = {1, 1, 2, 4, 8, 16, 32, 64};
    static constexpr std::uint8_t kLeading[16] = {0, 1, 1, 1, 1, 1, 1, 1};
    const Words code = V::xor_(wire, V::splat(0x55));
    const Words segment = V::and_(V::template shift_right<4>(code), V::splat(7));
    const Words leading = V::template shift_left<8>(V::look_up(V::table(kLeading), segment));
    const Words steps = V::or_(V::template shift_left<4>(V::and_(code, V::splat(15))), V::splat(8));
    const Words magnitude = V::mul_low(V::or_(steps, leading), V::look_up(V::table(kPower), segment));
    const Words negative =
        V::template shift_right_signed<15>(V::template shift_left<8>(V::xor_(code, V::splat(0x80))));
    return negate_where(negative, magnitude);
  }

  static Words from_ulaw(Words wire) {
    static constexpr std::uint8_t kPower[16] = {1, 2, 4, 8, 16, 32, 64, 128};
    const Words code = V::xor_(wire, V::splat(0xFF));
    const Words segment = V::and_(V::template shift_right<4>(code), V::splat(7));
    const Words steps = V::add(V::template shift_left<3>(V::and_(code, V::splat(15))), V::splat(0x84));
    const Words biased = V::mul_low(steps, V::look_up(V::table(kPower), segment));
    const Words negative = V::template shift_right_signed<15>(V::template shift_left<8>(code));
    return negate_where(negative, V::sub(biased, V::splat(0x84)));
  }

  static constexpr std::size_t whole(std::size_t count) { return count - count % V::kWords; }

  static void alaw_encode(const std::int16_t* pcm, std::uint8_t* codes, std::size_t count) {
    std::size_t i = 0;
    for (; i < whole(count); i += V::kWords) V::store_bytes(codes + i, to_alaw(V::load(pcm + i)));
    kScalarKernels.alaw_encode(pcm + i, codes + i, count - i);
  }
  static void ulaw_encode(const std::int16_t* pcm, std::uint8_t* codes, std::size_t count) {
    std::size_t i = 0;
    for (; i < whole(count); i += V::kWords) V::store_bytes(codes + i, to_ulaw(V::load(pcm + i)));
    kScalarKernels.ulaw_encode(pcm + i, codes + i, count - i);
  }
  static void alaw_decode(const std::uint8_t* codes, std::int16_t* pcm, std::size_t count) {
    std::size_t i = 0;
    for (; i < whole(count); i += V::kWords) V::store(pcm + i, from_alaw(V::load_bytes(codes + i)));
    kScalarKernels.alaw_decode(codes + i, pcm + i, count - i);
  }
  static void ulaw_decode(const std::uint8_t* codes, std::int16_t* pcm, std::size_t count) {
    std::size_t i = 0;
    for (; i < whole(count); i += V::kWords) V::store(pcm + i, from_ulaw(V::load_bytes(codes + i)));
    kScalarKernels.ulaw_decode(codes + i, pcm + i, count - i);
  }
  /// Looks octets up in a table of 256, sixteen entries at a time: an index is moved so that those of the
  /// piece fall to 0x70..0x7F and all others above, where a look-up gives 0.
  static void translate(const std::uint8_t* table, const std::uint8_t* in, std::uint8_t* out) {
    const Words index = V::load_octets(in);
    Words found = V::splat(0);
    for (std::uint8_t piece = 0; piece < 16; ++piece) {
      const Words place = V::add_octets_saturated(
          V::sub_octets(index, V::splat_octet(static_cast<std::uint8_t>(piece * 16))), V::splat_octet(0x70));
      found = V::or_(found, V::look_up_octets(V::table(table + piece * 16), place));
    }
    V::store_octets(out, found);
  }

  static constexpr std::size_t kOctets = 2 * V::kWords;

  static void alaw_to_ulaw(const std::uint8_t* in, std::uint8_t* out, std::size_t count) {
    for (; count >= kOctets; count -= kOctets, in += kOctets, out += kOctets) {
      translate(kAlawToUlaw.codes, in, out);
    }
    kScalarKernels.alaw_to_ulaw(in, out, count);
  }
  static void ulaw_to_alaw(const std::uint8_t* in, std::uint8_t* out, std::size_t count) {
    for (; count >= kOctets; count -= kOctets, in += kOctets, out += kOctets) {
      translate(kUlawToAlaw.codes, in, out);
    }
    kScalarKernels.ulaw_to_alaw(in, out, count);
  }

  // --- gain and mixing

  static void gain(std::int16_t* pcm, std::size_t count, std::int16_t gain_q12) {
    const Words factor = V::splat(gain_q12);
    const Longs half = V::splat_long(2048);
    std::size_t i = 0;
    for (; i < whole(count); i += V::kWords) {
      const Words value = V::load(pcm + i);
      const Words low = V::mul_low(value, factor);
      const Words high = V::mul_high(value, factor);
      const Longs a = V::template shift_right_longs<12>(V::add_longs(V::low_half(low, high), half));
      const Longs b = V::template shift_right_longs<12>(V::add_longs(V::high_half(low, high), half));
      V::store(pcm + i, V::narrow_halves(a, b));
    }
    kScalarKernels.gain(pcm + i, count - i, gain_q12);
  }

  static void accumulate(std::int32_t* sum, const std::int16_t* pcm, std::size_t count) {
    std::size_t i = 0;
    for (; i < whole(count); i += V::kLongs) {
      V::store_longs(sum + i, V::add_longs(V::load_longs(sum + i), V::load_widened(pcm + i)));
    }
    kScalarKernels.accumulate(sum + i, pcm + i, count - i);
  }

  static void mix_minus(const std::int32_t* sum, const std::int16_t* own, std::int16_t* out,
                        std::size_t count) {
    std::size_t i = 0;
    for (; i < whole(count); i += V::kWords) {
      Longs a = V::load_longs(sum + i);
      Longs b = V::load_longs(sum + i + V::kLongs);
      if (own != nullptr) {
        a = V::sub_longs(a, V::load_widened(own + i));
        b = V::sub_longs(b, V::load_widened(own + i + V::kLongs));
      }
      V::store(out + i, V::narrow(a, b));
    }
    kScalarKernels.mix_minus(sum + i, own != nullptr ? own + i : nullptr, out + i, count - i);
  }

  // --- polyphase filter: four outputs at a time, each with its own window and row, whose sums are then
  // folded together

  /// Where the next output's window and row are.
  struct Place {
    const std::int16_t* window;
    std::uint32_t phase;
  };

  static Longs dot(const std::int16_t* window, const std::int16_t* row, std::uint32_t taps) {
    Longs sum = V::zero_longs();
    for (std::uint32_t k = 0; k < taps; k += V::kWords) {
      sum = V::add_longs(sum, V::multiply_add_pairs(V::load(window + k), V::load(row + k)));
    }
    return sum;
  }

  /// kTaps: 0 takes the count from the job; the common one is known when compiling, and its loop unrolled.
  template <std::uint32_t kTaps>
  static void fir_rows(FirJob job) {
    const std::uint32_t taps = kTaps != 0 ? kTaps : job.taps;
    const std::uint32_t whole_step = job.step / job.phases;
    const std::uint32_t phase_step = job.step % job.phases;
    Place place{job.input, job.phase};
    const auto next = [&] {
      const Longs sum = dot(place.window, job.coefficients + std::size_t{place.phase} * taps, taps);
      place.window += whole_step;
      place.phase += phase_step;
      if (place.phase >= job.phases) {
        place.phase -= job.phases;
        ++place.window;
      }
      return sum;
    };
    for (; job.outputs >= 4; job.outputs -= 4, job.output += 4) {
      const Longs a = next();
      const Longs b = next();
      const Longs c = next();
      const Longs d = next();
      V::template store_sums<14>(job.output, a, b, c, d);
    }
    job.input = place.window;
    job.phase = place.phase;
    kScalarKernels.fir(job);
  }

  /// Decimation by a whole number has a single row: each piece of it is loaded once for four outputs.
  static void fir_one_row(FirJob job) {
    const std::size_t step = job.step;
    for (; job.outputs >= 4; job.outputs -= 4, job.output += 4, job.input += 4 * step) {
      Longs a = V::zero_longs();
      Longs b = a;
      Longs c = a;
      Longs d = a;
      for (std::uint32_t k = 0; k < job.taps; k += V::kWords) {
        const Words row = V::load(job.coefficients + k);
        const std::int16_t* const window = job.input + k;
        a = V::add_longs(a, V::multiply_add_pairs(V::load(window), row));
        b = V::add_longs(b, V::multiply_add_pairs(V::load(window + step), row));
        c = V::add_longs(c, V::multiply_add_pairs(V::load(window + 2 * step), row));
        d = V::add_longs(d, V::multiply_add_pairs(V::load(window + 3 * step), row));
      }
      V::template store_sums<14>(job.output, a, b, c, d);
    }
    kScalarKernels.fir(job);
  }

  static void fir(const FirJob& job) {
    if (job.phases == 1) {
      fir_one_row(job);
    } else if (job.taps == 32) {
      fir_rows<32>(job);
    } else {
      fir_rows<0>(job);
    }
  }

  static constexpr Kernels table() {
    return {.alaw_encode = alaw_encode,
            .ulaw_encode = ulaw_encode,
            .alaw_decode = alaw_decode,
            .ulaw_decode = ulaw_decode,
            .alaw_to_ulaw = alaw_to_ulaw,
            .ulaw_to_alaw = ulaw_to_alaw,
            .gain = gain,
            .accumulate = accumulate,
            .mix_minus = mix_minus,
            .fir = fir};
  }
};

}  // namespace codecs::simd
