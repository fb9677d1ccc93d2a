#include "control/sip/sip_engine.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "control/sip/wire/parse.h"

namespace control::sip {
namespace {

/// Names of client transactions as the user knows them; those of servers are the layer's own and stay below.
constexpr std::uint64_t kAttemptBit = std::uint64_t{1} << 63;

/// RFC 3261 §18.1.1: what does not surely fit the path's MTU goes over a transport with congestion control.
constexpr std::size_t kMaxDatagram = 1300;
/// Room for what the transaction layer adds: Via, Contact, Content-Length.
constexpr std::size_t kAddedBelow = 200;

bool is_large(const OutgoingRequest& request) {
  return request.uri.size() + request.headers.text().size() + request.body.size() + kAddedBelow >
         kMaxDatagram;
}

/// Each UDP place is tried over TCP first; where that is refused, the datagram is still to be tried.
std::deque<Destination> by_tcp_first(const std::vector<Destination>& places) {
  std::deque<Destination> result;
  for (const auto& place : places) {
    if (place.transport == Transport::kUdp) {
      result.push_back(place);
      result.back().transport = Transport::kTcp;
    }
    result.push_back(place);
  }
  return result;
}

}  // namespace

/// The one timer, and for when it is set.
struct SipEngine::Clock {
  explicit Clock(boost::asio::io_context& loop) : timer(loop) {}
  boost::asio::steady_timer timer;
  std::optional<base::Instant> set_for;
};

SipEngine::SipEngine(boost::asio::io_context& loop, Resolver& resolver, const SipEngineOptions& options)
    : loop_(loop),
      resolver_(resolver),
      options_(options),
      transactions_(base::MonotonicClock::now(), Tokens{}, options.timers),
      flows_(loop, *this, options.flow_limits),
      clock_(std::make_unique<Clock>(loop)) {}

SipEngine::~SipEngine() {
  *alive_ = false;
}

base::Result<void> SipEngine::listen(const Listen& listen) {
  return flows_.listen(listen);
}

void SipEngine::close(const FlowId& flow) {
  flows_.close(flow);
}

std::string SipEngine::local_name(const FlowId& flow) const {
  return flows_.local_name(flow).host;
}

// Down

void SipEngine::respond(TxnId txn, const OutgoingResponse& response) {
  transactions_.respond(txn, response, base::MonotonicClock::now(), outbox_);
  drain_later();
}

TxnId SipEngine::request(OutgoingRequest request, Target target) {
  const TxnId id{kAttemptBit | ++last_attempt_};
  auto& attempt = attempts_[id.value];
  attempt.request = std::move(request);
  if (target.flow) {
    if (!flows_.is_up(*target.flow)) {
      attempts_.erase(id.value);
      raise(TxnFailed{id, TxnFailed::Cause::kFlowGone});
      return id;
    }
    attempt.current = transactions_.request(attempt.request, *target.flow, flows_.local_name(*target.flow),
                                            base::MonotonicClock::now(), outbox_, id);
    attempt.request = {};
    drain_later();
    return id;
  }
  resolver_.resolve(target.uri, [this, alive = alive_, id](std::vector<Destination> places) {
    if (!*alive) return;
    const auto at = attempts_.find(id.value);
    if (at == attempts_.end()) return;  // cancelled meanwhile
    at->second.places = is_large(at->second.request) ? by_tcp_first(places)
                                                     : std::deque<Destination>(places.begin(), places.end());
    try_next_place(id, TxnFailed::Cause::kUnresolved);
  });
  return id;
}

/// RFC 3263 §4.3: the next place gets the request as a new transaction; without one the request has failed.
void SipEngine::try_next_place(TxnId id, TxnFailed::Cause otherwise) {
  auto& attempt = attempts_.at(id.value);
  while (!attempt.places.empty()) {
    const auto place = std::move(attempt.places.front());
    attempt.places.pop_front();
    const auto flow = flows_.open(place.transport, place.address, place.tls_name);
    if (!flow) {
      otherwise = TxnFailed::Cause::kTransport;
      continue;
    }
    attempt.current = transactions_.request(attempt.request, *flow, flows_.local_name(*flow),
                                            base::MonotonicClock::now(), outbox_, id);
    if (attempt.places.empty()) attempt.request = {};
    drain_later();
    return;
  }
  attempts_.erase(id.value);
  raise(TxnFailed{id, otherwise});
}

void SipEngine::cancel(TxnId txn, std::string_view reason) {
  const auto at = attempts_.find(txn.value);
  if (at == attempts_.end()) return;
  at->second.places.clear();
  if (at->second.current.value == 0) {
    attempts_.erase(at);
    raise(TxnFailed{txn, TxnFailed::Cause::kCancelled});
    return;
  }
  transactions_.cancel(at->second.current, reason, base::MonotonicClock::now(), outbox_);
  drain_later();
}

void SipEngine::send_ack(OutgoingRequest ack, Target target) {
  if (target.flow) {
    transactions_.send_ack(ack, *target.flow, flows_.local_name(*target.flow), outbox_);
    drain_later();
    return;
  }
  resolver_.resolve(target.uri,
                    [this, alive = alive_, ack = std::move(ack)](const std::vector<Destination>& places) {
                      if (!*alive) return;
                      // Nobody tells whether an ACK arrived: the first place that can be reached has to do.
                      for (const auto& place : places) {
                        const auto flow = flows_.open(place.transport, place.address, place.tls_name);
                        if (!flow) continue;
                        transactions_.send_ack(ack, *flow, flows_.local_name(*flow), outbox_);
                        return drain_later();
                      }
                    });
}

// Up

void SipEngine::on_message(const FlowId& flow, std::string octets, Framing framing, base::Duration queued) {
  if (options_.tap != nullptr) options_.tap->on_message(false, flow, octets, base::MonotonicClock::now());
  transactions_.receive(flow, flows_.local_name(flow),
                        is_secure(flow.transport) ? flows_.tls_name(flow) : std::string{},
                        parse(std::move(octets), framing, options_.leniency), queued > options_.queue_age,
                        base::MonotonicClock::now(), outbox_);
  drain();
}

void SipEngine::on_batch_end() {
  drain();
  flows_.flush();
  arm_timer();
}

void SipEngine::on_flow_up(const FlowId& flow) {
  raise(FlowUp{flow});
}

void SipEngine::on_flow_down(const FlowId& flow) {
  transactions_.flow_down(flow, outbox_);
  raise(FlowDown{flow});
}

bool SipEngine::fails_over(const Event& event) {
  const auto* failed = std::get_if<TxnFailed>(&event);
  const auto* response = std::get_if<Response>(&event);
  const TxnId id = failed != nullptr ? failed->txn : response != nullptr ? response->txn : TxnId{};
  const auto at = attempts_.find(id.value);
  if (at == attempts_.end()) return false;
  auto& attempt = at->second;
  const bool place_is_out = failed != nullptr ? !attempt.heard : response->message.status() == 503;
  if (response != nullptr && response->message.status() != 503) attempt.heard = true;
  if (!place_is_out || attempt.places.empty()) return false;
  try_next_place(id, failed != nullptr ? failed->cause : TxnFailed::Cause::kTransport);
  return true;
}

void SipEngine::forget_if_final(const Event& event) {
  if (const auto* failed = std::get_if<TxnFailed>(&event)) attempts_.erase(failed->txn.value);
  if (const auto* response = std::get_if<Response>(&event)) {
    if (response->message.status() >= 200) attempts_.erase(response->txn.value);
  }
}

void SipEngine::raise(Event event) {
  events_.push_back(std::move(event));
  drain_later();
}

void SipEngine::drain() {
  if (is_draining_) return;
  is_draining_ = true;
  while (!outbox_.sends.empty() || !outbox_.events.empty() || !events_.empty()) {
    auto outbox = std::exchange(outbox_, {});
    for (auto& send : outbox.sends) {
      const FlowId flow = send.flow;
      if (options_.tap != nullptr) {
        options_.tap->on_message(true, flow, send.octets, base::MonotonicClock::now());
      }
      if (!flows_.send(flow, std::move(send.octets))) transactions_.flow_down(flow, outbox_);
    }
    for (auto& event : outbox.events) events_.push_back(std::move(event));
    if (events_.empty()) continue;
    Event event = std::move(events_.front());
    events_.pop_front();
    if (fails_over(event)) continue;
    forget_if_final(event);
    if (user_ != nullptr) user_->on_event(std::move(event), base::MonotonicClock::now());
  }
  is_draining_ = false;
}

void SipEngine::drain_later() {
  if (is_draining_ || is_drain_posted_) return;
  is_drain_posted_ = true;
  boost::asio::post(loop_, [this, alive = alive_] {
    if (!*alive) return;
    is_drain_posted_ = false;
    on_batch_end();
  });
}

void SipEngine::arm_timer() {
  const auto next = transactions_.next_deadline();
  if (!next || (clock_->set_for && *clock_->set_for <= *next)) return;
  clock_->set_for = next;
  clock_->timer.expires_at(std::chrono::steady_clock::time_point{next->time_since_epoch()});
  clock_->timer.async_wait([this, alive = alive_](const boost::system::error_code& error) {
    if (error || !*alive) return;
    clock_->set_for.reset();
    transactions_.on_time(base::MonotonicClock::now(), outbox_);
    on_batch_end();
  });
}

}  // namespace control::sip
