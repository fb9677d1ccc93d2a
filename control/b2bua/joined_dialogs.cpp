#include "control/b2bua/joined_dialogs.h"

#include <algorithm>
#include <utility>

#include "control/b2bua/transfer.h"
#include "mediad/base/deadline.h"

namespace control {
namespace {

using sip::HeaderId;
using sip::Method;

constexpr std::string_view kGone = "SIP;cause=481";
/// A refresh waits so long for an exchange that is under way.
constexpr auto kBusyWait = std::chrono::seconds{2};

/// What a user agent answers itself, in a call or not; all else within one is the other side's affair.
bool is_for_us(Method method) {
  return method == Method::kOptions || method == Method::kRegister || method == Method::kSubscribe ||
         method == Method::kPublish || method == Method::kUnknown;
}

}  // namespace

JoinedDialogs::JoinedDialogs(CallContext& context, Joined joined)
    : context_(context),
      sides_{std::move(joined.caller), std::move(joined.callee)},
      fork_(std::move(joined.fork)) {
  unacked_ = Unacked{kCaller,
                     joined.invite,
                     joined.caller_cseq,
                     std::move(joined.answer),
                     Retransmission(Retransmission::Pace::kUpToT2, context.now),
                     joined.ack_carries_answer ? std::optional{joined.callee_cseq} : std::nullopt,
                     joined.is_held};
  if (joined.invite == sip::TxnId{}) {  // a caller that is transferred: it has to be told where to send
    unacked_.reset();
    introduce(kCallee, false);
  } else if (!joined.is_held) {
    respond(kCaller, unacked_->txn, unacked_->response);
  }
}

JoinedDialogs::JoinedDialogs(CallContext& context, CallSide caller, CallSide callee, std::string fork)
    : context_(context), sides_{std::move(caller), std::move(callee)}, fork_(std::move(fork)) {}

void JoinedDialogs::release() {
  if (!is_held()) return;
  unacked_->is_held = false;
  unacked_->again = Retransmission(Retransmission::Pace::kUpToT2, context_.now);
  respond(unacked_->side, unacked_->txn, unacked_->response);
}

std::optional<unsigned> JoinedDialogs::side_of(const DialogId& id) const {
  for (const unsigned side : {kCaller, kCallee}) {
    if (sides_[side].dialog.id() == id) return side;
  }
  return std::nullopt;
}

void JoinedDialogs::introduce(unsigned from, bool and_back) {
  introduces_back_ = and_back;
  auto sdp = context_.media.offer(from, fork_, sides_[from].said, context_.now);
  if (!sdp) {
    context_.note("media", sdp.error().text);
    return hang_up("SIP;cause=488");
  }
  auto& to = sides_[1 - from];
  auto out = to.dialog.make_request(Method::kInvite);
  out.headers.add(HeaderId::kAllow, sip::kAllow).add(HeaderId::kSupported, kCallSupported);
  out.headers.append(to.timer.refresh(context_.world.options.session_timer));
  out.headers.add(HeaderId::kContentType, "application/sdp");
  out.contact = sip::LocalContact{"", "", ""};
  out.body = to.told = *std::move(sdp);
  const auto client = context_.send(std::move(out), to.dialog.next_hop(), to.name);
  exchange_ = Exchange{from, {}, client, Method::kInvite, 0, true, {}, {}};
}

CallSide JoinedDialogs::give(unsigned side, bool other_is_gone, std::string_view reason) {
  auto given = std::move(sides_[side]);
  is_ended_ = true;
  context_.over("mediad", reason);
  if (!other_is_gone) send_bye(1 - side, reason);
  return given;
}

void JoinedDialogs::notify(unsigned side, std::uint16_t status) {
  if (is_ended_) return;
  auto request = sides_[side].dialog.make_request(Method::kNotify);
  report_transfer(status, request);
  context_.send(std::move(request), sides_[side].dialog.next_hop(), sides_[side].name);
}

bool JoinedDialogs::takes(const sip::Request& request, unsigned side) {
  context_.came(request.message, sides_[side].name);
  if (sides_[side].dialog.take(request.message) == Dialog::Order::kNew) return true;
  respond(side, request.txn, plain(500));
  return false;
}

void JoinedDialogs::respond(unsigned side, sip::TxnId txn, sip::OutgoingResponse response) {
  // An INVITE that took a side's place has no tag of ours yet.
  response.to_tag = sides_[side].dialog.id().local_tag;
  context_.respond(txn, response, sides_[side].name);
}

void JoinedDialogs::on_request(const sip::Request& request, unsigned side) {
  const auto& message = request.message;
  context_.came(message, sides_[side].name);
  if (sides_[side].dialog.take(message) == Dialog::Order::kLate)
    return respond(side, request.txn, plain(500));
  if (message.method() == Method::kBye) {
    respond(side, request.txn, plain(200));
    return end(side, message.header(HeaderId::kReason).value_or(std::string_view{}));
  }
  if (is_ended_) return respond(side, request.txn, plain(481));
  if (message.method() == Method::kInvite || message.method() == Method::kUpdate)
    return take_offer(request, side);
  if (!is_for_us(message.method())) return pass_on(request, side);
  auto response = plain(message.method() == Method::kOptions ? 200 : 405);
  response.headers.add(HeaderId::kAllow, sip::kAllow);
  respond(side, request.txn, response);
}

/// RFC 3261 §14.2, RFC 3311 §5.2: one offer at a time, whoever's it is.
void JoinedDialogs::take_offer(const sip::Request& request, unsigned from) {
  const auto& message = request.message;
  auto timer = sides_[from].timer;
  const auto wanted = timer.answer(message, context_.world.options.session_timer, context_.now);
  if (wanted.too_small) {
    auto refusal = plain(422);
    refusal.headers.append(wanted.headers);
    return respond(from, request.txn, refusal);
  }
  const bool has_offer = has_sdp(message);
  if (message.method() == Method::kUpdate && !has_offer) {
    sides_[from].heard(message);
    sides_[from].timer = timer;
    auto answer = refresh_answer();
    answer.headers.append(wanted.headers);
    return respond(from, request.txn, answer);
  }
  if (is_busy(from) || is_busy(1 - from)) {
    const auto offerer = exchange_  ? exchange_->from
                         : unacked_ ? unacked_->side
                                    : (sides_[from].is_reinviting() ? 1 - from : from);
    auto refusal = plain(offerer == from ? 500 : 491);
    if (offerer == from) {
      refusal.headers.add(HeaderId::kRetryAfter, 1U);
    } else {
      ++context_.world.counters.glares;
    }
    return respond(from, request.txn, refusal);
  }
  sides_[from].heard(message);
  std::string sdp;
  if (has_offer) {
    auto offer = context_.media.offer(from, fork_, sip::sdp_of(message), context_.now);
    if (!offer) {
      context_.note("media", offer.error().text);
      return respond(from, request.txn, plain(status_of_media_error(offer.error().text)));
    }
    sdp = *std::move(offer);
  }
  auto& to = sides_[1 - from];
  auto out = to.dialog.make_request(message.method());
  out.headers.add(HeaderId::kAllow, sip::kAllow).add(HeaderId::kSupported, kCallSupported);
  out.headers.append(to.timer.refresh(context_.world.options.session_timer));
  out.contact = sip::LocalContact{"", "", ""};
  pass_content(message, sdp, from, out);
  if (has_offer) to.told = sdp;
  auto says = wanted.headers;
  says.copy(message, HeaderId::kRecordRoute);
  const auto client = context_.send(std::move(out), to.dialog.next_hop(), to.name);
  exchange_ =
      Exchange{from, request.txn, client, message.method(), message.cseq().number, has_offer, timer, says};
}

void JoinedDialogs::pass_on(const sip::Request& request, unsigned from) {
  auto& to = sides_[1 - from];
  auto out = to.dialog.make_request(request.message.method());
  pass_headers(request.message, sides_[from].identity.standing, to.identity.standing, out.headers);
  // Whatever it is: nobody but the two ends reads it.
  const auto body = sip::body_of(request.message);
  out.headers.append(body.headers);
  out.body = body.text;
  passing_.push_back({context_.send(std::move(out), to.dialog.next_hop(), to.name), request.txn, from});
}

sip::OutgoingResponse JoinedDialogs::refresh_answer() const {
  auto response = plain(200);
  response.headers.add(HeaderId::kAllow, sip::kAllow).add(HeaderId::kSupported, kCallSupported);
  response.contact = sip::LocalContact{"", "", ""};
  return response;
}

void JoinedDialogs::on_response(const sip::Response& response) {
  const auto status = response.message.status();
  if (status < 200) return;
  if (response.txn == last_invite_ && status < 300) {  // repeated: its ACK was lost
    if (last_ack_) context_.ack(last_ack_->ack, last_ack_->hop, "again");
    return;
  }
  if (std::erase(byes_, response.txn) != 0) return;
  for (auto& side : sides_) {
    if (side.is_refresh(response.txn)) {
      if (side.refresh_answered(context_, response) == CallSide::Verdict::kEnd) hang_up(kGone);
      return;
    }
    if (side.acknowledge_again(context_, response.txn)) return;
  }
  const auto at = std::find_if(passing_.begin(), passing_.end(),
                               [&](const Passing& p) { return p.client == response.txn; });
  if (at != passing_.end()) {
    auto answer = plain(status);
    answer.reason = response.message.reason();
    pass_headers(response.message, sides_[1 - at->from].identity.standing, sides_[at->from].identity.standing,
                 answer.headers);
    const auto body = sip::body_of(response.message);
    answer.headers.append(body.headers);
    answer.body = body.text;
    respond(at->from, at->server, answer);
    passing_.erase(at);
    return;
  }
  if (!exchange_ || exchange_->client != response.txn) return;
  const auto exchange = *std::exchange(exchange_, std::nullopt);
  if (status >= 300) return exchange_refused(exchange, status, response.message.reason());
  exchange_answered(exchange, response);
}

void JoinedDialogs::exchange_answered(const Exchange& exchange, const sip::Response& response) {
  const auto answerer = 1 - exchange.from;
  sides_[answerer].heard(response.message);
  sides_[answerer].timer.agreed(response.message, context_.now);
  const bool is_invite = exchange.method == Method::kInvite;
  const bool is_late = is_invite && !exchange.has_offer;
  if (is_invite) last_invite_ = response.txn;
  last_ack_.reset();
  if (is_invite && !is_late) acknowledge(answerer, response);
  if (is_ended_) return;
  const auto body = sip::sdp_of(response.message);
  auto sdp = body.empty() ? base::Result<std::string>{base::Error{"no description in the answer"}}
             : is_late    ? context_.media.offer(answerer, fork_, body, context_.now)
                          : context_.media.answer(answerer, fork_, body, context_.now);
  if (!sdp) {
    // The answerer has changed already what the offerer never will: nothing to go back to.
    context_.note("media", sdp.error().text);
    if (is_late) acknowledge(answerer, response);
    respond(exchange.from, exchange.server, plain(488));
    return hang_up("SIP;cause=488");
  }
  if (exchange.server == sip::TxnId{}) {  // ours
    if (std::exchange(introduces_back_, false)) introduce(answerer, false);
    return;
  }
  auto answer = refresh_answer();
  answer.headers.append(exchange.timer_says);
  sides_[exchange.from].timer = exchange.timer;
  sides_[exchange.from].told = *sdp;
  pass_content(response.message, *sdp, answerer, answer);
  respond(exchange.from, exchange.server, answer);
  if (!is_invite) return;
  unacked_ = Unacked{exchange.from,
                     exchange.server,
                     exchange.cseq,
                     std::move(answer),
                     Retransmission(Retransmission::Pace::kUpToT2, context_.now),
                     is_late ? std::optional{response.message.cseq().number} : std::nullopt};
}

void JoinedDialogs::acknowledge(unsigned side, const sip::Response& response) {
  const auto& dialog = sides_[side].dialog;
  last_ack_ = SentAck{dialog.make_ack(response.message.cseq().number), dialog.next_hop()};
  context_.ack(last_ack_->ack, last_ack_->hop, sides_[side].name);
}

void JoinedDialogs::exchange_refused(const Exchange& exchange, std::uint16_t status,
                                     std::string_view reason) {
  if (is_ended_) return;
  if (exchange.server == sip::TxnId{}) return hang_up("SIP;cause=488");
  auto response = plain(status == 401 || status == 407 ? 403 : status);
  if (response.status == status) response.reason = reason;
  respond(exchange.from, exchange.server, response);
  // RFC 3261 §12.2.1.2: the other side knows the dialog no more.
  if (status == 408 || status == 481) hang_up({});
}

std::optional<SentAck> JoinedDialogs::on_ack(const sip::Message& ack, unsigned side) {
  if (!unacked_ || unacked_->side != side || unacked_->cseq != ack.cseq().number) return std::nullopt;
  context_.came(ack, sides_[side].name);
  const auto unacked = *std::exchange(unacked_, std::nullopt);
  std::optional<SentAck> passed;
  if (unacked.late_cseq) {
    const auto& other = sides_[1 - side];
    auto sdp = has_sdp(ack) && !is_ended_
                   ? context_.media.answer(side, fork_, sip::sdp_of(ack), context_.now)
                   : base::Result<std::string>{base::Error{"no description in the ACK"}};
    passed = SentAck{other.dialog.make_ack(*unacked.late_cseq), other.dialog.next_hop()};
    sides_[side].said = sip::sdp_of(ack);
    if (sdp) {
      pass_content(ack, *sdp, side, passed->ack);
      sides_[1 - side].told = *sdp;
    }
    context_.ack(passed->ack, passed->hop, other.name);
    last_ack_ = passed;
    if (!sdp && !is_ended_) hang_up("SIP;cause=488");
  }
  if (sides_[side].wants_bye) send_bye(side, end_reason_);
  return passed;
}

void JoinedDialogs::on_failed(const sip::TxnFailed& failed) {
  if (std::erase(byes_, failed.txn) != 0) return;
  if (std::any_of(sides_.begin(), sides_.end(), [&](const auto& s) { return s.is_refresh(failed.txn); }))
    return hang_up(kGone);
  const auto at = std::find_if(passing_.begin(), passing_.end(),
                               [&](const Passing& p) { return p.client == failed.txn; });
  if (at != passing_.end()) {
    respond(at->from, at->server, plain(408));
    passing_.erase(at);
    return;
  }
  if (!exchange_ || exchange_->client != failed.txn) return;
  exchange_refused(*std::exchange(exchange_, std::nullopt), 408, {});
}

/// RFC 4028 §10.
void JoinedDialogs::serve_timer(unsigned side) {
  switch (sides_[side].timer.on_time(context_.now)) {
    case SessionTimer::Act::kNothing:
      return;
    case SessionTimer::Act::kRefresh:
      if (!is_busy(side)) return sides_[side].refresh(context_);
      return sides_[side].timer.refresh_again(context_.now + kBusyWait);
    case SessionTimer::Act::kEnd:
      ++context_.world.counters.expired;
      return hang_up("SIP;cause=408;text=\"Session expired\"");
  }
}

void JoinedDialogs::on_time() {
  for (const unsigned side : {kCaller, kCallee}) {
    if (!is_ended_ && !is_held()) serve_timer(side);
  }
  if (!unacked_ || unacked_->is_held) return;
  switch (unacked_->again.on_time(context_.now)) {
    case Retransmission::Act::kNothing:
      return;
    case Retransmission::Act::kSend:
      return respond(unacked_->side, unacked_->txn, unacked_->response);
    case Retransmission::Act::kGiveUp:
      break;
  }
  // RFC 3261 §13.3.1.4: the dialog stands, but the session should end.
  const auto side = std::exchange(unacked_, std::nullopt)->side;
  ++context_.world.counters.unacknowledged;
  if (sides_[side].wants_bye) return send_bye(side, end_reason_);
  if (!is_ended_) hang_up("SIP;cause=408;text=\"ACK missing\"");
}

std::optional<base::Instant> JoinedDialogs::deadline() const {
  if (is_held()) return std::nullopt;  // the PRACK that is missing has a time of its own
  auto first = unacked_ ? std::optional{unacked_->again.deadline()} : std::nullopt;
  for (const auto& side : sides_) {
    if (!is_ended_) first = base::earlier(first, side.timer.deadline());
  }
  return first;
}

void JoinedDialogs::hang_up(std::string_view reason) {
  end(std::nullopt, reason);
}

/// `without`: the side that has hung up itself.
void JoinedDialogs::end(std::optional<unsigned> without, std::string_view reason) {
  if (is_ended_) return;
  is_ended_ = true;
  end_reason_ = reason;
  context_.over(!without ? "mediad" : *without == kCaller ? "caller" : "callee", reason);
  if (exchange_) respond(exchange_->from, exchange_->server, plain(487));
  const bool knows_of_answer = !is_held();
  if (!knows_of_answer) {
    respond(kCaller, unacked_->txn, plain(without == kCallee ? 480 : 487));
    unacked_.reset();
  }
  if (unacked_ && without == unacked_->side) unacked_.reset();
  for (const unsigned side : {kCaller, kCallee}) {
    if (side == without || (side == kCaller && !knows_of_answer)) continue;
    if (unacked_ && unacked_->side == side) {
      sides_[side].wants_bye = true;
    } else {
      send_bye(side, reason);
    }
  }
}

void JoinedDialogs::send_bye(unsigned side, std::string_view reason) {
  auto& to = sides_[side];
  to.wants_bye = false;
  auto bye = to.dialog.make_request(Method::kBye);
  if (!reason.empty()) bye.headers.add(HeaderId::kReason, reason);
  byes_.push_back(context_.send(std::move(bye), to.dialog.next_hop(), to.name));
}

}  // namespace control
