#include "bench/load/batch_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "mediad/base/native_address.h"

namespace bench {

base::Result<BatchSocket> BatchSocket::open(const base::SocketAddress& local,
                                            const base::SocketAddress& server) {
  const auto from = base::to_native(local), to = base::to_native(server);
  const int descriptor = ::socket(from.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  BatchSocket socket(descriptor);
  constexpr int kBuffer = 16 << 20;
  for (const int option : {SO_RCVBUFFORCE, SO_SNDBUFFORCE})
    ::setsockopt(descriptor, SOL_SOCKET, option, &kBuffer, sizeof kBuffer);
  if (descriptor < 0 || ::bind(descriptor, from.get(), from.size) != 0 ||
      ::connect(descriptor, to.get(), to.size) != 0) {
    return base::Error{local.to_string() + ": " + std::strerror(errno)};
  }
  return socket;
}

BatchSocket::BatchSocket(BatchSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      buffers_(std::move(other.buffers_)),
      unsent_(std::move(other.unsent_)) {}

BatchSocket::~BatchSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t BatchSocket::receive_batch() {
  std::array<mmsghdr, kBatch> headers{};
  std::array<iovec, kBatch> vectors;
  for (std::size_t i = 0; i < kBatch; ++i) {
    vectors[i] = {buffers_.data() + i * kOctets, kOctets};
    headers[i].msg_hdr.msg_iov = &vectors[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  const int count = ::recvmmsg(descriptor_, headers.data(), kBatch, 0, nullptr);
  for (int i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    sizes_[at] = headers[at].msg_len;
  }
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void BatchSocket::flush() {
  for (std::size_t start = 0; start < unsent_.size();) {
    const auto count = std::min(kBatch, unsent_.size() - start);
    std::array<mmsghdr, kBatch> headers{};
    std::array<iovec, kBatch> vectors;
    for (std::size_t i = 0; i < count; ++i) {
      vectors[i] = {unsent_[start + i].data(), unsent_[start + i].size()};
      headers[i].msg_hdr.msg_iov = &vectors[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
    const int sent = ::sendmmsg(descriptor_, headers.data(), static_cast<unsigned>(count), 0);
    if (sent > 0) {
      start += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN) {
      pollfd wait{descriptor_, POLLOUT, 0};
      ::poll(&wait, 1, 10);
    } else {
      ++start;  // one that cannot be sent: its timer sends it again
    }
  }
  unsent_.clear();
}

}  // namespace bench
