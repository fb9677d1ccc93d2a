// SIP over TCP and TLS (RFC 3261 §18).

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <type_traits>
#include <utility>

#include "control/sip/flow/connection.h"
#include "control/sip/flow/send_queue.h"
#include "control/sip/flow/stream_framer.h"
#include "control/sip/flow/tls.h"

namespace control::sip {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using Tcp = asio::ip::tcp;
using Error = boost::system::error_code;
using TlsStream = ssl::stream<TcpSocket>;

template <typename Stream>
class StreamConnection final : public Connection,
                               public std::enable_shared_from_this<StreamConnection<Stream>> {
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

 public:
  /// `connects` is true for a connection of ours, which then goes to flow.remote.
  StreamConnection(ConnectionHost& host, const FlowId& flow, Stream stream, bool connects,
                   std::size_t unsent_limit)
      : Connection(host, flow), stream_(std::move(stream)), connects_(connects), unsent_(unsent_limit) {}

  void start() override {
    if (!connects_) return handshake();
    const auto& ip = flow_.remote.ip;
    asio::ip::address address;
    if (ip.is_v4()) {
      asio::ip::address_v4::bytes_type octets;
      std::copy_n(ip.octets.begin(), 4, octets.begin());
      address = asio::ip::address_v4(octets);
    } else {
      address = asio::ip::address_v6(ip.octets);
    }
    socket().async_connect({address, flow_.remote.port.number},
                           [self = this->shared_from_this()](Error error) {
                             if (error) return self->end();
                             self->handshake();
                           });
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
    asio::post(socket().get_executor(), [self = this->shared_from_this()] { self->end(); });
  }

  std::optional<base::Instant> waiting_since() const override {
    return up_ ? framer_.waiting_since() : std::optional{last_heard_};
  }

 private:
  TcpSocket& socket() {
    if constexpr (kIsTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  void handshake() {
    Error ignored;
    socket().set_option(Tcp::no_delay(true), ignored);
    if constexpr (kIsTls) {
      stream_.async_handshake(connects_ ? ssl::stream_base::client : ssl::stream_base::server,
                              [self = this->shared_from_this()](Error error) {
                                if (error) return self->end();
                                self->peer_name_ = verified_name(self->stream_.native_handle());
                                self->begin();
                              });
    } else {
      begin();
    }
  }

  void begin() {
    if (ended_) return;
    up_ = true;
    host_.connection_up(*this);
    write();
    read();
  }

  void read() {
    stream_.async_read_some(asio::buffer(input_),
                            [self = this->shared_from_this()](Error error, std::size_t count) {
                              if (error) return self->end();
                              self->take(std::string_view{self->input_.data(), count});
                              if (!self->closing_) self->read();
                            });
  }

  void take(std::string_view octets) {
    const auto now = base::MonotonicClock::now();
    last_heard_ = now;
    framer_.push(octets, now);
    while (auto message = framer_.next(now))
      host_.connection_message(*this, std::move(*message), Framing::kStream);
    for (int pings = framer_.take_pings(); pings > 0; --pings) send("\r\n");
    host_.connection_batch_end();
    if (framer_.is_broken()) closing_ = true;
    if (closing_ && unsent_.empty()) end();
  }

  void write() {
    if (!up_ || writing_ || ended_) return;
    if (unsent_.empty()) {
      if (framer_.is_broken()) end();
      return;
    }
    writing_ = true;
    asio::async_write(stream_, asio::buffer(unsent_.front()),
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
    socket().shutdown(Tcp::socket::shutdown_both, ignored);
    socket().close(ignored);
    host_.connection_ended(*this);
  }

  Stream stream_;
  bool connects_;
  bool writing_{false};
  bool closing_{false};
  bool ended_{false};
  SendQueue unsent_;
  StreamFramer framer_;
  std::array<char, 16384> input_;
};

}  // namespace

std::shared_ptr<Connection> accept_stream(ConnectionHost& host, const FlowId& flow, TcpSocket socket,
                                          TlsContext* context, std::size_t unsent_limit) {
  if (context == nullptr) {
    return std::make_shared<StreamConnection<TcpSocket>>(host, flow, std::move(socket), false, unsent_limit);
  }
  return std::make_shared<StreamConnection<TlsStream>>(host, flow, TlsStream(std::move(socket), *context),
                                                       false, unsent_limit);
}

std::shared_ptr<Connection> connect_stream(ConnectionHost& host, const FlowId& flow, asio::io_context& loop,
                                           TlsContext* context, std::string_view tls_name,
                                           std::size_t unsent_limit) {
  if (context == nullptr) {
    return std::make_shared<StreamConnection<TcpSocket>>(host, flow, TcpSocket(loop), true, unsent_limit);
  }
  TlsStream stream(TcpSocket(loop), *context);
  const std::string name(tls_name);
  Error ignored;
  stream.set_verify_mode(ssl::verify_peer, ignored);
  // RFC 5922 §7.3: the certificate must be for the domain that was asked for, whatever the resolver made of
  // it.
  stream.set_verify_callback(ssl::host_name_verification(name), ignored);
  // SSL_set_tlsext_host_name() without the C cast of its macro.
  SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(name.c_str()));
  return std::make_shared<StreamConnection<TlsStream>>(host, flow, std::move(stream), true, unsent_limit);
}

}  // namespace control::sip
