#pragma once
/// \file
/// Figures that one thread writes and any other may read at any time, without a lock and without stopping the
/// writer.

#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace base {

/// A monotonic counter with one writer. add() compiles to a plain add: the worker pays nothing for being
/// observable.
class Counter {
 public:
  void add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// A sequence lock over a trivially copyable record: one writer stores, readers copy until they see a whole
/// one. The words are relaxed atomics, so the race is defined and TSan agrees.
template <typename T>
class Published {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  /// Writer thread only.
  void store(const T& value) {
    std::uint64_t words[kWords]{};
    std::memcpy(words, &value, sizeof value);
    const auto sequence = sequence_.load(std::memory_order_relaxed);
    sequence_.store(sequence + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    for (std::size_t i = 0; i < kWords; ++i) words_[i].store(words[i], std::memory_order_relaxed);
    sequence_.store(sequence + 2, std::memory_order_release);
  }

  /// Any thread; spins only while the writer is inside store().
  [[nodiscard]] T load() const {
    std::uint64_t words[kWords];
    for (;;) {
      const auto before = sequence_.load(std::memory_order_acquire);
      if ((before & 1) != 0) continue;
      for (std::size_t i = 0; i < kWords; ++i) words[i] = words_[i].load(std::memory_order_relaxed);
      std::atomic_thread_fence(std::memory_order_acquire);
      if (sequence_.load(std::memory_order_relaxed) == before) break;
    }
    T value;
    std::memcpy(&value, words, sizeof value);
    return value;
  }

 private:
  static constexpr std::size_t kWords = (sizeof(T) + 7) / 8;
  std::atomic<std::uint64_t> sequence_{0};
  std::atomic<std::uint64_t> words_[kWords]{};
};

}  // namespace base
