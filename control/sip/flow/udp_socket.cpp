#include "control/sip/flow/udp_socket.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "control/sip/wire/limits.h"
#include "mediad/base/native_address.h"

namespace control::sip {
namespace {

/// One more than the largest message, so that a larger one is seen to be.
constexpr std::size_t kBufferOctets = kMaxMessageOctets + 1;
/// Bursts of a second at 10,000 messages/s fit.
constexpr int kSocketBuffer = 8 << 20;

/// Time since the kernel stamped the datagram; 0 without a stamp.
base::Duration age_of(const msghdr& header, const timespec& now) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(const_cast<msghdr*>(&header), c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS) continue;
    timespec stamp;
    std::memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
    const base::Duration age = std::chrono::seconds{now.tv_sec - stamp.tv_sec} +
                               std::chrono::nanoseconds{now.tv_nsec - stamp.tv_nsec};
    return std::max(age, base::Duration{0});
  }
  return {};
}

base::Error system_error(const std::string& what) {
  return {what + ": " + std::strerror(errno)};
}

}  // namespace

base::Result<UdpSocket> UdpSocket::bind(const base::SocketAddress& local) {
  UdpSocket socket(
      ::socket(local.ip.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.descriptor_ < 0) return system_error("udp socket");
  const int on = 1;
  if (local.ip.is_v6()) setsockopt(socket.descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  setsockopt(socket.descriptor_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  // Past the system's limit where we may, up to it where not.
  for (const auto& [forced, plain] :
       {std::pair{SO_RCVBUFFORCE, SO_RCVBUF}, std::pair{SO_SNDBUFFORCE, SO_SNDBUF}}) {
    if (setsockopt(socket.descriptor_, SOL_SOCKET, forced, &kSocketBuffer, sizeof kSocketBuffer) != 0) {
      setsockopt(socket.descriptor_, SOL_SOCKET, plain, &kSocketBuffer, sizeof kSocketBuffer);
    }
  }
  const auto wanted = base::to_native(local);
  if (::bind(socket.descriptor_, wanted.get(), wanted.size) != 0) {
    return system_error("bind udp " + local.to_string());
  }
  base::NativeAddress bound;
  getsockname(socket.descriptor_, bound.get(), &bound.size);
  socket.local_ = base::from_native(bound.get()).value_or(local);
  socket.buffers_.resize(kBatch * kBufferOctets);
  return socket;
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      local_(other.local_),
      buffers_(std::move(other.buffers_)),
      unsent_(std::move(other.unsent_)) {}

UdpSocket::~UdpSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool UdpSocket::receive(std::vector<Datagram>& into) {
  std::array<mmsghdr, kBatch> headers{};
  std::array<iovec, kBatch> vectors;
  std::array<base::NativeAddress, kBatch> sources;
  std::array<std::array<char, CMSG_SPACE(sizeof(timespec))>, kBatch> controls;
  for (std::size_t i = 0; i < kBatch; ++i) {
    vectors[i] = {buffers_.data() + i * kBufferOctets, kBufferOctets};
    auto& header = headers[i].msg_hdr;
    header.msg_name = sources[i].get();
    header.msg_namelen = sources[i].size;
    header.msg_iov = &vectors[i];
    header.msg_iovlen = 1;
    header.msg_control = controls[i].data();
    header.msg_controllen = controls[i].size();
  }
  const int count = recvmmsg(descriptor_, headers.data(), kBatch, 0, nullptr);
  if (count <= 0) return false;
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    into.push_back({base::from_native(sources[i].get()).value_or(base::SocketAddress{}),
                    age_of(headers[i].msg_hdr, now),
                    std::string(buffers_.data() + i * kBufferOctets, headers[i].msg_len)});
  }
  return static_cast<std::size_t>(count) == kBatch;
}

std::size_t UdpSocket::flush() {
  std::size_t refused = 0;
  for (std::size_t start = 0; start < unsent_.size();) {
    const std::size_t count = std::min(kBatch, unsent_.size() - start);
    std::array<mmsghdr, kBatch> headers{};
    std::array<iovec, kBatch> vectors;
    std::array<base::NativeAddress, kBatch> targets;
    for (std::size_t i = 0; i < count; ++i) {
      auto& datagram = unsent_[start + i];
      vectors[i] = {datagram.octets.data(), datagram.octets.size()};
      auto& header = headers[i].msg_hdr;
      targets[i] = base::to_native(datagram.peer);
      header.msg_name = targets[i].get();
      header.msg_namelen = targets[i].size;
      header.msg_iov = &vectors[i];
      header.msg_iovlen = 1;
    }
    const int sent = sendmmsg(descriptor_, headers.data(), static_cast<unsigned>(count), 0);
    // The first that fails stops the batch: skip it and go on.
    if (sent <= 0) ++refused;
    start += sent <= 0 ? 1 : static_cast<std::size_t>(sent);
  }
  unsent_.clear();
  return refused;
}

}  // namespace control::sip
