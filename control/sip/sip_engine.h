#pragma once
/// \file
/// The SipPort of the program: transactions, flows and resolver put together on the caller's event loop.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "control/sip/flow/flow_set.h"
#include "control/sip/resolve/resolver.h"
#include "control/sip/sip_port.h"
#include "control/sip/transaction/transaction_layer.h"
#include "control/sip/wire/name_addr.h"
#include "mediad/base/clock.h"

namespace control::sip {

/// Sees every message as it was on the wire: for traces and for a capture server (HEP).
class MessageTap {
 public:
  virtual ~MessageTap() = default;
  virtual void on_message(bool sent, const FlowId& flow, std::string_view octets, base::Instant now) = 0;
};

struct SipEngineOptions {
  Leniency leniency{};
  Timers timers{};
  FlowLimits flow_limits{};
  /// A request that waited longer than this in the socket is a sign of overload; what opens something new
  /// gets 503.
  base::Duration queue_age{std::chrono::milliseconds{200}};
  /// May be null; must outlive the engine.
  MessageTap* tap{nullptr};
};

/// Control thread only. The loop must not run any more once this is gone.
class SipEngine final : public SipPort, private FlowSink {
 public:
  SipEngine(boost::asio::io_context& loop, Resolver& resolver, const SipEngineOptions& options = {});
  ~SipEngine() override;

  /// Says who hears of events; before the first listen().
  void set_user(SipUser& user) { user_ = &user; }

  void respond(TxnId txn, const OutgoingResponse& response) override;
  TxnId request(OutgoingRequest request, Target target) override;
  void cancel(TxnId txn, std::string_view reason) override;
  void send_ack(OutgoingRequest ack, Target target) override;
  base::Result<void> listen(const Listen& listen) override;
  void close(const FlowId& flow) override;
  [[nodiscard]] std::string local_name(const FlowId& flow) const override;
  std::string new_token() override { return transactions_.new_token(); }

  [[nodiscard]] const TransactionCounters& transaction_counters() const { return transactions_.counters(); }
  [[nodiscard]] const FlowCounters& flow_counters() const { return flows_.counters(); }
  [[nodiscard]] std::size_t transaction_count() const { return transactions_.size(); }

 private:
  /// A request of ours until its first final response: where it is and where it may still go.
  struct Attempt {
    OutgoingRequest request;
    std::deque<Destination> places;
    TxnId current;      ///< in the transaction layer; 0 while the name is being resolved
    bool heard{false};  ///< a response came: the place answers, no other is tried after a timeout
  };
  struct Clock;

  void on_message(const FlowId& flow, std::string octets, Framing framing, base::Duration queued) override;
  void on_batch_end() override;
  void on_flow_up(const FlowId& flow) override;
  void on_flow_down(const FlowId& flow) override;

  void try_next_place(TxnId id, TxnFailed::Cause otherwise);
  /// True if the event was used up by going on to another place.
  bool fails_over(const Event& event);
  void forget_if_final(const Event& event);
  void raise(Event event);
  /// Sends and tells what is outstanding; later if it is being done already.
  void drain();
  void drain_later();
  void arm_timer();

  boost::asio::io_context& loop_;
  Resolver& resolver_;
  SipEngineOptions options_;
  SipUser* user_{nullptr};
  TransactionLayer transactions_;
  FlowSet flows_;
  Outbox outbox_;
  std::deque<Event> events_;
  std::unordered_map<std::uint64_t, Attempt> attempts_;
  std::uint64_t last_attempt_{0};
  bool is_draining_{false};
  bool is_drain_posted_{false};
  /// Callbacks of the resolver and of posted work check that the engine still lives.
  std::shared_ptr<bool> alive_{std::make_shared<bool>(true)};
  std::unique_ptr<Clock> clock_;
};

}  // namespace control::sip
