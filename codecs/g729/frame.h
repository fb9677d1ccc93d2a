#pragma once
/// \file
/// The 80 bits of a G.729 speech frame as their parameters (clause 4.1, table 8), and the sizes of things.

#include <array>
#include <cstdint>
#include <span>

#include "codecs/g729/fixed_point.h"
#include "codecs/g729_format.h"

namespace codecs::g729 {

inline constexpr int kFrame = 80;               ///< samples of a 10 ms frame
inline constexpr int kSubframe = 40;            ///< samples of a subframe
inline constexpr int kOrder = 10;               ///< of linear prediction
inline constexpr int kMinLag = 20;              ///< shortest pitch lag
inline constexpr int kMaxLag = 143;             ///< longest pitch lag
inline constexpr int kInterpolationReach = 11;  ///< samples beyond the lag that its interpolation reads
inline constexpr int kExcitationHistory = kMaxLag + kInterpolationReach;
inline constexpr std::size_t kSpeechOctets = kVoiceOctets;

using FrameOctets = std::array<std::uint8_t, kSpeechOctets>;
using Lsp = std::array<Word16, kOrder>;
using LpFilter = std::array<Word16, kOrder + 1>;  ///< Q12, first is 4096

enum class FrameType : std::uint8_t {
  kSpeech,
  kSid,
  kUntransmitted,  ///< the far encoder sent nothing in a pause
  kErased,
};

/// Parameters of one subframe.
struct SubframeParameters {
  Word16 lag;     ///< 8 bits in the first, 5 in the second subframe
  Word16 pulses;  ///< 13 bits: positions
  Word16 signs;   ///< 4 bits
  Word16 gains;   ///< 7 bits: GA, GB
  bool operator==(const SubframeParameters&) const = default;
};

struct FrameParameters {
  Word16 lsp_first;   ///< L0, L1: 1 + 7 bits
  Word16 lsp_second;  ///< L2, L3: 5 + 5 bits
  Word16 parity;      ///< P0 of the first lag
  std::array<SubframeParameters, 2> subframes;
  bool operator==(const FrameParameters&) const = default;
};

/// Parity of the six most significant bits of the first lag (3.7.2); odd parity.
constexpr Word16 lag_parity(Word16 lag) {
  return static_cast<Word16>((std::popcount(static_cast<unsigned>((lag >> 2) & 0x3F)) + 1) & 1);
}

/// Octets as on the wire (RFC 3551 §4.5.6): most significant bit first, in the order of table 8.
constexpr FrameOctets pack(const FrameParameters& p) {
  FrameOctets octets{};
  std::uint64_t window = 0;
  int bits = 0;
  std::size_t at = 0;
  const auto put = [&](int count, Word16 value) {
    window = (window << count) | static_cast<std::uint16_t>(value);
    for (bits += count; bits >= 8; bits -= 8) {
      octets[at++] = static_cast<std::uint8_t>(window >> (bits - 8));
    }
  };
  put(8, p.lsp_first), put(10, p.lsp_second);
  put(8, p.subframes[0].lag), put(1, p.parity);
  put(13, p.subframes[0].pulses), put(4, p.subframes[0].signs), put(7, p.subframes[0].gains);
  put(5, p.subframes[1].lag);
  put(13, p.subframes[1].pulses), put(4, p.subframes[1].signs), put(7, p.subframes[1].gains);
  return octets;
}

constexpr FrameParameters unpack(std::span<const std::uint8_t, kSpeechOctets> octets) {
  std::uint64_t window = 0;
  int bits = 0;
  std::size_t at = 0;
  const auto take = [&](int count) {
    for (; bits < count; bits += 8) window = (window << 8) | octets[at++];
    bits -= count;
    return static_cast<Word16>((window >> bits) & ((1U << count) - 1));
  };
  FrameParameters p{};
  p.lsp_first = take(8), p.lsp_second = take(10);
  p.subframes[0].lag = take(8), p.parity = take(1);
  p.subframes[0].pulses = take(13), p.subframes[0].signs = take(4), p.subframes[0].gains = take(7);
  p.subframes[1].lag = take(5);
  p.subframes[1].pulses = take(13), p.subframes[1].signs = take(4), p.subframes[1].gains = take(7);
  return p;
}

}  // namespace codecs::g729
