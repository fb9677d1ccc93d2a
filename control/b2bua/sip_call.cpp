#include "control/b2bua/sip_call.h"

#include <utility>

namespace control {

SipCall::SipCall(CallWorld& world, AuthenticatedOrigin origin, const sip::Request& invite,
                 std::vector<ForkRound> rounds, base::Instant now)
    : origin_(std::move(origin)),
      call_id_(invite.message.call_id()),
      dialled_(dialled_number(invite.message.uri())),
      started_(now),
      context_(world, *this, now),
      setup_(context_, identity_of(origin_, invite.message, world.options.domain), invite,
             std::move(rounds)) {
  context_.came(invite.message, "caller");
}

void SipCall::start() {
  context_.own(setup_.invite_txn());
  setup_.start();
}

void SipCall::on_cancel(const sip::Message& cancel, base::Instant now) {
  context_.now = now;
  context_.came(cancel, "caller");
  // RFC 3326: why the caller gave up is the callees' affair too.
  const auto reason = cancel.header(sip::HeaderId::kReason).value_or(std::string_view{});
  if (joined_ && joined_->is_held()) return joined_->hang_up(reason);
  setup_.cancel(reason);
}

void SipCall::on_request(const sip::Request& request, base::Instant now) {
  context_.now = now;
  const bool is_prack = request.message.method() == sip::Method::kPrack;
  if (joined_ && !is_prack) {
    if (const auto side = joined_->side_of(dialog_of(request.message)))
      return joined_->on_request(request, *side);
  }
  if (setup_.on_request(request)) {
    if (joined_ && setup_.is_acknowledged()) joined_->release();
    return;
  }
  context_.came(request.message, "caller");
  context_.respond(request.txn, plain(481), "caller");
}

void SipCall::on_ack(const sip::Message& ack, base::Instant now) {
  context_.now = now;
  if (!joined_) return;
  const auto side = joined_->side_of(dialog_of(ack));
  if (!side) return;
  if (auto passed = joined_->on_ack(ack, *side)) setup_.acknowledged(*std::move(passed));
}

void SipCall::on_response(const sip::Response& response, base::Instant now) {
  context_.now = now;
  if (response.message.status() > 100) context_.came(response);
  if (!setup_.knows(response.txn)) {
    if (joined_) joined_->on_response(response);
    return;
  }
  auto joined = setup_.on_response(response);
  if (!joined) return;
  ++context_.world.counters.answered;
  callee_ = joined->callee.name;
  joined_.emplace(context_, *std::move(joined));
}

void SipCall::on_failed(const sip::TxnFailed& failed, base::Instant now) {
  context_.now = now;
  if (setup_.knows(failed.txn)) return setup_.on_failed(failed);
  if (joined_) joined_->on_failed(failed);
}

void SipCall::on_time(base::Instant now) {
  context_.now = now;
  if (!setup_.on_time() && joined_ && joined_->is_held())
    joined_->hang_up("SIP;cause=500;text=\"PRACK missing\"");
  if (joined_) joined_->on_time();
}

void SipCall::check_media(base::Instant now) {
  if (!joined_ || joined_->is_ended() || context_.media.is_alive()) return;
  ++context_.world.counters.media_lost;
  hang_up("SIP;cause=408;text=\"Media timeout\"", now);
}

void SipCall::hang_up(std::string_view reason, base::Instant now) {
  context_.now = now;
  if (joined_) return joined_->hang_up(reason);
  setup_.cancel(reason);
}

std::optional<base::Instant> SipCall::deadline() const {
  auto first = setup_.deadline();
  const auto second = joined_ ? joined_->deadline() : std::nullopt;
  if (!first || (second && *second < *first)) first = second;
  return first;
}

bool SipCall::is_over() const {
  return setup_.is_over() && (!joined_ || joined_->is_over());
}

}  // namespace control
