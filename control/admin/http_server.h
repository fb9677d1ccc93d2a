#pragma once
/// \file
/// The monitoring page over HTTP: GET /metrics and /ping.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace control::admin {

/// Control thread: the one that runs the io_context.
class HttpServer {
 public:
  using Page = std::function<std::string()>;

  /// `metrics` makes the page when it is asked for. Errors: the address cannot be bound.
  [[nodiscard]] static base::Result<std::unique_ptr<HttpServer>> start(boost::asio::io_context& io,
                                                                       const base::SocketAddress& address,
                                                                       Page metrics);

  /// Where it listens; with the port that the system chose if none was asked for.
  [[nodiscard]] base::SocketAddress local_address() const;

 private:
  HttpServer(boost::asio::io_context& io, Page metrics) : acceptor_(io), metrics_(std::move(metrics)) {}
  void accept();

  boost::asio::ip::tcp::acceptor acceptor_;
  Page metrics_;
};

}  // namespace control::admin
