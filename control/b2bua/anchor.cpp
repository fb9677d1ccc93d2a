#include "control/b2bua/anchor.h"

#include <string>
#include <vector>

namespace control {
namespace {

using sip::HeaderId;

std::string print_route(const sip::NameAddr& route) {
  return '<' + std::string(route.uri.text) + '>' + std::string(route.params);
}

}  // namespace

std::optional<ForkPlace> anchor_place(const sip::Message& invite, const HostView& hosts) {
  auto routes = invite.addresses(HeaderId::kRoute);
  // §16.4: the Route that led here has done its work. A proxy that is addressed by two (one for each of its
  // sides) is so by both.
  while (!routes.empty() && hosts.is_ours(routes.front().uri)) routes.erase(routes.begin());
  const auto uri = invite.uri();
  if (routes.empty() && (!uri.is_sip() || hosts.is_ours(uri))) return std::nullopt;

  ForkPlace place;
  place.uri = uri.text;
  place.to = '<' + std::string(invite.to().uri.text) + '>';
  if (!invite.to().display.empty()) place.to = std::string(invite.to().display) + ' ' + place.to;
  const auto hop = routes.empty() ? uri : routes.front().uri;
  place.name = hop.host;
  place.target = sip::Target::to(hop.text);
  place.standing = {.is_trusted = hosts.is_trusted(hop), .is_transparent = true};
  std::vector<std::string> path;
  for (const auto& route : routes) path.push_back(print_route(route));
  if (!routes.empty() && !hop.has_param("lr")) {
    // §16.6 step 6, a strict router of RFC 2543: it wants to be addressed itself, the target comes last.
    place.uri = hop.text;
    path.erase(path.begin());
    path.push_back('<' + std::string(uri.text) + '>');
  }
  for (const auto& each : path) place.path.append(place.path.empty() ? "" : ", ").append(each);
  return place;
}

}  // namespace control
