#pragma once
/// \file
/// A bounded single-producer single-consumer ring of movable values. Moving a unique_ptr through it *is* the
/// hand-over between control and a worker: no lock, no reference count. A full ring is an answer, never a
/// wait.

#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace base {

/// Capacity is rounded up to a power of two. T must be default-constructible and movable.
/// push(): producer thread only; pop(): consumer thread only; neither allocates.
template <typename T>
class SpscRing {
 public:
  explicit SpscRing(std::size_t capacity)
      : mask_(std::bit_ceil(capacity) - 1), slots_(std::make_unique<T[]>(mask_ + 1)) {}

  /// Moves from `value` and returns true, or leaves it untouched and returns false when the ring is full.
  [[nodiscard]] bool push(T& value) {
    const auto tail = tail_.load(std::memory_order_relaxed);
    if (tail - cached_head_ > mask_) {
      cached_head_ = head_.load(std::memory_order_acquire);
      if (tail - cached_head_ > mask_) return false;
    }
    slots_[tail & mask_] = std::move(value);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  [[nodiscard]] std::optional<T> pop() {
    const auto head = head_.load(std::memory_order_relaxed);
    if (head == cached_tail_) {
      cached_tail_ = tail_.load(std::memory_order_acquire);
      if (head == cached_tail_) return std::nullopt;
    }
    std::optional<T> value{std::move(slots_[head & mask_])};
    head_.store(head + 1, std::memory_order_release);
    return value;
  }

  /// Either thread; exact for the consumer, a lower bound of free space for the producer.
  [[nodiscard]] std::size_t size() const {
    return tail_.load(std::memory_order_acquire) - head_.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::size_t capacity() const { return mask_ + 1; }

 private:
  const std::size_t mask_;
  std::unique_ptr<T[]> slots_;
  alignas(64) std::atomic<std::size_t> head_{0};
  std::size_t cached_tail_{0};  // consumer's view of tail_
  alignas(64) std::atomic<std::size_t> tail_{0};
  std::size_t cached_head_{0};  // producer's view of head_
};

}  // namespace base
