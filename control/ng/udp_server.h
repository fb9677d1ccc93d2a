#pragma once
/// \file
/// The ng protocol on a UDP socket.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <memory>

#include "control/ng/front_end.h"
#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace control::ng {

/// Reads and answers datagrams in batches. A reply leaves from the address that the request was sent to, also
/// when the socket is bound to all: proxies use connected sockets. Control thread: the one that runs the
/// io_context.
class UdpServer {
 public:
  /// Errors: the address cannot be bound. `front_end` outlives the server.
  [[nodiscard]] static base::Result<std::unique_ptr<UdpServer>> start(boost::asio::io_context& io,
                                                                      const base::SocketAddress& address,
                                                                      FrontEnd& front_end);
  ~UdpServer();
  UdpServer(const UdpServer&) = delete;
  UdpServer& operator=(const UdpServer&) = delete;

  /// Where it listens; with the port that the system chose if none was asked for.
  [[nodiscard]] base::SocketAddress local_address() const;

 private:
  struct Batch;

  UdpServer(boost::asio::io_context& io, FrontEnd& front_end);
  void wait();
  /// One batch in, its replies out; false if nothing had come.
  bool serve();

  boost::asio::ip::udp::socket socket_;
  FrontEnd& front_end_;
  std::unique_ptr<Batch> batch_;
};

}  // namespace control::ng
