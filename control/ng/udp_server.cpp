#include "control/ng/udp_server.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "control/socket_address.h"
#include "mediad/base/log.h"

namespace control::ng {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

constexpr unsigned kBatch = 16;
constexpr unsigned kBatchesInARow = 8;
constexpr int kSocketBuffer = 4 * 1024 * 1024;  // a second of a busy proxy's requests, should we be late

/// Asks the kernel to say with each datagram to which address it was sent.
bool want_destination(int fd, bool v4) {
  const int on = 1;
  return v4 ? setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0
            : setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on) == 0;
}

/// The control message of a received datagram, sent back, names our address; the route decides the interface.
void forget_interface(msghdr& message) {
  for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(c), sizeof info);
      info.ipi_ifindex = 0;
      std::memcpy(CMSG_DATA(c), &info, sizeof info);
    }
  }
}

}  // namespace

/// Room for kBatch datagrams, set up once.
struct UdpServer::Batch {
  struct Slot {
    std::array<char, kMaxMessage> datagram;
    sockaddr_storage peer;
    alignas(cmsghdr) std::array<std::byte, 64> control;
    iovec in, out;
    std::string reply;
  };
  std::vector<Slot> slots{kBatch};
  std::array<mmsghdr, kBatch> received, replies;

  void prepare() {
    for (unsigned i = 0; i < kBatch; ++i) {
      auto& slot = slots[i];
      slot.in = {slot.datagram.data(), slot.datagram.size()};
      auto& header = received[i].msg_hdr;
      header = {};
      header.msg_name = &slot.peer;
      header.msg_namelen = sizeof slot.peer;
      header.msg_iov = &slot.in;
      header.msg_iovlen = 1;
      header.msg_control = slot.control.data();
      header.msg_controllen = slot.control.size();
    }
  }

  /// Makes reply number `n` of what slot `i` has to say.
  void queue(unsigned i, unsigned n) {
    auto& slot = slots[i];
    slot.out = {slot.reply.data(), slot.reply.size()};
    auto& header = replies[n].msg_hdr;
    header = received[i].msg_hdr;
    header.msg_iov = &slot.out;
    header.msg_flags = 0;
    forget_interface(header);
  }
};

UdpServer::UdpServer(asio::io_context& io, FrontEnd& front_end)
    : socket_(io), front_end_(front_end), batch_(std::make_unique<Batch>()) {}

UdpServer::~UdpServer() = default;

base::Result<std::unique_ptr<UdpServer>> UdpServer::start(asio::io_context& io,
                                                          const base::SocketAddress& address,
                                                          FrontEnd& front_end) {
  std::unique_ptr<UdpServer> server{new UdpServer(io, front_end)};
  auto& socket = server->socket_;
  const udp::endpoint endpoint{to_asio(address.ip), address.port.number};
  boost::system::error_code error;
  socket.open(endpoint.protocol(), error);
  if (!error && address.ip.is_v6()) socket.set_option(asio::ip::v6_only{true}, error);
  if (!error) socket.bind(endpoint, error);
  if (!error) socket.non_blocking(true, error);
  if (error) return base::Error{"cannot listen for ng on " + address.to_string() + ": " + error.message()};
  if (!want_destination(socket.native_handle(), address.ip.is_v4())) {
    return base::Error{"cannot ask for destination addresses: " + std::string{std::strerror(errno)}};
  }
  boost::system::error_code ignored;  // the system's own limit is good enough
  socket.set_option(asio::socket_base::receive_buffer_size{kSocketBuffer}, ignored);
  server->wait();
  return server;
}

base::SocketAddress UdpServer::local_address() const {
  boost::system::error_code error;
  const auto endpoint = socket_.local_endpoint(error);
  return {from_asio(endpoint.address()), base::UdpPort{endpoint.port()}};
}

void UdpServer::wait() {
  socket_.async_wait(udp::socket::wait_read, [this](const boost::system::error_code& error) {
    if (error) return;  // closed
    // What came meanwhile is served at once: cheaper than going round the event loop, which others need too.
    for (unsigned i = 0; i < kBatchesInARow && serve(); ++i) {
    }
    wait();
  });
}

bool UdpServer::serve() {
  auto& batch = *batch_;
  batch.prepare();
  const int count = recvmmsg(socket_.native_handle(), batch.received.data(), kBatch, MSG_DONTWAIT, nullptr);
  if (count <= 0) return false;  // an ICMP error of an earlier reply, or nothing after all
  unsigned replies = 0;
  const auto now = base::MonotonicClock::now();
  for (unsigned i = 0; i < static_cast<unsigned>(count); ++i) {
    auto& slot = batch.slots[i];
    const std::string_view datagram{slot.datagram.data(), batch.received[i].msg_len};
    const auto* reply = front_end_.handle(datagram, from_kernel(slot.peer).ip, now);
    if (reply == nullptr) continue;
    slot.reply = *reply;
    batch.queue(i, replies++);
  }
  for (unsigned sent = 0; sent < replies;) {
    const int n =
        sendmmsg(socket_.native_handle(), batch.replies.data() + sent, replies - sent, MSG_DONTWAIT);
    sent += n > 0 ? static_cast<unsigned>(n) : 1;  // one that cannot be sent will be asked for again
  }
  return true;
}

}  // namespace control::ng
