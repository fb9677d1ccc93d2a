// SIP over WebSocket (RFC 7118): one frame, one message; we are always the server.

#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <type_traits>
#include <utility>

#include "control/sip/flow/connection.h"
#include "control/sip/flow/send_queue.h"
#include "control/sip/flow/tls.h"
#include "control/sip/wire/chars.h"
#include "control/sip/wire/limits.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using Error = boost::system::error_code;
using TlsStream = asio::ssl::stream<TcpSocket>;

/// An upgrade request needs well under a kilobyte; cookies of the page may come with it.
constexpr std::uint32_t kMaxUpgradeOctets = 8192;

template <typename Stream>
class WebSocketConnection final : public Connection,
                                  public std::enable_shared_from_this<WebSocketConnection<Stream>> {
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

 public:
  WebSocketConnection(ConnectionHost& host, const FlowId& flow, Stream stream, std::size_t unsent_limit)
      : Connection(host, flow), socket_(std::move(stream)), unsent_(unsent_limit) {}

  void start() override {
    Error ignored;
    lowest().set_option(asio::ip::tcp::no_delay(true), ignored);
    if constexpr (kIsTls) {
      socket_.next_layer().async_handshake(
          asio::ssl::stream_base::server, [self = this->shared_from_this()](Error error) {
            if (error) return self->end();
            self->peer_name_ = verified_name(self->socket_.next_layer().native_handle());
            self->read_upgrade();
          });
    } else {
      read_upgrade();
    }
  }

  bool send(std::string octets) override {
    if (ended_ || !unsent_.push(std::move(octets))) {
      close();
      return false;
    }
    write();
    return true;
  }

  void close() override {
    if (std::exchange(closing_, true)) return;
    asio::post(socket_.get_executor(), [self = this->shared_from_this()] { self->end(); });
  }

  /// Beast joins fragments; a peer that leaves one half sent is found by its silence.
  std::optional<base::Instant> waiting_since() const override {
    if (up_ && input_.size() == 0) return std::nullopt;
    return last_heard_;
  }

 private:
  TcpSocket& lowest() {
    if constexpr (kIsTls) {
      return socket_.next_layer().next_layer();
    } else {
      return socket_.next_layer();
    }
  }

  void read_upgrade() {
    parser_.header_limit(kMaxUpgradeOctets);
    parser_.body_limit(0);
    http::async_read(socket_.next_layer(), input_, parser_,
                     [self = this->shared_from_this()](Error error, std::size_t) {
                       if (error) return self->end();
                       self->accept();
                     });
  }

  /// RFC 7118 §5: the subprotocol must be "sip".
  void accept() {
    const auto& request = parser_.get();
    bool offers_sip = false;
    const auto offered = request[http::field::sec_websocket_protocol];
    for_each_token({offered.data(), offered.size()},
                   [&](std::string_view token) { offers_sip |= equal_ignoring_case(token, "sip"); });
    if (!websocket::is_upgrade(request) || !offers_sip) return end();
    socket_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
      response.set(http::field::sec_websocket_protocol, "sip");
    }));
    socket_.read_message_max(kMaxMessageOctets);
    socket_.async_accept(request, [self = this->shared_from_this()](Error error) {
      if (error) return self->end();
      self->begin();
    });
  }

  void begin() {
    if (ended_) return;
    input_.clear();
    up_ = true;
    host_.connection_up(*this);
    write();
    read();
  }

  void read() {
    socket_.async_read(input_, [self = this->shared_from_this()](Error error, std::size_t) {
      if (error) return self->end();
      self->take();
      if (!self->closing_) self->read();
    });
  }

  void take() {
    last_heard_ = base::MonotonicClock::now();
    const auto data = input_.data();
    std::string octets(static_cast<const char*>(data.data()), data.size());
    input_.consume(input_.size());
    if (octets == "\r\n\r\n") {
      send("\r\n");
      return;
    }
    if (octets == "\r\n") return;
    host_.connection_message(*this, std::move(octets), Framing::kDatagram);
    host_.connection_batch_end();
  }

  void write() {
    if (!up_ || writing_ || ended_ || unsent_.empty()) return;
    writing_ = true;
    // RFC 7118 §4: text frames for what is UTF-8. Bodies seldom are not, and binary is always allowed.
    socket_.text(true);
    socket_.async_write(asio::buffer(unsent_.front()),
                        [self = this->shared_from_this()](Error error, std::size_t) {
                          self->writing_ = false;
                          if (error) return self->end();
                          self->unsent_.pop();
                          self->write();
                        });
  }

  void end() {
    if (std::exchange(ended_, true)) return;
    up_ = false;
    closing_ = true;
    Error ignored;
    lowest().shutdown(TcpSocket::shutdown_both, ignored);
    lowest().close(ignored);
    host_.connection_ended(*this);
  }

  websocket::stream<Stream> socket_;
  beast::flat_buffer input_;
  http::request_parser<http::empty_body> parser_;
  bool writing_{false};
  bool closing_{false};
  bool ended_{false};
  SendQueue unsent_;
};

}  // namespace

std::shared_ptr<Connection> accept_websocket(ConnectionHost& host, const FlowId& flow, TcpSocket socket,
                                             TlsContext* context, std::size_t unsent_limit) {
  if (context == nullptr) {
    return std::make_shared<WebSocketConnection<TcpSocket>>(host, flow, std::move(socket), unsent_limit);
  }
  return std::make_shared<WebSocketConnection<TlsStream>>(host, flow, TlsStream(std::move(socket), *context),
                                                          unsent_limit);
}

}  // namespace control::sip
