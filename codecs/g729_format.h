#pragma once
/// \file
/// What every G.729 engine shares: how frames stand in a packet, and the meaning of the annexb parameter.

#include <cstdint>
#include <string>
#include <string_view>

#include "mediad/base/byte_io.h"

namespace codecs::g729 {

inline constexpr std::size_t kFrameSamples = 80;  // 10 ms
inline constexpr std::size_t kVoiceOctets = 10;
inline constexpr std::size_t kSidOctets = 2;
inline constexpr std::size_t kMaxFrames = 12;  // 120 ms

/// Frames in one packet: voice frames, then at most one noise description (RFC 3551 §4.5.6).
struct PacketLayout {
  std::uint32_t voice{0};
  bool sid{false};
  [[nodiscard]] std::uint32_t frames() const { return voice + (sid ? 1 : 0); }
};

/// Reads the layout from the size alone; frames() is 0 if the payload is no G.729.
[[nodiscard]] PacketLayout layout_of(base::Octets payload) noexcept;

/// True if an endpoint with this fmtp takes and may send Annex B frames: the default (RFC 4856 §2.1.9).
[[nodiscard]] bool annexb(std::string_view fmtp);

/// True if what a sender described by `a` may send can be taken by a receiver described by `b`.
[[nodiscard]] bool interchangeable(std::string_view a, std::string_view b);

/// "annexb=no" must be answered with "annexb=no"; else we take Annex B (RFC 7261 §3).
[[nodiscard]] std::string answer_fmtp(std::string_view offered);

/// Puts the coded frames of one packet together. Within a packet only one run of frames without a pause can
/// be told, and a SID must be its last; where speech begins in the middle, what precedes it is left out.
class PacketWriter {
 public:
  explicit PacketWriter(base::MutableOctets payload) : payload_(payload) {}

  /// Adds the code of the next 10 ms: 10 octets, 2 (SID) or none. False if there is no room.
  [[nodiscard]] bool add(base::Octets code) noexcept;

  [[nodiscard]] std::uint32_t size() const { return size_; }
  /// Samples before the first frame of the payload.
  [[nodiscard]] std::uint32_t skipped() const { return skipped_; }

 private:
  base::MutableOctets payload_;
  std::uint32_t size_{0};
  std::uint32_t skipped_{0};
  std::uint32_t frames_{0};
  bool closed_{false};  // a SID or a pause has ended the run
};

}  // namespace codecs::g729
