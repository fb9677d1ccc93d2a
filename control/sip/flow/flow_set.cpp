#include "control/sip/flow/flow_set.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "control/sip/flow/connection.h"
#include "control/sip/flow/stun_keep_alive.h"
#include "control/sip/flow/udp_socket.h"
#include "mediad/base/log.h"

namespace control::sip {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Error = boost::system::error_code;

/// Datagrams taken in one turn before other work gets its chance: 4 batches are about 5 ms of work.
constexpr int kBatchesPerTurn = 4;
/// How often slow and silent connections are looked for.
constexpr auto kSweepInterval = std::chrono::seconds{1};

Tcp::endpoint endpoint_of(const base::SocketAddress& address) {
  if (address.ip.is_v4()) {
    asio::ip::address_v4::bytes_type octets;
    std::copy_n(address.ip.octets.begin(), 4, octets.begin());
    return {asio::ip::address_v4(octets), address.port.number};
  }
  return {asio::ip::address_v6(address.ip.octets), address.port.number};
}

base::SocketAddress address_of(const Tcp::endpoint& endpoint) {
  base::SocketAddress address;
  address.port.number = endpoint.port();
  if (endpoint.address().is_v4()) {
    const auto octets = endpoint.address().to_v4().to_bytes();
    std::copy(octets.begin(), octets.end(), address.ip.octets.begin());
  } else {
    address.ip.family = base::IpFamily::kV6;
    const auto octets = endpoint.address().to_v6().to_bytes();
    std::copy(octets.begin(), octets.end(), address.ip.octets.begin());
  }
  return address;
}

}  // namespace

/// One local address.
struct Listener {
  Transport transport;
  base::SocketAddress local;
  LocalName name;
  std::shared_ptr<TlsContext> tls;
  std::unique_ptr<UdpSocket> udp;
  std::unique_ptr<asio::posix::stream_descriptor> readable;
  std::unique_ptr<Tcp::acceptor> acceptor;
};

struct FlowSet::Impl final : ConnectionHost {
  Impl(asio::io_context& l, FlowSink& s, const FlowLimits& m) : loop(l), sink(s), limits(m), sweep_timer(l) {}

  ~Impl() override {
    // Handlers still queued hold their connections; they must not call back into what is gone.
    for (auto& listener : listeners) {
      if (listener.readable) listener.readable->release();
    }
  }

  base::Result<void> listen(const Listen& want) {
    Listener listener{want.transport, want.address, {}, {}, {}, {}, {}};
    if (is_secure(want.transport)) {
      auto context = make_tls_context(want.certificate_file, want.key_file, want.ca_file);
      if (!context) return context.error();
      listener.tls = *context;
    }
    if (want.transport == Transport::kUdp) {
      auto udp = UdpSocket::bind(want.address);
      if (!udp) return udp.error();
      listener.udp = std::make_unique<UdpSocket>(std::move(*udp));
      listener.local = listener.udp->local();
      listener.readable = std::make_unique<asio::posix::stream_descriptor>(loop, listener.udp->descriptor());
    } else if (auto bound = bind_acceptor(listener); !bound) {
      return bound.error();
    }
    if (want.advertised.empty() && listener.local.ip.is_unspecified()) {
      return base::Error{"listen " + want.address.to_string() + ": a wildcard needs an advertised name"};
    }
    listener.name.host = want.advertised.empty() ? listener.local.to_string() : want.advertised;
    if (want.transport != Transport::kUdp) listener.name.transport = uri_name(want.transport);
    listeners.push_back(std::move(listener));
    const std::size_t index = listeners.size() - 1;
    if (want.transport == Transport::kUdp) {
      wait_for_datagrams(index);
    } else {
      accept_next(index);
    }
    return {};
  }

  base::Result<void> bind_acceptor(Listener& listener) {
    Error error;
    const auto endpoint = endpoint_of(listener.local);
    listener.acceptor = std::make_unique<Tcp::acceptor>(loop);
    auto& acceptor = *listener.acceptor;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error && listener.local.ip.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(1024, error);
    if (error) return base::Error{"listen tcp " + listener.local.to_string() + ": " + error.message()};
    listener.local = address_of(acceptor.local_endpoint(error));
    return {};
  }

  // UDP

  void wait_for_datagrams(std::size_t index) {
    listeners[index].readable->async_wait(asio::posix::stream_descriptor::wait_read,
                                          [this, index](Error error) {
                                            if (error) return;
                                            receive_datagrams(index);
                                            wait_for_datagrams(index);
                                          });
  }

  void receive_datagrams(std::size_t index) {
    bool more = true;
    for (int batch = 0; more && batch < kBatchesPerTurn; ++batch) {
      datagrams.clear();
      more = listeners[index].udp->receive(datagrams);
      counters.datagrams_in += datagrams.size();
      for (auto& datagram : datagrams) {
        // RFC 5626 §4.4: keep-alives of any kind are short; no SIP message is.
        if (datagram.octets.size() < 16) continue;
        if (may_be_stun(datagram.octets)) {
          auto answer = answer_stun(datagram.octets, datagram.peer);
          if (answer) listeners[index].udp->queue(datagram.peer, std::move(*answer));
          continue;
        }
        const FlowId flow{Transport::kUdp, static_cast<std::uint16_t>(index), 0, datagram.peer};
        sink.on_message(flow, std::move(datagram.octets), Framing::kDatagram, datagram.queued);
      }
      sink.on_batch_end();
    }
  }

  // Connections

  void accept_next(std::size_t index) {
    listeners[index].acceptor->async_accept([this, index](Error error, TcpSocket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) take_connection(index, std::move(socket));
      accept_next(index);
    });
  }

  void take_connection(std::size_t index, TcpSocket socket) {
    Error error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;
    const auto& listener = listeners[index];
    const FlowId flow{listener.transport, static_cast<std::uint16_t>(index), ++last_connection,
                      address_of(remote)};
    const auto of_source = per_source.find(flow.remote.ip);
    const std::size_t open_already = of_source == per_source.end() ? 0 : of_source->second;
    if (connections.size() >= limits.connections || open_already >= limits.connections_per_source) {
      ++counters.connections_refused;
      return;
    }
    const bool is_websocket = flow.transport == Transport::kWs || flow.transport == Transport::kWss;
    auto* const make = is_websocket ? accept_websocket : accept_stream;
    add(make(*this, flow, std::move(socket), listener.tls.get(), limits.unsent_octets));
  }

  void add(std::shared_ptr<Connection> connection) {
    ++per_source[connection->flow().remote.ip];
    connections.emplace(connection->flow(), connection);
    connection->start();
    if (connections.size() == 1) sweep_later();
  }

  void connection_up(Connection& connection) override { sink.on_flow_up(connection.flow()); }

  void connection_message(Connection& connection, std::string octets, Framing framing) override {
    sink.on_message(connection.flow(), std::move(octets), framing, {});
  }

  void connection_batch_end() override { sink.on_batch_end(); }

  void connection_ended(Connection& connection) override {
    const FlowId flow = connection.flow();
    if (connections.erase(flow) == 0) return;
    if (const auto at = per_source.find(flow.remote.ip); at != per_source.end() && --at->second == 0)
      per_source.erase(at);
    std::erase_if(opened, [&](const auto& each) { return each.second == flow; });
    sink.on_flow_down(flow);
  }

  /// Closes what was never finished, what sends half a message, and what has been silent too long.
  void sweep(base::Instant now) {
    for (auto& [flow, connection] : connections) {
      const auto waiting = connection->waiting_since();
      const auto patience = connection->is_up() ? limits.half_message : limits.handshake;
      if ((waiting && now - *waiting > patience) || now - connection->last_heard() > limits.idle) {
        ++counters.connections_expired;
        connection->close();
      }
    }
  }

  void sweep_later() {
    sweep_timer.expires_after(kSweepInterval);
    sweep_timer.async_wait([this](Error error) {
      if (error) return;
      sweep(base::MonotonicClock::now());
      if (!connections.empty()) sweep_later();
    });
  }

  /// The listener that lends its address and its certificate to what we open.
  std::optional<std::uint16_t> listener_for(Transport transport, base::IpFamily family) const {
    for (std::size_t i = 0; i < listeners.size(); ++i) {
      if (listeners[i].transport == transport && listeners[i].local.ip.family == family)
        return static_cast<std::uint16_t>(i);
    }
    return std::nullopt;
  }

  base::Result<FlowId> open(Transport transport, const base::SocketAddress& to, std::string_view name) {
    const auto index = listener_for(transport, to.ip.family);
    if (!index || transport == Transport::kWs || transport == Transport::kWss) {
      return base::Error{"no " + std::string(via_name(transport)) + " listener to reach " + to.to_string() +
                         " from"};
    }
    FlowId flow{transport, *index, 0, to};
    if (transport == Transport::kUdp) return flow;
    const std::string key = to.to_string() + '/' + std::string(via_name(transport)) + '/' + std::string(name);
    if (const auto at = opened.find(key); at != opened.end() && connections.contains(at->second))
      return at->second;
    flow.connection = ++last_connection;
    opened[key] = flow;
    add(connect_stream(*this, flow, loop, listeners[*index].tls.get(), name, limits.unsent_octets));
    return flow;
  }

  asio::io_context& loop;
  FlowSink& sink;
  FlowLimits limits;
  FlowCounters counters;
  std::vector<Listener> listeners;
  std::vector<UdpSocket::Datagram> datagrams;
  std::unordered_map<FlowId, std::shared_ptr<Connection>> connections;
  std::unordered_map<base::IpAddress, std::size_t> per_source;
  /// Connections of ours, by where they go.
  std::unordered_map<std::string, FlowId> opened;
  std::uint64_t last_connection{0};
  asio::steady_timer sweep_timer;
};

FlowSet::FlowSet(asio::io_context& loop, FlowSink& sink, const FlowLimits& limits)
    : impl_(std::make_unique<Impl>(loop, sink, limits)) {}

FlowSet::~FlowSet() = default;

base::Result<void> FlowSet::listen(const Listen& listen) {
  return impl_->listen(listen);
}

bool FlowSet::send(const FlowId& flow, std::string octets) {
  if (flow.transport == Transport::kUdp) {
    if (flow.listener >= impl_->listeners.size() || !impl_->listeners[flow.listener].udp) return false;
    ++impl_->counters.datagrams_out;
    impl_->listeners[flow.listener].udp->queue(flow.remote, std::move(octets));
    return true;
  }
  const auto at = impl_->connections.find(flow);
  if (at == impl_->connections.end()) return false;
  const auto connection = at->second;
  const bool taken = connection->send(std::move(octets));
  if (!taken) ++impl_->counters.unsendable;
  return taken;
}

void FlowSet::flush() {
  for (auto& listener : impl_->listeners) {
    if (listener.udp) impl_->counters.unsendable += listener.udp->flush();
  }
}

base::Result<FlowId> FlowSet::open(Transport transport, const base::SocketAddress& to,
                                   std::string_view tls_name) {
  return impl_->open(transport, to, tls_name);
}

void FlowSet::close(const FlowId& flow) {
  if (const auto at = impl_->connections.find(flow); at != impl_->connections.end()) at->second->close();
}

bool FlowSet::is_up(const FlowId& flow) const {
  if (flow.transport == Transport::kUdp) return flow.listener < impl_->listeners.size();
  const auto at = impl_->connections.find(flow);
  return at != impl_->connections.end() && at->second->is_up();
}

LocalName FlowSet::local_name(const FlowId& flow) const {
  return flow.listener < impl_->listeners.size() ? impl_->listeners[flow.listener].name : LocalName{};
}

std::string FlowSet::tls_name(const FlowId& flow) const {
  const auto at = impl_->connections.find(flow);
  return at == impl_->connections.end() ? std::string{} : at->second->peer_name();
}

const FlowCounters& FlowSet::counters() const {
  return impl_->counters;
}

}  // namespace control::sip
