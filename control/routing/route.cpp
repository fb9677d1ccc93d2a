#include "control/routing/route.h"

#include <algorithm>
#include <utility>

#include "control/sip/wire/chars.h"

namespace control {
namespace {

Decision refuse(std::uint16_t status, std::string why) {
  return {RefuseCall{status}, std::move(why)};
}

bool is_ours(const sip::Uri& uri, const RoutingTable& table) {
  if (uri.scheme == sip::Uri::Scheme::kTel || table.domains.empty()) return true;
  return std::any_of(table.domains.begin(), table.domains.end(),
                     [&](const std::string& domain) { return sip::equal_ignoring_case(domain, uri.host); });
}

Decision ring(std::vector<std::string> users, bool one_after_another, const RoutingView& view,
              const std::string& why) {
  RingUsers action;
  action.one_after_another = one_after_another;
  for (auto& user : users) {
    auto bindings = view.bindings_of(user);
    if (!bindings.empty()) action.rings.push_back({std::move(user), std::move(bindings)});
  }
  if (action.rings.empty()) return refuse(480, why + ", nobody is registered");
  return {std::move(action), why};
}

/// `sip:gw.example.net;transport=tls` and a number make `sip:NUMBER@gw.example.net;transport=tls`.
std::string trunk_uri(const Trunk& trunk, std::string_view number) {
  const auto colon = trunk.uri.find(':');
  return trunk.uri.substr(0, colon + 1) + sip::escaped_user(number) + '@' + trunk.uri.substr(colon + 1);
}

bool is_dead(const std::string& trunk, const RoutingView& view) {
  return view.is_alive && !view.is_alive(trunk);
}

Decision call_one_trunk(const std::string& name, std::string_view number, const RoutingView& view,
                        const std::string& why) {
  const auto at = view.table.trunks.find(name);
  if (at == view.table.trunks.end() || !at->second.enabled)
    return refuse(480, why + ", trunk " + name + " is not in service");
  if (is_dead(name, view)) return refuse(503, why + ", trunk " + name + " does not answer");
  return {CallTrunk{{{name, trunk_uri(at->second, number)}}}, why};
}

Decision follow(const NumberTarget& target, const RoutingView& view, const std::string& why) {
  if (const auto* user = std::get_if<ToUser>(&target))
    return ring({user->user}, false, view, why + " is user " + user->user);
  if (const auto* group = std::get_if<ToGroup>(&target)) {
    const auto at = view.table.groups.find(group->group);
    if (at == view.table.groups.end())
      return refuse(404, why + " is group " + group->group + ", which does not exist");
    return ring(at->second.users, at->second.one_after_another, view, why + " is group " + group->group);
  }
  if (const auto* trunk = std::get_if<ToTrunkNumber>(&target)) {
    return call_one_trunk(trunk->trunk, trunk->number, view, why + " goes out by trunk " + trunk->trunk);
  }
  return {AnswerHere{std::get<TestService>(target)}, why + " is answered here"};
}

/// The route with the longest prefix of the number.
const TrunkRoute* longest_route(const std::vector<TrunkRoute>& routes, std::string_view number) {
  const TrunkRoute* best = nullptr;
  for (const auto& route : routes) {
    if (number.starts_with(route.prefix) && (best == nullptr || route.prefix.size() > best->prefix.size()))
      best = &route;
  }
  return best;
}

/// By priority, and among equals drawn by weight, so that each is first in its share of calls.
std::vector<TrunkRoute::Choice> in_order(std::vector<TrunkRoute::Choice> choices,
                                         const std::function<std::uint32_t(std::uint32_t)>& draw) {
  std::stable_sort(choices.begin(), choices.end(),
                   [](const auto& a, const auto& b) { return a.priority < b.priority; });
  for (auto first = choices.begin(); first != choices.end(); ++first) {
    std::uint32_t sum = 0;
    auto end = first;
    for (; end != choices.end() && end->priority == first->priority; ++end) sum += end->weight;
    std::uint32_t mark = sum == 0 ? 0 : draw(sum - 1);
    auto chosen = first;
    for (; std::next(chosen) != end && mark >= chosen->weight; ++chosen) mark -= chosen->weight;
    std::rotate(first, chosen, std::next(chosen));
  }
  return choices;
}

Decision call_trunks(const TrunkRoute& route, std::string_view number, const RoutingView& view) {
  const std::string rewritten =
      route.prepend + std::string(number.substr(std::min(route.strip, number.size())));
  const std::string why =
      std::string(number) + " matches prefix \"" + route.prefix + "\" and becomes " + rewritten;
  CallTrunk action;
  std::string dead;
  for (const auto& choice : in_order(route.choices, view.draw)) {
    const auto at = view.table.trunks.find(choice.trunk);
    if (at == view.table.trunks.end() || !at->second.enabled) continue;
    if (is_dead(choice.trunk, view)) {
      dead += ", trunk " + choice.trunk + " does not answer";
      continue;
    }
    action.choices.push_back({choice.trunk, trunk_uri(at->second, rewritten)});
  }
  if (action.choices.empty() && !dead.empty()) return refuse(503, why + dead);
  if (action.choices.empty()) return refuse(480, why + ", no trunk of it is in service");
  return {std::move(action), why + dead};
}

/// Closed by default: a user calls through trunks only what its account allows.
bool may_call(const Account& account, std::string_view number) {
  return std::any_of(account.allowed_prefixes.begin(), account.allowed_prefixes.end(),
                     [&](const std::string& prefix) { return number.starts_with(prefix); });
}

Decision route_of_user(const AuthenticatedOrigin& origin, const std::string& number,
                       const RoutingView& view) {
  if (const auto at = view.table.extensions.find(number); at != view.table.extensions.end()) {
    return follow(at->second, view, "extension " + number);
  }
  if (view.accounts.find(number)) return ring({number}, false, view, "user " + number);
  const auto* route = longest_route(view.table.routes, number);
  if (route == nullptr) return refuse(404, number + " is no extension, no user and matches no route");
  const auto account = view.accounts.find(origin.name());
  if (!account || !may_call(*account, number)) return refuse(403, origin.name() + " may not call " + number);
  return call_trunks(*route, number, view);
}

Decision route_of_trunk(const AuthenticatedOrigin& origin, const std::string& number,
                        const RoutingView& view) {
  if (const auto at = view.table.dids.find(number); at != view.table.dids.end())
    return follow(at->second, view, "DID " + number);
  const auto trunk = view.table.trunks.find(origin.name());
  const bool may_dial_extensions = origin.kind() == AuthenticatedOrigin::Kind::kProxy ||
                                   (trunk != view.table.trunks.end() && trunk->second.may_dial_extensions);
  if (may_dial_extensions) {
    if (const auto at = view.table.extensions.find(number); at != view.table.extensions.end()) {
      return follow(at->second, view, "extension " + number);
    }
  }
  // A carrier's call never goes out again by prefix: that would be somebody else's bill.
  return refuse(404, number + " is no DID");
}

}  // namespace

std::string dialled_number(const sip::Uri& uri) {
  auto number = sip::unescaped(uri.user);
  const bool is_number = !number.empty() && std::all_of(number.begin(), number.end(), [](char c) {
    return sip::is_in(c, sip::kDigitChar) || std::string_view{"+-.()*#"}.find(c) != std::string_view::npos;
  });
  if (is_number) std::erase_if(number, [](char c) { return c == '-' || c == '.' || c == '(' || c == ')'; });
  return number;
}

Decision route(const AuthenticatedOrigin& origin, const sip::Uri& request_uri, const RoutingView& view) {
  if (!request_uri.is_sip() && request_uri.scheme != sip::Uri::Scheme::kTel)
    return refuse(404, "not a SIP or tel URI");
  if (!is_ours(request_uri, view.table))
    return refuse(403, std::string(request_uri.host) + " is not a domain of ours");
  const auto number = dialled_number(request_uri);
  if (number.empty()) return refuse(484, "no number was dialled");
  return origin.is_user() ? route_of_user(origin, number, view) : route_of_trunk(origin, number, view);
}

}  // namespace control
