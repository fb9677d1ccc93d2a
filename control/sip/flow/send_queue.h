#pragma once
/// \file
/// What a connection still has to write. Internal to flow/.

#include <cstddef>
#include <deque>
#include <string>

namespace control::sip {

/// Strings in order, with a bound on their octets. One thread.
class SendQueue {
 public:
  explicit SendQueue(std::size_t limit) : limit_(limit) {}

  /// False, and nothing queued, beyond the bound.
  bool push(std::string octets) {
    if (octets_ + octets.size() > limit_) return false;
    octets_ += octets.size();
    queue_.push_back(std::move(octets));
    return true;
  }
  [[nodiscard]] const std::string& front() const { return queue_.front(); }
  void pop() {
    octets_ -= queue_.front().size();
    queue_.pop_front();
  }
  [[nodiscard]] bool empty() const { return queue_.empty(); }

 private:
  std::deque<std::string> queue_;
  std::size_t octets_{0};
  std::size_t limit_;
};

}  // namespace control::sip
