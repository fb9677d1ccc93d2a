#pragma once
/// \file
/// One connection of any stream transport, as the flow set sees it. Internal to flow/.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "control/sip/flow_id.h"
#include "control/sip/wire/parse.h"
#include "mediad/base/clock.h"
#include "mediad/base/result.h"

namespace boost::asio::ssl {
class context;
}

namespace control::sip {

class Connection;

/// Who holds the connections. Called from handlers only; a connection that has ended is not heard of again.
class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;
  virtual void connection_up(Connection& connection) = 0;
  virtual void connection_message(Connection& connection, std::string octets, Framing framing) = 0;
  virtual void connection_batch_end() = 0;
  virtual void connection_ended(Connection& connection) = 0;
};

/// Its pending handlers and the host's map share it: it lives until the last of them is gone.
class Connection {
 public:
  Connection(ConnectionHost& host, const FlowId& flow)
      : host_(host), flow_(flow), last_heard_(base::MonotonicClock::now()) {}
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Finishes what the transport wants (TCP connect, TLS and WebSocket handshakes), then reads.
  virtual void start() = 0;
  /// Queues; false if the peer takes too little, whereupon the connection closes.
  virtual bool send(std::string octets) = 0;
  /// Ends it; the host hears connection_ended() in a later turn.
  virtual void close() = 0;

  [[nodiscard]] const FlowId& flow() const { return flow_; }
  [[nodiscard]] bool is_up() const { return up_; }
  [[nodiscard]] base::Instant last_heard() const { return last_heard_; }
  /// Since when half a message has been waiting; of a connection that is not up, since when it was begun.
  [[nodiscard]] virtual std::optional<base::Instant> waiting_since() const = 0;
  [[nodiscard]] const std::string& peer_name() const { return peer_name_; }

 protected:
  ConnectionHost& host_;
  FlowId flow_;
  bool up_{false};
  base::Instant last_heard_;
  std::string peer_name_;
};

using TcpSocket = boost::asio::ip::tcp::socket;
using TlsContext = boost::asio::ssl::context;

/// Accepted connections. `context` is null for TCP and WS.
[[nodiscard]] std::shared_ptr<Connection> accept_stream(ConnectionHost& host, const FlowId& flow,
                                                        TcpSocket socket, TlsContext* context,
                                                        std::size_t unsent_limit);
[[nodiscard]] std::shared_ptr<Connection> accept_websocket(ConnectionHost& host, const FlowId& flow,
                                                           TcpSocket socket, TlsContext* context,
                                                           std::size_t unsent_limit);
/// A connection of ours to flow.remote; with a context the certificate must be for `tls_name`.
[[nodiscard]] std::shared_ptr<Connection> connect_stream(ConnectionHost& host, const FlowId& flow,
                                                         boost::asio::io_context& loop, TlsContext* context,
                                                         std::string_view tls_name, std::size_t unsent_limit);

/// Server context with our certificate, client context for our connections: TLS 1.2 or later.
[[nodiscard]] base::Result<std::shared_ptr<TlsContext>> make_tls_context(const std::string& certificate_file,
                                                                         const std::string& key_file,
                                                                         const std::string& ca_file);

}  // namespace control::sip
