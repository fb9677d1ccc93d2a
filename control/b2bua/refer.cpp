// The part of the B2BUA that moves calls: REFER (RFC 3515) and INVITE with Replaces (RFC 3891).
#include <utility>

#include "control/b2bua/b2bua.h"
#include "control/b2bua/transfer.h"
#include "control/call_log.h"
#include "control/sip/wire/fields.h"
#include "mediad/base/log.h"

namespace control {
namespace {

using sip::HeaderId;

constexpr std::string_view kTransferred = "SIP;cause=200;text=\"Call transferred\"";
constexpr std::string_view kReplaced = "SIP;cause=200;text=\"Call replaced\"";

sip::OutgoingResponse accepted(const TransferWish& wish) {
  auto response = plain(202);
  if (!wish.wants_reports) response.headers.add("Refer-Sub", "false");
  response.contact = sip::LocalContact{"", "", ""};
  return response;
}

}  // namespace

/// The referrer spends its own rights: the target is routed as if it called there itself.
void B2bua::refer(SipCall& call, const sip::Request& request, base::Instant now) {
  const auto side = call.take_refer(request, now);
  if (!side) return;
  auto verdict = d_.gate.admit(request, now);
  if (auto* refusal = std::get_if<sip::OutgoingResponse>(&verdict))
    return call.answer(*side, request.txn, std::move(*refusal));
  const auto& origin = std::get<AuthenticatedOrigin>(verdict);
  const auto wish = TransferWish::of(request.message);
  if (!wish) return call.answer(*side, request.txn, plain(400));
  if (!call.joined()->is_settled() || call.is_being_transferred())
    return call.answer(*side, request.txn, plain(491));
  if (wish->replaces) return refer_to_call(call, *side, request, *wish, now);

  const auto uri = sip::Uri::parse(wish->target);
  const auto decision = uri ? decide(origin, *uri, now) : Decision{RefuseCall{400}, "no URI"};
  const auto* refused = std::get_if<RefuseCall>(&decision.action);
  spdlog::info("sip transfer id={} by={} to={} why=\"{}\"", call.media_id(), origin.name(),
               printable(wish->target), printable(decision.why));
  if ((refused != nullptr && refused->status == 403) || !has_room(origin))
    return call.answer(*side, request.txn, plain(603));
  call.answer(*side, request.txn, accepted(*wish));
  call.set_reports(wish->wants_reports);
  if (refused != nullptr || std::holds_alternative<AnswerHere>(decision.action)) {
    const auto status = refused != nullptr ? refused->status : std::uint16_t{480};
    return call.report(*side, status, now);
  }
  const auto& other = call.joined()->side(1 - *side);
  const auto invite = invitation_of(other.identity, wish->target, call.joined()->side(*side).identity,
                                    d_.port.new_token(), other.said);
  auto& fresh = add(
      std::make_unique<SipCall>(world_, origin, invite, rounds_of(decision, world_.options.domain), now), {});
  call.report(*side, 100, now);
  call.transfer_to(fresh, *side);
  fresh.start();
  settle(&fresh, now);
}

/// Attended: the referrer has a call with the target too, and the two others are joined.
void B2bua::refer_to_call(SipCall& call, unsigned side, const sip::Request& request, const TransferWish& wish,
                          base::Instant now) {
  auto* target = joined_call(*wish.replaces);
  const auto target_side = target != nullptr ? target->joined()->side_of(*wish.replaces) : std::nullopt;
  if (target == &call) return call.answer(side, request.txn, plain(400));
  call.answer(side, request.txn, accepted(wish));
  call.set_reports(wish.wants_reports);
  if (!target_side || !target->joined()->is_settled() || target->is_being_transferred()) {
    return call.report(side, target_side ? 491 : 481, now);
  }
  spdlog::info("sip transfer id={} to id={}", call.media_id(), target->media_id());
  call.report(side, 200, now);
  auto first = call.give(1 - side, false, kTransferred);
  auto second = target->give(1 - *target_side, false, kTransferred);
  const auto invite = invitation_of(first.identity, wish.target, second.identity, d_.port.new_token(), {});
  auto& fresh =
      add(std::make_unique<SipCall>(world_, call.origin(), invite, std::vector<ForkRound>{}, now), {});
  fresh.join(std::move(first), std::move(second));
  settle(&fresh, now);
  settle(target, now);
}

SipCall* B2bua::joined_call(const DialogId& id) const {
  const auto at = world_.index.by_tag.find(id.local_tag);
  if (at == world_.index.by_tag.end()) return nullptr;
  auto* joined = at->second->joined();
  return joined != nullptr && joined->side_of(id) ? at->second : nullptr;
}

/// Its names are as good as a password: they are drawn at random, and only those in the call know them. A
/// trunk may not all the same: what it sends may come from anywhere.
void B2bua::replace(const sip::Request& request, const AuthenticatedOrigin& origin, std::string_view value,
                    base::Instant now) {
  const auto parsed = sip::Replaces::parse(value);
  if (!parsed) return respond(request, plain(400));
  if (origin.kind() == AuthenticatedOrigin::Kind::kTrunk) return respond(request, plain(403));
  const auto id = *replaced_dialog(value);
  auto* old = joined_call(id);
  if (old == nullptr) return respond(request, plain(481));
  if (old->joined()->is_ended()) return respond(request, plain(603));  // RFC 3891 §3
  if (parsed->early_only) return respond(request, plain(486));
  if (!old->joined()->is_settled() || old->is_being_transferred()) return respond(request, plain(491));
  const auto side = *old->joined()->side_of(id);
  auto& fresh = add(std::make_unique<SipCall>(world_, origin, request, std::vector<ForkRound>{}, now),
                    invite_key(request.message, origin));
  spdlog::info("sip call id={} replaces id={}", fresh.media_id(), old->media_id());
  fresh.join(request, old->give(1 - side, false, kReplaced));
  settle(&fresh, now);
  settle(old, now);
}

}  // namespace control
