#include "control/admin/http_server.h"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "control/socket_address.h"

namespace control::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::seconds kPatience{
    30};                                      // a scraper asks every 15 s; a silent client costs a descriptor
constexpr std::uint64_t kLongestBody = 4096;  // nobody has anything to post here

using Response = http::response<http::string_body>;

/// One client, for as many requests as it likes. The pending handler owns it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, HttpServer::Page metrics)
      : stream_(std::move(socket)), metrics_(std::move(metrics)) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(kLongestBody);
    stream_.expires_after(kPatience);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const ErrorCode& error, std::size_t /*size*/) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    const auto& request = parser_->get();
    response_ = {};
    response_.version(request.version());
    response_.keep_alive(request.keep_alive());
    response_.set(http::field::content_type, "text/plain; charset=utf-8");
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
      response_.result(http::status::method_not_allowed);
      response_.set(http::field::allow, "GET, HEAD");
    } else if (request.target() == "/metrics") {
      response_.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
      response_.body() = metrics_();
    } else if (request.target() == "/ping") {
      response_.body() = "pong\n";
    } else {
      response_.result(http::status::not_found);
      response_.body() = "here are /metrics and /ping\n";
    }
    response_.prepare_payload();
    if (request.method() == http::verb::head) response_.body().clear();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](const ErrorCode& error, std::size_t /*size*/) {
                        if (!error && self->response_.keep_alive()) self->read();
                      });
  }

  beast::tcp_stream stream_;
  HttpServer::Page metrics_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  Response response_;
};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::start(asio::io_context& io,
                                                            const base::SocketAddress& address,
                                                            Page metrics) {
  std::unique_ptr<HttpServer> server{new HttpServer(io, std::move(metrics))};
  auto& acceptor = server->acceptor_;
  const tcp::endpoint endpoint{to_asio(address.ip), address.port.number};
  ErrorCode error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error && address.ip.is_v6()) acceptor.set_option(asio::ip::v6_only{true}, error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return base::Error{"cannot listen for HTTP on " + address.to_string() + ": " + error.message()};
  server->accept();
  return server;
}

base::SocketAddress HttpServer::local_address() const {
  ErrorCode error;
  const auto endpoint = acceptor_.local_endpoint(error);
  return {from_asio(endpoint.address()), base::UdpPort{endpoint.port()}};
}

void HttpServer::accept() {
  acceptor_.async_accept([this](const ErrorCode& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) std::make_shared<Connection>(std::move(socket), metrics_)->read();
    accept();
  });
}

}  // namespace control::admin
