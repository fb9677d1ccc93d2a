#pragma once
/// \file
/// One UDP socket, read and written in batches: the kernel's price per datagram is most of what SIP over UDP
/// costs.

#include <cstdint>
#include <string>
#include <vector>

#include "mediad/base/clock.h"
#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace control::sip {

/// Non-blocking; who waits for it to be readable is elsewhere. One thread.
class UdpSocket {
 public:
  struct Datagram {
    base::SocketAddress peer;
    base::Duration queued{};  ///< time in the socket's queue
    std::string octets;
  };

  [[nodiscard]] static base::Result<UdpSocket> bind(const base::SocketAddress& local);
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&&) = delete;
  ~UdpSocket();

  /// Appends up to kBatch datagrams; false if there were fewer, so that the queue is empty.
  bool receive(std::vector<Datagram>& into);
  void queue(const base::SocketAddress& to, std::string octets) {
    unsent_.push_back({to, {}, std::move(octets)});
  }
  /// Sends what is queued; returns how many the kernel refused. SIP repeats what is lost.
  std::size_t flush();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const base::SocketAddress& local() const { return local_; }

  static constexpr std::size_t kBatch = 64;

 private:
  explicit UdpSocket(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
  base::SocketAddress local_;
  std::vector<char> buffers_;
  std::vector<Datagram> unsent_;
};

}  // namespace control::sip
