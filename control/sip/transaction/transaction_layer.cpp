#include "control/sip/transaction/transaction_layer.h"

#include <utility>

#include "control/sip/transaction/derived_request.h"
#include "control/sip/transaction/match.h"

namespace control::sip {
namespace {

/// Seconds that a shed caller is told to wait; the spread is the caller's own.
constexpr std::uint32_t kRetryAfterSeconds = 5;

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

std::optional<base::Instant> deadline_of(const auto& fsm) {
  return std::visit(Overloaded{[](std::monostate) -> std::optional<base::Instant> { return std::nullopt; },
                               [](const auto& each) { return each.deadline(); }},
                    fsm);
}

/// Over UDP a response goes to the port of `rport` if the client asked so (RFC 3581 §4), else to that of
/// sent-by (RFC 3261 §18.2.2), always to the address that the request came from.
FlowId reply_flow_of(const FlowId& flow, const Via& via) {
  if (is_reliable(flow.transport) || via.param("rport")) return flow;
  FlowId reply = flow;
  reply.remote.port.number = via.port.value_or(5060);
  return reply;
}

ResponseHead head_of(const FlowId& flow, const Message& request) {
  const auto via = request.top_via();
  const bool wants_rport = via.param("rport").has_value();
  const auto address = flow.remote.ip.to_string();
  const bool is_as_sent = !wants_rport && (via.host == address || via.host == '[' + address + ']');
  return response_head(request, is_as_sent ? std::string_view{} : address,
                       wants_rport ? flow.remote.port.number : 0);
}

/// What begins something new, and is therefore shed first: no dialog or registration is lost by refusing it.
bool opens_something(const Message& request) {
  return request.to_tag().empty();
}

OutgoingResponse answer(std::uint16_t status, std::string_view reason, std::string tag) {
  OutgoingResponse response;
  response.status = status;
  response.reason = reason;
  response.to_tag = std::move(tag);
  return response;
}

}  // namespace

TransactionLayer::TransactionLayer(base::Instant start, Tokens tokens, const Timers& timers)
    : timers_(timers), tokens_(std::move(tokens)), wheel_(start) {}

void TransactionLayer::receive(const FlowId& flow, const LocalName& local, std::string_view tls_name,
                               Parsed parsed, bool overloaded, base::Instant now, Outbox& out) {
  if (parsed.fault) {
    if (!parsed.answerable) {
      ++counters_.dropped;
      return;
    }
    ++counters_.refused;
    answer_statelessly(flow, parsed.message,
                       answer(parsed.fault->status, parsed.fault->reason, tokens_.next()), out);
    return;
  }
  if (parsed.message.is_request()) {
    on_request(flow, local, tls_name, std::move(parsed.message), overloaded, now, out);
  } else {
    on_response(flow, std::move(parsed.message), now, out);
  }
}

void TransactionLayer::answer_statelessly(const FlowId& flow, const Message& request,
                                          const OutgoingResponse& response, Outbox& out) {
  out.sends.push_back({reply_flow_of(flow, request.top_via()), print(response, head_of(flow, request), {})});
}

void TransactionLayer::on_request(const FlowId& flow, const LocalName& local, std::string_view tls_name,
                                  Message message, bool overloaded, base::Instant now, Outbox& out) {
  if (message.method() == Method::kAck) return on_ack(flow, std::move(message), now, out);
  if (message.method() == Method::kCancel) return on_cancel(flow, std::move(message), out);
  auto key = server_key(message);
  TxnId id;
  if (Txn* txn = find(key, id)) {
    ++counters_.retransmissions_in;
    Step step;
    if (const auto* invite = std::get_if<InviteServerFsm>(&txn->fsm)) step = invite->on_invite();
    if (const auto* other = std::get_if<NonInviteServerFsm>(&txn->fsm)) step = other->on_request();
    if (step.send) out.sends.push_back({txn->flow, txn->octets});
    return;
  }
  if ((overloaded && opens_something(message)) || by_key_.size() >= kMaxTransactions) {
    ++counters_.shed;
    auto refusal = answer(503, {}, tokens_.next());
    refusal.headers.add(HeaderId::kRetryAfter, kRetryAfterSeconds);
    return answer_statelessly(flow, message, refusal, out);
  }
  ++counters_.requests;
  const bool reliable = is_reliable(flow.transport);
  Fsm fsm = message.method() == Method::kInvite ? Fsm{InviteServerFsm{reliable, now, timers_}}
                                                : Fsm{NonInviteServerFsm{reliable, now, timers_}};
  id = create(std::move(fsm), reply_flow_of(flow, message.top_via()), local, std::move(key));
  Txn* txn = find(id);
  txn->head = head_of(flow, message);
  reschedule(id, *txn);
  out.events.emplace_back(Request{id, flow, std::string(tls_name), std::move(message)});
}

void TransactionLayer::on_ack(const FlowId& flow, Message message, base::Instant now, Outbox& out) {
  ++counters_.requests;
  TxnId id;
  Txn* txn = find(server_key(message), id);
  auto* invite = txn != nullptr ? std::get_if<InviteServerFsm>(&txn->fsm) : nullptr;
  if (invite == nullptr) {
    out.events.emplace_back(Ack{flow, std::move(message)});
    return;
  }
  const Step step = invite->on_ack(now, timers_);
  if (step.deliver) out.events.emplace_back(Ack{flow, std::move(message)});
  if (step.ended) return finish(id);
  reschedule(id, *txn);
}

void TransactionLayer::on_cancel(const FlowId& flow, Message message, Outbox& out) {
  ++counters_.requests;
  TxnId id;
  Txn* txn = find(server_key(message), id);
  const auto* invite = txn != nullptr ? std::get_if<InviteServerFsm>(&txn->fsm) : nullptr;
  // Who is elsewhere may not cancel: the branch may have been seen, the address cannot be had.
  if (invite == nullptr || txn->flow.remote.ip != flow.remote.ip) {
    return answer_statelessly(flow, message, answer(481, {}, tokens_.next()), out);
  }
  // RFC 3261 §9.2: 200 whatever becomes of the INVITE. Stateless, since a CANCEL seen again gets the same.
  answer_statelessly(flow, message, answer(200, {}, tokens_.next()), out);
  if (!invite->is_pending() || std::exchange(txn->is_cancelled, true)) return;
  out.events.emplace_back(Cancel{id, std::move(message)});
}

void TransactionLayer::on_response(const FlowId& flow, Message message, base::Instant now, Outbox& out) {
  TxnId id;
  // RFC 3261 §8.1.3.3: more than one Via means that it is not for us.
  Txn* txn = message.via_count() == 1 ? find(client_key(message.top_via().branch, message.cseq().method), id)
                                      : nullptr;
  if (txn == nullptr) {
    ++counters_.stray_responses;
    return;
  }
  ++counters_.responses;
  const auto status = message.status();
  Step step;
  if (auto* invite = std::get_if<InviteClientFsm>(&txn->fsm)) {
    step = invite->on_response(status, now, timers_);
    if (status < 200 && txn->is_cancel_wanted && !txn->is_cancelled) {
      send_cancel(*txn, now, out);
      txn = find(id);  // the CANCEL is a transaction too and may have moved the others
    }
  } else if (auto* other = std::get_if<NonInviteClientFsm>(&txn->fsm)) {
    step = other->on_response(status, now, timers_);
  }
  if (step.send_ack) {
    const auto invite = parse(txn->octets);
    out.sends.push_back(
        {txn->flow, print_ack_of(invite.message, message.header(HeaderId::kTo).value_or(""))});
  }
  if (step.deliver && !txn->is_internal)
    out.events.emplace_back(Response{name_of(id, *txn), flow, std::move(message)});
  if (step.ended) return finish(id);
  reschedule(id, *txn);
}

void TransactionLayer::respond(TxnId id, const OutgoingResponse& response, base::Instant now, Outbox& out) {
  Txn* txn = find(id);
  if (txn == nullptr) return;
  Step step;
  bool is_new = true;
  if (auto* invite = std::get_if<InviteServerFsm>(&txn->fsm)) {
    is_new = invite->state() != InviteServerFsm::State::kAccepted;
    step = invite->on_response(response.status, now, timers_);
  } else if (auto* other = std::get_if<NonInviteServerFsm>(&txn->fsm)) {
    step = other->on_response(response.status, now, timers_);
  }
  if (!step.send) return;
  if (is_new) txn->octets = print(response, txn->head, txn->local);
  out.sends.push_back({txn->flow, txn->octets});
  // What lingers is the answer and the key alone.
  if (response.status >= 200) txn->head = {};
  if (step.ended) return finish(id);
  reschedule(id, *txn);
}

TxnId TransactionLayer::request(const OutgoingRequest& request, const FlowId& flow, const LocalName& local,
                                base::Instant now, Outbox& out, TxnId alias) {
  std::string via = "SIP/2.0/";
  const auto branch = std::string(kBranchCookie) + tokens_.next();
  via += via_name(flow.transport);
  via += ' ';
  via += local.host;
  via += ";branch=";
  via += branch;
  via += ";rport";
  const bool reliable = is_reliable(flow.transport);
  Fsm fsm = request.method == "INVITE" ? Fsm{InviteClientFsm{reliable, now, timers_}}
                                       : Fsm{NonInviteClientFsm{reliable, now, timers_}};
  const TxnId id = create(std::move(fsm), flow, local, client_key(branch, request.method));
  Txn* txn = find(id);
  txn->alias = alias;
  txn->octets = print(request, via, local);
  out.sends.push_back({flow, txn->octets});
  reschedule(id, *txn);
  return id;
}

void TransactionLayer::cancel(TxnId id, std::string_view reason, base::Instant now, Outbox& out) {
  Txn* txn = find(id);
  auto* invite = txn != nullptr ? std::get_if<InviteClientFsm>(&txn->fsm) : nullptr;
  if (invite == nullptr || !invite->is_pending() || txn->is_cancel_wanted) return;
  txn->is_cancel_wanted = true;
  txn->cancel_reason = reason;
  // RFC 3261 §9.1: not before a provisional response.
  if (invite->state() == InviteClientFsm::State::kProceeding) send_cancel(*txn, now, out);
}

void TransactionLayer::send_cancel(Txn& invite, base::Instant now, Outbox& out) {
  invite.is_cancelled = true;
  std::get<InviteClientFsm>(invite.fsm).on_cancelled(now, timers_);
  const auto parsed = parse(invite.octets);
  const FlowId flow = invite.flow;
  auto octets = print_cancel_of(parsed.message, invite.cancel_reason);
  reschedule(by_key_.at(invite.key), invite);
  const TxnId id = create(NonInviteClientFsm{is_reliable(flow.transport), now, timers_}, flow, invite.local,
                          client_key(parsed.message.top_via().branch, "CANCEL"));
  Txn* txn = find(id);
  txn->is_internal = true;
  txn->octets = octets;
  out.sends.push_back({flow, std::move(octets)});
  reschedule(id, *txn);
}

void TransactionLayer::send_ack(const OutgoingRequest& ack, const FlowId& flow, const LocalName& local,
                                Outbox& out) {
  std::string via = "SIP/2.0/";
  via += via_name(flow.transport);
  via += ' ';
  via += local.host;
  via += ";branch=";
  via += kBranchCookie;
  via += tokens_.next();
  via += ";rport";
  out.sends.push_back({flow, print(ack, via, local)});
}

void TransactionLayer::flow_down(const FlowId& flow, Outbox& out) {
  std::vector<TxnId> lost;
  for (const auto& [key, id] : by_key_) {
    const Txn* txn = find(id);
    if (txn->flow == flow) lost.push_back(id);
  }
  for (const TxnId id : lost) {
    Txn* txn = find(id);
    bool is_pending = false;
    if (const auto* invite = std::get_if<InviteClientFsm>(&txn->fsm)) is_pending = invite->is_pending();
    if (const auto* other = std::get_if<NonInviteClientFsm>(&txn->fsm)) is_pending = other->is_pending();
    // A server transaction stays: its user still has to answer, and its timers end it.
    if (!is_pending) continue;
    if (!txn->is_internal)
      out.events.emplace_back(TxnFailed{name_of(id, *txn), TxnFailed::Cause::kTransport});
    finish(id);
  }
}

void TransactionLayer::on_time(base::Instant now, Outbox& out) {
  wheel_.advance(now, [&](std::uint64_t key) { due(TxnId{key}, now, out); });
}

void TransactionLayer::due(TxnId id, base::Instant now, Outbox& out) {
  Txn* txn = find(id);
  if (txn == nullptr) return;
  txn->scheduled.reset();
  const Step step = std::visit(Overloaded{[](std::monostate) { return Step{}; },
                                          [&](InviteServerFsm& f) { return f.on_time(now, timers_); },
                                          [&](NonInviteServerFsm& f) { return f.on_time(now); },
                                          [&](InviteClientFsm& f) { return f.on_time(now, timers_); },
                                          [&](NonInviteClientFsm& f) { return f.on_time(now, timers_); }},
                               txn->fsm);
  if (step.send_trying) txn->octets = print(answer(100, {}, {}), txn->head, txn->local);
  if (step.send) ++counters_.retransmissions_out;
  if (step.send || step.send_trying) out.sends.push_back({txn->flow, txn->octets});
  if (step.timed_out) {
    ++counters_.timeouts;
    const bool is_server = std::holds_alternative<InviteServerFsm>(txn->fsm);
    if (!txn->is_internal) {
      out.events.emplace_back(TxnFailed{
          name_of(id, *txn), is_server ? TxnFailed::Cause::kUnacknowledged : TxnFailed::Cause::kTimeout});
    }
  }
  if (step.ended) return finish(id);
  reschedule(id, *txn);
}

// A TxnId is the index of its slot below and the slot's generation above, so that an old id finds nothing.

TxnId TransactionLayer::create(Fsm fsm, const FlowId& flow, const LocalName& local, std::string key) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(txns_.size()));
    txns_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  Txn& txn = txns_[index];
  const TxnId id{(std::uint64_t{txn.generation} << 32) | index};
  txn.fsm = std::move(fsm);
  txn.flow = flow;
  txn.local = local;
  txn.key = key;
  by_key_.insert_or_assign(std::move(key), id);
  return id;
}

TransactionLayer::Txn* TransactionLayer::find(TxnId id) {
  const auto index = static_cast<std::uint32_t>(id.value);
  if (index >= txns_.size() || txns_[index].generation != id.value >> 32) return nullptr;
  return &txns_[index];
}

TransactionLayer::Txn* TransactionLayer::find(const std::string& key, TxnId& id) {
  const auto at = by_key_.find(key);
  if (at == by_key_.end()) return nullptr;
  id = at->second;
  return find(id);
}

void TransactionLayer::finish(TxnId id) {
  const auto index = static_cast<std::uint32_t>(id.value);
  const std::uint32_t generation = txns_[index].generation + 1;
  by_key_.erase(txns_[index].key);
  txns_[index] = Txn{};
  txns_[index].generation = generation;
  free_.push_back(index);
}

void TransactionLayer::reschedule(TxnId id, Txn& txn) {
  const auto deadline = deadline_of(txn.fsm);
  if (!deadline || (txn.scheduled && *txn.scheduled <= *deadline)) return;
  txn.scheduled = deadline;
  wheel_.schedule(id.value, *deadline);
}

}  // namespace control::sip
