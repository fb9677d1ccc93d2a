#include "control/b2bua/fork.h"

#include "control/b2bua/capabilities.h"
#include "control/sip/wire/sdp_body.h"

namespace control {
namespace {

using sip::HeaderId;

std::string aor(std::string_view user, const std::string& domain) {
  return "sip:" + sip::escaped_user(user) + '@' + domain;
}

/// RFC 3323 §4.1.1.3: who wants no name gets this one, unless a proxy has seen to it already.
std::string from_value(const CallerIdentity& caller, const ForkPlace& place) {
  const bool is_transparent = caller.standing.is_transparent && place.standing.is_transparent;
  if (caller.is_hidden && !is_transparent) return "\"Anonymous\" <sip:anonymous@anonymous.invalid>";
  return caller.display + (caller.display.empty() ? "<" : " <") + caller.uri + '>';
}

ForkPlace place_of(const Binding& binding, const std::string& domain) {
  ForkPlace place;
  place.name = binding.user;
  place.uri = binding.contact;
  place.to = '<' + aor(binding.user, domain) + '>';
  place.path = binding.path;
  place.target = target_of(binding).value_or(sip::Target::to(binding.contact));
  return place;
}

}  // namespace

std::vector<ForkRound> rounds_of(const Decision& decision, const std::string& domain) {
  std::vector<ForkRound> rounds;
  if (const auto* ring = std::get_if<RingUsers>(&decision.action)) {
    for (const auto& user : ring->rings) {
      if (rounds.empty() || ring->one_after_another) rounds.emplace_back();
      for (const auto& binding : user.bindings) rounds.back().places.push_back(place_of(binding, domain));
    }
  } else if (const auto* trunks = std::get_if<CallTrunk>(&decision.action)) {
    for (const auto& choice : trunks->choices) {
      ForkPlace place{
          choice.trunk, choice.uri,          '<' + choice.uri + '>', {}, sip::Target::to(choice.uri),
          true,         {.is_trusted = true}};
      rounds.push_back({{std::move(place)}, true});
    }
  }
  return rounds;
}

CallerIdentity identity_of(const AuthenticatedOrigin& origin, const sip::Message& invite,
                           const std::string& domain) {
  const auto from = invite.from();
  CallerIdentity identity{std::string(from.display), std::string(from.uri.text)};
  identity.standing.is_trusted = !origin.is_user();
  identity.standing.is_transparent = origin.kind() == AuthenticatedOrigin::Kind::kProxy;
  identity.is_hidden = hides_identity(invite);
  if (origin.is_user()) identity.uri = aor(origin.name(), domain);
  return identity;
}

sip::OutgoingRequest make_invite(const sip::Message& invite, const CallerIdentity& caller,
                                 const ForkPlace& place, const InviteNames& names) {
  sip::OutgoingRequest request;
  request.method = "INVITE";
  request.uri = place.uri;
  auto& headers = request.headers;
  if (!place.path.empty()) headers.add(HeaderId::kRoute, place.path);
  // A loop through us must end: the count goes on (RFC 3261 §16.6 step 3).
  headers.add(HeaderId::kMaxForwards, std::uint32_t{invite.max_forwards().value_or(70)} - 1U);
  headers.add(HeaderId::kFrom, from_value(caller, place) + ";tag=" + names.tag);
  headers.add(HeaderId::kTo, place.to);
  headers.add(HeaderId::kCallId, names.call_id);
  headers.add(HeaderId::kCSeq, std::to_string(names.cseq) + " INVITE");
  headers.add(HeaderId::kAllow, sip::kAllow);
  // Who calls is asserted towards trunks, which trust us (RFC 3325 §5).
  if (place.is_trunk) headers.add(HeaderId::kPAssertedIdentity, '<' + caller.uri + '>');
  pass_headers(invite, caller.standing, place.standing, headers);
  request.contact = sip::LocalContact{"", "", ""};
  return request;
}

bool has_sdp(const sip::Message& message) {
  return !sip::sdp_of(message).empty();
}

sip::Body body_between(const sip::Message& message, std::string_view sdp, Standing from, Standing to) {
  if (from.is_transparent && to.is_transparent)
    return sdp.empty() ? sip::body_of(message) : sip::body_with_sdp(message, sdp);
  sip::Body body;
  if (sdp.empty()) return body;
  body.headers.add(HeaderId::kContentType, "application/sdp");
  body.text = sdp;
  return body;
}

}  // namespace control
