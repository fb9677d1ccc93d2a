#pragma once
/// \file
/// All sockets of the SIP side: UDP, and connections over TCP, TLS and WebSocket, on the caller's event loop.
/// Octets go up with the flow they came over, octets for a flow come down; what they mean is not known here.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "control/sip/flow_id.h"
#include "control/sip/sip_port.h"
#include "control/sip/wire/parse.h"
#include "control/sip/wire/print.h"
#include "mediad/base/clock.h"
#include "mediad/base/result.h"

namespace boost::asio {
class io_context;
}

namespace control::sip {

/// Who is told what the sockets bring. Never called from inside a FlowSet function.
class FlowSink {
 public:
  virtual ~FlowSink() = default;
  /// One message; `queued` is how long it waited in the kernel (0 if unknown).
  virtual void on_message(const FlowId& flow, std::string octets, Framing framing, base::Duration queued) = 0;
  /// A batch of messages has been given: what they caused may be sent.
  virtual void on_batch_end() = 0;
  virtual void on_flow_up(const FlowId& flow) = 0;
  virtual void on_flow_down(const FlowId& flow) = 0;
};

/// What connections may cost.
struct FlowLimits {
  std::size_t connections{20'000};
  std::size_t connections_per_source{500};  ///< an office behind one address
  base::Duration half_message{std::chrono::seconds{10}};
  base::Duration handshake{std::chrono::seconds{10}};
  /// A connection that says nothing for so long is closed; RFC 5626 clients speak every two minutes.
  base::Duration idle{std::chrono::minutes{15}};
  std::size_t unsent_octets{1 << 20};  ///< what a slow reader may keep waiting
};

struct FlowCounters {
  std::uint64_t datagrams_in{0};
  std::uint64_t datagrams_out{0};
  std::uint64_t unsendable{0};           ///< the kernel or the peer took no more
  std::uint64_t connections_refused{0};  ///< beyond a limit
  std::uint64_t connections_expired{0};  ///< slow, silent or never finished
};

/// Control thread only. The loop must not run any more once this is gone.
class FlowSet {
 public:
  FlowSet(boost::asio::io_context& loop, FlowSink& sink, const FlowLimits& limits);
  ~FlowSet();
  FlowSet(const FlowSet&) = delete;
  FlowSet& operator=(const FlowSet&) = delete;

  /// Serves a local address; the listener's index is the number of listeners before it.
  [[nodiscard]] base::Result<void> listen(const Listen& listen);
  /// Sends over a UDP flow at the next flush(), over a connection as soon as it can take it. False if there
  /// is no such flow.
  bool send(const FlowId& flow, std::string octets);
  void flush();
  /// A flow to this address: of UDP at once, of TCP and TLS a connection that is there or is being made; what
  /// is sent to it waits until it is up. Fails without a listener of the transport and family.
  [[nodiscard]] base::Result<FlowId> open(Transport transport, const base::SocketAddress& to,
                                          std::string_view tls_name);
  void close(const FlowId& flow);
  [[nodiscard]] bool is_up(const FlowId& flow) const;

  [[nodiscard]] LocalName local_name(const FlowId& flow) const;
  /// The name in the peer's verified certificate; empty without one.
  [[nodiscard]] std::string tls_name(const FlowId& flow) const;
  [[nodiscard]] const FlowCounters& counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace control::sip
