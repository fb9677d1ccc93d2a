#pragma once
/// \file
/// Deadlines of many transactions at once, in constant time each.

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "mediad/base/clock.h"

namespace control::sip {

/// A hashed wheel of 4,096 slots of 8 ms: one turn is 32.8 s, just above 64 T1. A deadline further away comes
/// due early, and an entry cannot be taken out: who owns the key asks its own deadline when the wheel says
/// that it is due, and schedules it anew if it was early. One thread; allocates when a slot grows.
class TimerWheel {
 public:
  static constexpr base::Duration kTick = std::chrono::milliseconds{8};
  static constexpr std::size_t kSlots = 4096;

  explicit TimerWheel(base::Instant start) : tick_(tick_of(start)) {}

  void schedule(std::uint64_t key, base::Instant at) {
    // Rounded up, so that nothing is due before its time; at least one tick ahead, at most one turn.
    auto tick = tick_of(at + kTick - base::Duration{1});
    if (tick <= tick_) tick = tick_ + 1;
    if (tick >= tick_ + kSlots) tick = tick_ + kSlots - 1;
    const std::size_t slot = tick % kSlots;
    slots_[slot].push_back(key);
    occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    ++size_;
  }

  /// Calls `due(key)` for each key whose time has come; `due` may schedule.
  template <typename Due>
  void advance(base::Instant now, Due due) {
    const auto target = tick_of(now);
    while (tick_ < target) {
      if (size_ == 0) {
        tick_ = target;
        return;
      }
      ++tick_;
      const std::size_t slot = tick_ % kSlots;
      if (slots_[slot].empty()) continue;
      firing_.swap(slots_[slot]);
      occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
      size_ -= firing_.size();
      for (const auto key : firing_) due(key);
      firing_.clear();
    }
  }

  /// When advance() has something to do next; nullopt if nothing is scheduled.
  [[nodiscard]] std::optional<base::Instant> next() const {
    if (size_ == 0) return std::nullopt;
    const std::size_t first = (tick_ + 1) % kSlots;
    for (std::size_t i = 0; i <= kSlots / 64; ++i) {
      const std::size_t word = (first / 64 + i) % (kSlots / 64);
      std::uint64_t bits = occupied_[word];
      if (i == 0) bits &= ~std::uint64_t{0} << (first % 64);
      if (bits == 0) continue;
      const std::size_t slot = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
      return base::Instant{(tick_ + 1 + (slot + kSlots - first) % kSlots) * kTick};
    }
    return std::nullopt;
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static std::uint64_t tick_of(base::Instant t) {
    return static_cast<std::uint64_t>(t.time_since_epoch() / kTick);
  }

  std::array<std::vector<std::uint64_t>, kSlots> slots_;
  std::array<std::uint64_t, kSlots / 64> occupied_{};
  std::vector<std::uint64_t> firing_;
  std::uint64_t tick_;
  std::size_t size_{0};
};

}  // namespace control::sip
