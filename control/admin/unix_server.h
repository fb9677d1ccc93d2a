#pragma once
/// \file
/// The operator's door: a Unix stream socket, a line of JSON in, a line of JSON out.

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <string>

#include "control/admin/commands.h"
#include "mediad/base/result.h"

namespace control::admin {

/// Control thread: the one that runs the io_context. The socket file is the owner's alone and goes with the
/// server.
class UnixServer {
 public:
  /// Errors: the path cannot be bound, or a server that answers is there already. `commands` outlives the
  /// server and its connections.
  [[nodiscard]] static base::Result<std::unique_ptr<UnixServer>> start(boost::asio::io_context& io,
                                                                       std::string path, Commands& commands);
  ~UnixServer();
  UnixServer(const UnixServer&) = delete;
  UnixServer& operator=(const UnixServer&) = delete;

 private:
  UnixServer(boost::asio::io_context& io, std::string path, Commands& commands)
      : acceptor_(io), path_(std::move(path)), commands_(commands) {}
  void accept();

  boost::asio::local::stream_protocol::acceptor acceptor_;
  std::string path_;
  Commands& commands_;
};

}  // namespace control::admin
