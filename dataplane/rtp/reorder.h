#pragma once
/// \file
/// Puts the packets of one source back in order before a decoder sees them. What is in order passes at once
/// and uncopied; a gap is held open for a bounded time, then what is missing counts as lost, so that the
/// decoder can conceal it or rebuild it from the packet behind the gap. One worker; allocates when built.

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>

#include "mediad/base/byte_io.h"
#include "mediad/base/clock.h"

namespace dataplane::rtp {

/// Two packets of 20 ms: what adjacent packets on parallel paths differ by, and no more than an ear forgives.
inline constexpr base::Duration kReorderWait = std::chrono::milliseconds{40};
/// Packets held at most; reached first by streams of 5 ms packets or less.
inline constexpr std::size_t kReorderSlots = 8;
/// Octets of payload that a slot takes: one Ethernet frame less IPv4, UDP and RTP headers.
inline constexpr std::size_t kReorderPayload = 1460;

struct MediaPacket {
  std::uint32_t timestamp{0};
  std::uint16_t sequence{0};
  std::uint8_t payload_type{0};
  bool marker{false};
  base::Instant arrival{};
  base::Octets payload;
};

class ReorderQueue {
 public:
  enum class Offer : std::uint8_t {
    kPass,     ///< next in order and nothing is held: use the packet that was offered, it has not been copied
    kHeld,     ///< copied; drain with next()
    kTooLate,  ///< its place has been given up or taken: drop
    kNoRoom,   ///< too large for a slot, or the caller has not drained: drop
  };
  enum class State : std::uint8_t {
    kEmpty,   ///< nothing held
    kPacket,  ///< `packet` is next, after `missing` that are lost
    kWait,    ///< a gap is open until `until`
  };
  struct Next {
    State state{State::kEmpty};
    MediaPacket packet{};      ///< its payload is intact until the next offer()
    std::uint16_t missing{0};  ///< packets lost between the one before and this one
    base::Instant until{};
  };

  explicit ReorderQueue(base::Duration wait = kReorderWait)
      : slots_(std::make_unique<Slot[]>(kReorderSlots)), wait_(wait) {}

  /// The sequence number space starts anew at `sequence` (first packet, Verdict::kRestart, another SSRC).
  /// What is held belongs to the old one and is forgotten; returns how many that were.
  std::size_t restart(std::uint16_t sequence) noexcept;

  /// Call restart() before the first, then drain with next() after each.
  [[nodiscard]] Offer offer(const MediaPacket& packet) noexcept {
    if (packet.sequence == expected_ && held_ == 0) [[likely]] {
      ++expected_;
      return Offer::kPass;
    }
    return hold(packet);
  }

  /// What can be given out now; call until it is not kPacket, after each offer() and at `until`.
  [[nodiscard]] Next next(base::Instant now) noexcept;

  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  struct Slot {
    MediaPacket packet;
    std::array<std::byte, kReorderPayload> payload;
  };

  [[nodiscard]] Offer hold(const MediaPacket& packet) noexcept;
  [[nodiscard]] std::uint8_t free_slot() const noexcept;
  [[nodiscard]] base::Instant deadline() const noexcept;

  std::unique_ptr<Slot[]> slots_;
  base::Duration wait_;
  std::array<std::uint8_t, kReorderSlots> order_{};  // slot numbers of what is held, by sequence number
  std::uint8_t held_{0};
  std::uint16_t expected_{0};
};

}  // namespace dataplane::rtp
