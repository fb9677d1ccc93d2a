#pragma once
/// \file
/// All transactions of the SIP side, without I/O: messages and instants go in, octets for flows and events
/// come out.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "control/sip/flow_id.h"
#include "control/sip/sip_port.h"
#include "control/sip/tokens.h"
#include "control/sip/transaction/client_fsm.h"
#include "control/sip/transaction/server_fsm.h"
#include "control/sip/transaction/timer_wheel.h"
#include "control/sip/wire/parse.h"
#include "mediad/base/clock.h"

namespace control::sip {

/// What a turn of the layer leaves to be done, in order.
struct Outbox {
  struct Send {
    FlowId flow;
    std::string octets;
  };
  std::vector<Send> sends;
  std::vector<Event> events;
};

struct TransactionCounters {
  std::uint64_t requests{0};             ///< new ones, ACK and CANCEL too
  std::uint64_t responses{0};            ///< that matched a transaction
  std::uint64_t retransmissions_in{0};   ///< requests seen again
  std::uint64_t retransmissions_out{0};  ///< requests and final responses sent again by a timer
  std::uint64_t stray_responses{0};      ///< that match nothing: late, or forged
  std::uint64_t refused{0};              ///< malformed requests answered
  std::uint64_t dropped{0};              ///< malformed and unanswerable messages
  std::uint64_t timeouts{0};
  std::uint64_t shed{0};  ///< requests refused with 503 because of overload
};

/// One thread (control).
class TransactionLayer {
 public:
  /// With these many at once new requests get 503: half a gigabyte at 2.5 KB each.
  static constexpr std::size_t kMaxTransactions = 200'000;

  TransactionLayer(base::Instant start, Tokens tokens, const Timers& timers = {});

  /// Takes a message that came over `flow`; `local` is how that peer reaches us, `tls_name` the verified name
  /// of the peer. With `overloaded` a request that opens something new is refused with 503 (RFC 7339's "loss"
  /// by the queue's age).
  void receive(const FlowId& flow, const LocalName& local, std::string_view tls_name, Parsed parsed,
               bool overloaded, base::Instant now, Outbox& out);
  void respond(TxnId txn, const OutgoingResponse& response, base::Instant now, Outbox& out);
  /// Starts a client transaction over a flow that is up. Its events carry `alias` if that is not 0, so that
  /// one request that is tried at several places keeps one name.
  TxnId request(const OutgoingRequest& request, const FlowId& flow, const LocalName& local, base::Instant now,
                Outbox& out, TxnId alias = {});
  void cancel(TxnId txn, std::string_view reason, base::Instant now, Outbox& out);
  /// An ACK to a 2xx has no transaction.
  void send_ack(const OutgoingRequest& ack, const FlowId& flow, const LocalName& local, Outbox& out);
  /// A connection ended: client transactions on it fail at once (RFC 3261 §17.1.4), responses on it are lost.
  void flow_down(const FlowId& flow, Outbox& out);

  void on_time(base::Instant now, Outbox& out);
  [[nodiscard]] std::optional<base::Instant> next_deadline() const { return wheel_.next(); }

  [[nodiscard]] std::size_t size() const { return by_key_.size(); }
  [[nodiscard]] const TransactionCounters& counters() const { return counters_; }
  std::string new_token() { return tokens_.next(); }

 private:
  using Fsm =
      std::variant<std::monostate, InviteServerFsm, NonInviteServerFsm, InviteClientFsm, NonInviteClientFsm>;

  struct Txn {
    Fsm fsm;
    std::uint32_t generation{1};
    bool is_cancelled{false};
    bool is_cancel_wanted{false};
    bool is_internal{false};  ///< our own CANCEL: its end concerns nobody
    TxnId alias;
    FlowId flow;  ///< where we send
    LocalName local;
    std::string key;
    std::string octets;  ///< server: last response; client: the request
    ResponseHead head;   ///< server, until the final response
    std::string cancel_reason;
    std::optional<base::Instant> scheduled;
  };

  void on_request(const FlowId& flow, const LocalName& local, std::string_view tls_name, Message message,
                  bool overloaded, base::Instant now, Outbox& out);
  void on_ack(const FlowId& flow, Message message, base::Instant now, Outbox& out);
  void on_cancel(const FlowId& flow, Message message, Outbox& out);
  void on_response(const FlowId& flow, Message message, base::Instant now, Outbox& out);
  void answer_statelessly(const FlowId& flow, const Message& request, const OutgoingResponse& response,
                          Outbox& out);
  void send_cancel(Txn& invite, base::Instant now, Outbox& out);

  TxnId create(Fsm fsm, const FlowId& flow, const LocalName& local, std::string key);
  [[nodiscard]] Txn* find(TxnId id);
  [[nodiscard]] Txn* find(const std::string& key, TxnId& id);
  void finish(TxnId id);
  [[nodiscard]] static TxnId name_of(TxnId id, const Txn& txn) {
    return txn.alias.value != 0 ? txn.alias : id;
  }
  void reschedule(TxnId id, Txn& txn);
  void due(TxnId id, base::Instant now, Outbox& out);

  Timers timers_;
  Tokens tokens_;
  TimerWheel wheel_;
  std::deque<Txn> txns_;  // references stay while others are created
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::string, TxnId> by_key_;
  TransactionCounters counters_;
};

}  // namespace control::sip
