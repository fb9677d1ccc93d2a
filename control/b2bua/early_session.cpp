#include "control/b2bua/early_session.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "control/sip/wire/sdp_body.h"

namespace control {
namespace {

using sip::HeaderId;
using sip::Method;

/// RFC 3262 §3 wants the first number drawn; leaving room above it.
std::uint32_t first_number(const std::string& token) {
  return (static_cast<std::uint32_t>(std::hash<std::string>{}(token)) & 0x3fffffffU) | 1U;
}

sip::OutgoingResponse accepted() {
  auto response = plain(200);
  response.headers.add(HeaderId::kAllow, sip::kAllow);
  response.contact = sip::LocalContact{"", "", ""};
  return response;
}

}  // namespace

EarlySession::EarlySession(CallContext& context, const sip::Request& invite, Standing caller)
    : context_(context),
      invite_(invite),
      caller_(caller),
      can_be_reliable_(invite.message.lists(HeaderId::kSupported, "100rel") ||
                       invite.message.lists(HeaderId::kRequire, "100rel")),
      must_be_reliable_(invite.message.lists(HeaderId::kRequire, "100rel")),
      provisionals_(first_number(context.world.port.new_token())) {}

void EarlySession::tell(sip::OutgoingResponse response, bool for_certain) {
  if (!must_be_reliable_ && !(for_certain && can_be_reliable_))
    return context_.respond(invite_.txn, response, "caller");
  if (provisionals_.push(std::move(response), context_.now))
    context_.respond(invite_.txn, *provisionals_.current(), "caller");
}

void EarlySession::on_prack(Fork& fork, const sip::Request& prack) {
  const auto value = prack.message.header(HeaderId::kRAck);
  const auto rack = value ? sip::RAck::parse(*value) : std::nullopt;
  if (!rack) return context_.respond(prack.txn, plain(400), "caller");
  if (!provisionals_.acknowledge(*rack, invite_.message.cseq().number, context_.now))
    return context_.respond(prack.txn, plain(481), "caller");
  if (fork.offering) {
    pass_answer(fork, prack);
  } else if (has_sdp(prack.message)) {
    pass_offer(fork, nullptr, prack);
  } else {
    context_.respond(prack.txn, plain(200), "caller");
  }
  if (const auto* next = provisionals_.current()) context_.respond(invite_.txn, *next, "caller");
}

/// The answer to an offer that the callee made in its reliable response (RFC 3262 §5).
void EarlySession::pass_answer(Fork& fork, const sip::Request& prack) {
  const auto offering = *std::exchange(fork.offering, std::nullopt);
  const auto early = std::find_if(fork.early.begin(), fork.early.end(), [&](const EarlyDialog& each) {
    return each.dialog.id().remote_tag == offering.to_tag();
  });
  auto sdp = has_sdp(prack.message)
                 ? context_.media.answer(kCaller, fork.key, sip::sdp_of(prack.message), context_.now)
                 : base::Result<std::string>{base::Error{"no description in the PRACK"}};
  auto out = early->dialog.make_prack(offering);
  if (sdp) {
    early->is_settled = true;
    put_body(prack.message, *sdp, caller_, fork.place.standing, out);
  } else {
    context_.note("media", sdp.error().text);
    context_.cancel(fork.txn, "SIP;cause=488", fork.place.name);
  }
  context_.send(std::move(out), early->dialog.next_hop(), fork.place.name);
  context_.respond(prack.txn, plain(sdp ? 200 : 488), "caller");
}

void EarlySession::on_update(Fork& fork, const EarlyDialog* early, const sip::Request& update) {
  if (has_sdp(update.message)) return pass_offer(fork, early, update);
  context_.respond(update.txn, accepted(), early != nullptr ? fork.place.name : "caller");
}

/// RFC 3311 §5.2: one offer at a time, and none before the first has its answer.
std::optional<sip::OutgoingResponse> EarlySession::refuse_offer(const Fork& fork, unsigned from) const {
  const bool is_settled = !fork.early.empty() && fork.early.back().is_settled;
  if (exchange_ || !is_settled) {
    const auto offerer = exchange_ ? exchange_->from : has_sdp(invite_.message) ? kCaller : kCallee;
    auto refusal = plain(offerer == from ? 500 : 491);
    if (offerer == from) refusal.headers.add(HeaderId::kRetryAfter, 1U);
    return refusal;
  }
  const bool takes_update = from == kCaller
                                ? fork.early.back().allows_update
                                : can_be_reliable_ && invite_.message.lists(HeaderId::kAllow, "UPDATE");
  if (!takes_update) return plain(504);  // whoever would have to agree cannot be asked yet
  return std::nullopt;
}

void EarlySession::pass_offer(Fork& fork, const EarlyDialog* early, const sip::Request& request) {
  const unsigned from = early != nullptr ? kCallee : kCaller;
  const std::string asking = early != nullptr ? fork.place.name : "caller";
  if (auto refusal = refuse_offer(fork, from)) return context_.respond(request.txn, *refusal, asking);
  auto sdp = context_.media.offer(from, fork.key, sip::sdp_of(request.message), context_.now);
  if (!sdp) {
    context_.note("media", sdp.error().text);
    return context_.respond(request.txn, plain(status_of_media_error(sdp.error().text)), asking);
  }
  auto& dialog = early != nullptr ? *fork.caller : fork.early.back().dialog;
  const auto of = early != nullptr ? fork.place.standing : caller_;
  const auto to = early != nullptr ? caller_ : fork.place.standing;
  auto out = dialog.make_request(Method::kUpdate);
  out.headers.add(HeaderId::kAllow, sip::kAllow);
  out.contact = sip::LocalContact{"", "", ""};
  put_body(request.message, *sdp, of, to, out);
  const auto client = context_.send(std::move(out), dialog.next_hop(),
                                    early != nullptr ? std::string{"caller"} : fork.place.name);
  exchange_ = Exchange{from, request.txn, client, fork.key, to, of, asking};
}

bool EarlySession::on_response(const sip::Response& response) {
  if (!exchange_ || exchange_->client != response.txn) return false;
  const auto status = response.message.status();
  if (status < 200) return true;
  const auto exchange = *std::exchange(exchange_, std::nullopt);
  if (status >= 300) {
    context_.respond(exchange.server, plain(status == 401 || status == 407 ? 403 : status),
                     exchange.asking_name);
    return true;
  }
  auto sdp =
      context_.media.answer(1 - exchange.from, exchange.fork, sip::sdp_of(response.message), context_.now);
  if (!sdp) context_.note("media", sdp.error().text);
  auto answer = sdp ? accepted() : plain(488);
  if (sdp) put_body(response.message, *sdp, exchange.asked, exchange.asking, answer);
  context_.respond(exchange.server, answer, exchange.asking_name);
  return true;
}

bool EarlySession::on_failed(const sip::TxnFailed& failed) {
  if (!exchange_ || exchange_->client != failed.txn) return false;
  context_.respond(exchange_->server, plain(504), exchange_->asking_name);
  exchange_.reset();
  return true;
}

bool EarlySession::on_time() {
  switch (provisionals_.on_time(context_.now)) {
    case Retransmission::Act::kNothing:
      return true;
    case Retransmission::Act::kSend:
      context_.respond(invite_.txn, *provisionals_.current(), "caller");
      return true;
    case Retransmission::Act::kGiveUp:
      break;
  }
  provisionals_.clear();
  return false;
}

}  // namespace control
