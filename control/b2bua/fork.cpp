#include "control/b2bua/fork.h"

#include <algorithm>

#include "control/sip/wire/chars.h"
#include "control/sip/wire/fields.h"

namespace control {
namespace {

using sip::HeaderId;

/// Fields of ours by which a peer could pretend to be somebody, or which belong to its own hop.
constexpr std::string_view kHopFields[] = {"P-Preferred-Identity", "P-Charging-Vector", "Authentication-Info",
                                           "Remote-Party-ID", "MIME-Version"};

bool is_passed_on(const sip::HeaderField& field, bool from_trunk, bool to_trunk) {
  switch (field.id) {
    case HeaderId::kSubject:
    case HeaderId::kAlertInfo:
    case HeaderId::kDate:
      return true;
    case HeaderId::kPrivacy:
      return to_trunk;
    case HeaderId::kDiversion:
    case HeaderId::kHistoryInfo:
      return from_trunk;
    case HeaderId::kOther:
      return std::none_of(std::begin(kHopFields), std::end(kHopFields),
                          [&](std::string_view name) { return sip::equal_ignoring_case(name, field.name); });
    default:
      return false;
  }
}

std::string aor(std::string_view user, const std::string& domain) {
  return "sip:" + sip::escaped_user(user) + '@' + domain;
}

ForkPlace place_of(const Binding& binding, const std::string& domain) {
  ForkPlace place;
  place.name = binding.user;
  place.uri = binding.contact;
  place.to = aor(binding.user, domain);
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
      rounds.push_back(
          {{{choice.trunk, choice.uri, choice.uri, {}, sip::Target::to(choice.uri), true}}, true});
    }
  }
  return rounds;
}

CallerIdentity identity_of(const AuthenticatedOrigin& origin, const sip::Message& invite,
                           const std::string& domain) {
  const auto from = invite.from();
  CallerIdentity identity{std::string(from.display), std::string(from.uri.text), !origin.is_user()};
  if (origin.is_user()) identity.uri = aor(origin.name(), domain);
  return identity;
}

sip::OutgoingRequest make_invite(const sip::Message& invite, const CallerIdentity& caller,
                                 const ForkPlace& place, const std::string& call_id, const std::string& tag) {
  sip::OutgoingRequest request;
  request.method = "INVITE";
  request.uri = place.uri;
  auto& headers = request.headers;
  if (!place.path.empty()) headers.add(HeaderId::kRoute, place.path);
  // A loop through us must end: the count goes on (RFC 3261 §16.6 step 3).
  headers.add(HeaderId::kMaxForwards, std::uint32_t{invite.max_forwards().value_or(70)} - 1U);
  headers.add(HeaderId::kFrom,
              caller.display + (caller.display.empty() ? "<" : " <") + caller.uri + ">;tag=" + tag);
  headers.add(HeaderId::kTo, '<' + place.to + '>');
  headers.add(HeaderId::kCallId, call_id).add(HeaderId::kCSeq, "1 INVITE");
  headers.add(HeaderId::kAllow, kCallAllow);
  // Who calls is asserted towards trunks, which trust us (RFC 3325 §5).
  if (place.is_trunk) headers.add(HeaderId::kPAssertedIdentity, '<' + caller.uri + '>');
  for (std::size_t i = 0; i < invite.field_count(); ++i) {
    const auto field = invite.field(i);
    if (is_passed_on(field, caller.is_trunk, place.is_trunk)) headers.add(field.name, field.value);
  }
  request.contact = sip::LocalContact{"", "", ""};
  return request;
}

bool has_sdp(const sip::Message& message) {
  const auto type =
      sip::MediaType::parse(message.header(HeaderId::kContentType).value_or(std::string_view{}));
  return type && type->is("application", "sdp") && !message.body().empty();
}

}  // namespace control
