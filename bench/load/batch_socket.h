#pragma once
/// \file
/// A UDP socket that receives and sends many datagrams with one system call.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace bench {

/// One thread. Talks with one peer, the server; what others send does not arrive.
class BatchSocket {
 public:
  [[nodiscard]] static base::Result<BatchSocket> open(const base::SocketAddress& local,
                                                      const base::SocketAddress& server);
  BatchSocket(BatchSocket&& other) noexcept;
  BatchSocket& operator=(BatchSocket&&) = delete;
  ~BatchSocket();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Calls `take(text)` for each datagram of one batch; false if none waited.
  template <typename Take>
  bool receive(Take take) {
    const auto count = receive_batch();
    for (std::size_t i = 0; i < count; ++i) take(std::string_view{buffers_.data() + i * kOctets, sizes_[i]});
    return count != 0;
  }
  void queue(std::string text) { unsent_.push_back(std::move(text)); }
  void flush();

 private:
  static constexpr std::size_t kBatch = 64;
  static constexpr std::size_t kOctets = 4096;

  explicit BatchSocket(int descriptor) : descriptor_(descriptor), buffers_(kBatch * kOctets) {}
  std::size_t receive_batch();

  int descriptor_;
  std::vector<char> buffers_;
  std::array<std::size_t, kBatch> sizes_{};
  std::vector<std::string> unsent_;
};

}  // namespace bench
