#include "control/b2bua/sip_call.h"

#include <utility>

#include "control/call_log.h"
#include "mediad/base/deadline.h"

namespace control {
namespace {

/// Who is transferred calls under its own name, though by the rights of who referred it.
CallerIdentity caller_of(const AuthenticatedOrigin& origin, const sip::Request& invite,
                         const std::string& domain) {
  auto identity = identity_of(origin, invite.message, domain);
  if (invite.txn == sip::TxnId{}) identity.uri = invite.message.from().uri.text;
  return identity;
}

}  // namespace

std::string caller_of(const AuthenticatedOrigin& origin, const sip::Message& invite) {
  return origin.is_user() ? origin.name() : dialled_number(invite.from().uri);
}

SipCall::SipCall(CallWorld& world, AuthenticatedOrigin origin, const sip::Request& invite,
                 std::vector<ForkRound> rounds, base::Instant now)
    : origin_(std::move(origin)),
      call_id_(invite.message.call_id()),
      caller_(caller_of(origin_, invite.message)),
      dialled_(dialled_number(invite.message.uri())),
      started_(now),
      context_(world, *this, now),
      setup_(context_, caller_of(origin_, invite, world.options.domain), invite, std::move(rounds)) {
  context_.came(invite.message, "caller");
  if (origin_.kind() == AuthenticatedOrigin::Kind::kTrunk) context_.log_in(origin_.name(), call_id_);
}

SipCall::~SipCall() {
  if (transfer_to_ != nullptr) transfer_to_->transfer_from_ = nullptr;
  if (transfer_from_ != nullptr) transfer_from_->transfer_to_ = nullptr;
}

void SipCall::join(CallSide first, CallSide second) {
  setup_.skip();
  adopt(first);
  adopt(second);
  callee_ = second.name;
  joined_.emplace(context_, std::move(first), std::move(second), "fork1");
  joined_->introduce(kCaller, true);
}

void SipCall::join(const sip::Request& invite, CallSide other) {
  setup_.skip();
  adopt(other);
  callee_ = other.name;
  CallSide caller(Dialog::of_request(invite, context_.new_tag()), "caller", setup_.caller());
  joined_.emplace(context_, std::move(caller), std::move(other), "fork1");
  context_.own(invite.txn);
  joined_->answer_invite(invite, kCaller);
}

/// Who was to be transferred is gone.
void SipCall::drop_transfer() {
  if (transfer_to_ == nullptr || !joined_->is_ended()) return;
  auto* other = std::exchange(transfer_to_, nullptr);
  other->stop_transfer();
  other->hang_up({}, context_.now);
}

std::optional<unsigned> SipCall::take_refer(const sip::Request& refer, base::Instant now) {
  context_.now = now;
  const auto side =
      joined_ && !joined_->is_ended() ? joined_->side_of(dialog_of(refer.message)) : std::nullopt;
  if (!side) {
    context_.respond(refer.txn, plain(481), "peer");
    return std::nullopt;
  }
  return joined_->takes(refer, *side) ? side : std::nullopt;
}

void SipCall::transfer_to(SipCall& to, unsigned referrer) {
  transfer_to_ = &to;
  referrer_ = to.referrer_ = referrer;
  to.transfer_from_ = this;
}

void SipCall::report(unsigned referrer, std::uint16_t status, base::Instant now) {
  context_.now = now;
  if (joined_ && reports_) joined_->notify(referrer, status);
}

CallSide SipCall::give(unsigned side, bool other_is_gone, std::string_view reason) {
  context_.give_up_tag(joined_->side(side).dialog.id().local_tag);
  return joined_->give(side, other_is_gone, reason);
}

void SipCall::park(CallSide side, base::Instant now) {
  context_.now = now;
  adopt(side);
  parked_ = std::move(side);
}

void SipCall::report_progress() {
  const auto status = std::exchange(context_.told_nobody, std::nullopt);
  if (!status || (!transfer_from_ && !parked_)) return;
  if (transfer_from_ != nullptr) {
    transfer_from_->report(referrer_, *status, context_.now);
    if (*status >= 200) transfer_from_->transfer_to_ = nullptr;
    if (*status >= 300) transfer_from_ = nullptr;
  }
  if (*status < 300 || !parked_) return;
  auto bye = parked_->dialog.make_request(sip::Method::kBye);
  bye.headers.add(sip::HeaderId::kReason, "SIP;cause=" + std::to_string(*status));
  context_.send(std::move(bye), parked_->dialog.next_hop(), parked_->name);
  parked_.reset();
}

/// Who waits may hang up; what else it wants has to wait with it.
void SipCall::parked_request(const sip::Request& request) {
  context_.came(request.message, parked_->name);
  if (request.message.method() != sip::Method::kBye) {
    auto refusal = plain(500);
    refusal.headers.add(sip::HeaderId::kRetryAfter, 5U);
    return context_.respond(request.txn, refusal, parked_->name);
  }
  context_.respond(request.txn, plain(200), parked_->name);
  parked_.reset();
  setup_.cancel({});
}

void SipCall::start() {
  if (setup_.invite_txn() != sip::TxnId{}) context_.own(setup_.invite_txn());
  setup_.start();
  report_progress();
}

void SipCall::on_cancel(const sip::Message& cancel, base::Instant now) {
  context_.now = now;
  context_.came(cancel, "caller");
  context_.facts.ended_by = "caller";
  // RFC 3326: why the caller gave up is the callees' affair too.
  const auto reason = cancel.header(sip::HeaderId::kReason).value_or(std::string_view{});
  if (joined_ && joined_->is_held()) return joined_->hang_up(reason);
  setup_.cancel(reason);
}

void SipCall::on_request(const sip::Request& request, base::Instant now) {
  context_.now = now;
  const bool is_prack = request.message.method() == sip::Method::kPrack;
  if (joined_ && !is_prack) {
    if (const auto side = joined_->side_of(dialog_of(request.message))) {
      if (transfer_to_ != nullptr && request.message.method() == sip::Method::kBye && *side == referrer_ &&
          !joined_->is_ended()) {
        // It trusts that the transfer succeeds: who is transferred waits.
        joined_->respond(*side, request.txn, plain(200));
        transfer_to_->park(give(1 - *side, true, {}), now);
        return std::exchange(transfer_to_, nullptr)->stop_transfer();
      }
      joined_->on_request(request, *side);
      return drop_transfer();
    }
  }
  if (parked_ && parked_->dialog.id() == dialog_of(request.message)) return parked_request(request);
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

void SipCall::on_response(const sip::Response& heard, base::Instant now) {
  context_.now = now;
  if (heard.message.status() > 100) context_.came(heard);
  const auto settled = context_.settled(heard);
  if (!settled) return;
  const auto& response = *settled;
  if (!setup_.knows(response.txn)) {
    if (joined_) joined_->on_response(response);
    return drop_transfer();
  }
  auto joined = setup_.on_response(response);
  report_progress();
  if (!joined) return;
  if (joined->invite == sip::TxnId{}) {
    if (transfer_from_ != nullptr && !parked_) {
      transfer_from_->report(referrer_, 200, now);
      park(transfer_from_->give(1 - referrer_, false, "SIP;cause=200;text=\"Call transferred\""), now);
      transfer_from_->transfer_to_ = nullptr;
      transfer_from_ = nullptr;
    }
    if (!parked_) return;
    joined->caller = *std::exchange(parked_, std::nullopt);
  }
  ++context_.world.counters.answered;
  callee_ = joined->callee.name;
  joined_.emplace(context_, *std::move(joined));
}

void SipCall::on_failed(const sip::TxnFailed& heard, base::Instant now) {
  context_.now = now;
  const auto failed = context_.settled(heard);
  if (setup_.knows(failed.txn)) {
    setup_.on_failed(failed);
    return report_progress();
  }
  if (joined_) joined_->on_failed(failed);
  drop_transfer();
}

void SipCall::on_time(base::Instant now) {
  context_.now = now;
  if (!setup_.on_time() && joined_ && joined_->is_held())
    joined_->hang_up("SIP;cause=500;text=\"PRACK missing\"");
  report_progress();
  if (joined_) joined_->on_time();
  drop_transfer();
}

void SipCall::check_media(base::Instant now) {
  if (!joined_ || joined_->is_ended() || context_.media.is_alive()) return;
  ++context_.world.counters.media_lost;
  hang_up("SIP;cause=408;text=\"Media timeout\"", now);
}

void SipCall::hang_up(std::string_view reason, base::Instant now) {
  context_.now = now;
  if (joined_) {
    joined_->hang_up(reason);
    return drop_transfer();
  }
  setup_.cancel(reason);
  report_progress();
}

std::optional<base::Instant> SipCall::deadline() const {
  return base::earlier(setup_.deadline(), joined_ ? joined_->deadline() : std::nullopt);
}

CallRecord SipCall::record(const std::function<base::WallTime(base::Instant)>& to_wall) const {
  const auto& facts = context_.facts;
  const auto wall = [&](const std::optional<base::Instant>& at) {
    return at ? std::optional{to_wall(*at)} : std::nullopt;
  };
  CallRecord record{media_id(),           printable(call_id_),
                    printable(caller_),   printable(dialled_),
                    origin_.name(),       callee_,
                    to_wall(started_),    wall(facts.rang),
                    wall(facts.answered), to_wall(facts.ended.value_or(context_.now))};
  record.status = facts.status;
  record.reason = printable(facts.reason);
  record.ended_by = facts.ended_by;
  record.transcoded = facts.transcoded;
  record.sides = facts.sides;
  return record;
}

bool SipCall::is_over() const {
  return setup_.is_over() && (!joined_ || joined_->is_over());
}

}  // namespace control
