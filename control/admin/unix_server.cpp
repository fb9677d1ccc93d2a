#include "control/admin/unix_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace control::admin {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;

constexpr std::size_t kLongestRequest = 64 * 1024;

/// One client; lives as long as it talks. The pending handler owns it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Protocol::socket socket, Commands& commands) : socket_(std::move(socket)), commands_(commands) {}

  void read() {
    asio::async_read_until(socket_, asio::dynamic_buffer(in_, kLongestRequest), '\n',
                           [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
                             if (!error) self->answer(size);
                           });
  }

 private:
  void answer(std::size_t size) {
    out_ = commands_.handle(std::string_view{in_}.substr(0, size - 1), base::MonotonicClock::now()) + '\n';
    in_.erase(0, size);
    asio::async_write(socket_, asio::buffer(out_),
                      [self = shared_from_this()](const ErrorCode& error, std::size_t /*size*/) {
                        if (!error) self->read();
                      });
  }

  Protocol::socket socket_;
  Commands& commands_;
  std::string in_, out_;
};

}  // namespace

base::Result<std::unique_ptr<UnixServer>> UnixServer::start(asio::io_context& io, std::string path,
                                                            Commands& commands) {
  const auto refuse = [&path](const std::string& why) {
    return base::Error{"cannot listen for mediactl on " + path + ": " + why};
  };
  if (path.size() >= sizeof(sockaddr_un::sun_path)) return refuse("the path is too long");
  ErrorCode error;
  const Protocol::endpoint endpoint{path};
  Protocol::socket probe{io};
  probe.connect(endpoint, error);
  if (!error) return refuse("another daemon answers there");
  ::unlink(path.c_str());  // what a daemon left that was killed

  std::unique_ptr<UnixServer> server{new UnixServer(io, path, commands)};
  auto& acceptor = server->acceptor_;
  acceptor.open(endpoint.protocol(), error);
  const auto mask = ::umask(0177);  // ours alone, from the first moment
  if (!error) acceptor.bind(endpoint, error);
  ::umask(mask);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return refuse(error.message());
  server->accept();
  return server;
}

UnixServer::~UnixServer() {
  if (acceptor_.is_open()) ::unlink(path_.c_str());
}

void UnixServer::accept() {
  acceptor_.async_accept([this](const ErrorCode& error, Protocol::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) std::make_shared<Connection>(std::move(socket), commands_)->read();
    accept();
  });
}

}  // namespace control::admin
