#pragma once
/// \file
/// The seam of the SIP side: below it transactions, flows and name resolution, above it dialogs, calls,
/// registrar and routing. Values only: nothing that crosses it points into a receive buffer or names a
/// library. The engine below and the fake of the tests are its two implementations.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "control/sip/flow_id.h"
#include "control/sip/wire/message.h"
#include "control/sip/wire/print.h"
#include "mediad/base/clock.h"
#include "mediad/base/result.h"

namespace control::sip {

/// One server or client transaction; never used twice.
struct TxnId {
  std::uint64_t value{0};
  auto operator<=>(const TxnId&) const = default;
};

// Up: what happened.

/// A new request other than ACK and CANCEL; it is to be answered by respond(). 100 is sent below after 200
/// ms.
struct Request {
  TxnId txn;
  FlowId flow;
  /// Name that the peer's certificate was verified for; empty without one.
  std::string tls_name;
  Message message;
};
/// An ACK that belongs to no transaction: it acknowledges a 2xx.
struct Ack {
  FlowId flow;
  Message message;
};
/// The caller of a pending INVITE gave up. The CANCEL is answered; the INVITE is still to be, with 487.
struct Cancel {
  TxnId txn;
  Message message;
};
/// A response to request(); 100 and, in the same transaction, every 2xx of every fork come up too.
struct Response {
  TxnId txn;
  FlowId flow;
  Message message;
};
/// A transaction of ours that ends without a final response, or a final response of ours that nobody
/// acknowledged.
struct TxnFailed {
  enum class Cause : std::uint8_t {
    kTimeout,     ///< counts as 408 (RFC 3261 §8.1.3.1)
    kTransport,   ///< no flow could carry it: counts as 503
    kUnresolved,  ///< the target's name leads nowhere: 503 too, or 404 of a domain
    kFlowGone,    ///< the flow that was demanded is down: 430 (RFC 5626 §5.3)
    kCancelled,   ///< cancelled before it was sent
    kUnacknowledged,
  };
  TxnId txn;
  Cause cause;
};
/// A connection was accepted or made.
struct FlowUp {
  FlowId flow;
};
/// A connection ended; what was registered over it can no longer be reached.
struct FlowDown {
  FlowId flow;
};

using Event = std::variant<Request, Ack, Cancel, Response, TxnFailed, FlowUp, FlowDown>;

/// Who is told. Called from the event loop only, never from inside a SipPort function.
class SipUser {
 public:
  virtual ~SipUser() = default;
  virtual void on_event(Event event, base::Instant now) = 0;
};

// Down: what is wanted.

/// Where a request goes: over `flow` and nowhere else, or to what RFC 3263 finds for `uri` (the top Route or
/// the Request-URI), place after place until one answers.
struct Target {
  std::optional<FlowId> flow;
  std::string uri;

  [[nodiscard]] static Target over(const FlowId& flow) { return {flow, {}}; }
  [[nodiscard]] static Target to(std::string_view uri) { return {std::nullopt, std::string(uri)}; }
};

/// A local address to serve.
struct Listen {
  Transport transport{Transport::kUdp};
  base::SocketAddress address;
  /// Host that peers are told in Via and Contact, with a port if it differs; empty: the address itself, which
  /// then may not be a wildcard.
  std::string advertised;
  /// PEM files of TLS and WSS.
  std::string certificate_file;
  std::string key_file;
  /// CA bundle that peers' certificates are verified with; empty: the system's.
  std::string ca_file;
};

/// One instance, on the control thread. Functions return at once; what comes of them is told as events.
class SipPort {
 public:
  virtual ~SipPort() = default;

  /// Answers a request; provisional ones as often as wanted, a 2xx to an INVITE again to retransmit it (RFC
  /// 6026 §8.4). A transaction that has ended is no error.
  virtual void respond(TxnId txn, const OutgoingResponse& response) = 0;
  /// Sends a request of any method but ACK and CANCEL. Via and Content-Length are added below, and Contact if
  /// `request.contact` is set.
  virtual TxnId request(OutgoingRequest request, Target target) = 0;
  /// Cancels an INVITE of ours, at once or when its first provisional response comes (RFC 3261 §9.1);
  /// `reason` is a Reason value or empty. The INVITE still ends with a Response or TxnFailed.
  virtual void cancel(TxnId txn, std::string_view reason) = 0;
  /// Sends the ACK to a 2xx.
  virtual void send_ack(OutgoingRequest ack, Target target) = 0;

  virtual base::Result<void> listen(const Listen& listen) = 0;
  virtual void close(const FlowId& flow) = 0;
  /// `host[:port]` by which the peer of this flow reaches mediad.
  [[nodiscard]] virtual std::string local_name(const FlowId& flow) const = 0;
  /// Random text fit for tags and Call-IDs, 16 characters.
  virtual std::string new_token() = 0;
};

}  // namespace control::sip
