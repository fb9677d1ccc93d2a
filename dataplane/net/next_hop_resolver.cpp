#include "dataplane/net/next_hop_resolver.h"

#include <algorithm>

namespace dataplane {

using State = KernelNeighbour::State;

const PortInterface* NextHopResolver::port_on(int interface) const {
  const auto found = std::find_if(ports_.begin(), ports_.end(),
                                  [&](const PortInterface& port) { return port.interface == interface; });
  return found == ports_.end() ? nullptr : &*found;
}

void NextHopResolver::tell(Followed& followed, const SetNextHop& answer) {
  const auto& told = followed.told;
  if (told && told->reachable == answer.reachable && told->port == answer.port && told->mac == answer.mac)
    return;
  followed.told = answer;
  answers_.push_back(answer);
}

void NextHopResolver::want(const base::IpAddress& destination) {
  if (destinations_.size() >= kMaxDestinations && !destinations_.contains(destination)) forget_all();
  auto& followed = destinations_[destination];
  followed.told.reset();  // whoever asks does not know, whatever was said before
  look(destination, followed);
}

NextHopResolver::Way* NextHopResolver::find_way(const base::IpAddress& destination, Followed& followed) {
  const auto route = kernel_.route_to(destination);
  const auto* port = route ? port_on(route->interface) : nullptr;
  const auto key = port != nullptr ? std::optional{WayKey{route->interface, route->next_hop}} : std::nullopt;
  if (followed.way && followed.way != key) ways_[*followed.way].destinations.erase(destination);
  followed.way = key;
  if (!key) return nullptr;
  auto& way = ways_[*key];
  way.port = port->port;
  way.destinations.insert(destination);
  // On lo there are no neighbours, and every MAC address is zero.
  if (route->local) way.neighbour = {route->interface, route->next_hop, State::kReachable, {}};
  return &way;
}

void NextHopResolver::look(const base::IpAddress& destination, Followed& followed) {
  auto* way = find_way(destination, followed);
  if (way == nullptr) return tell(followed, {destination, 0, {}, false});
  if (way->neighbour.state != State::kReachable) {
    way->neighbour = kernel_.neighbour(followed.way->interface, followed.way->ip);
    if (way->neighbour.state != State::kReachable) kernel_.resolve(followed.way->interface, followed.way->ip);
  }
  if (way->neighbour.state == State::kReachable)
    tell(followed, {destination, way->port, way->neighbour.mac, true});
}

void NextHopResolver::poll() {
  const auto news = kernel_.news();
  for (const auto& neighbour : news.neighbours) update(neighbour);
  if (news.routes) {
    recheck_.clear();
    for (const auto& [destination, way] : destinations_) recheck_.push_back(destination);
  }
  for (std::size_t i = 0; i < kRechecksPerPoll && !recheck_.empty(); ++i) {
    const auto followed = destinations_.find(recheck_.back());
    recheck_.pop_back();
    if (followed != destinations_.end()) look(followed->first, followed->second);
  }
}

void NextHopResolver::update(const KernelNeighbour& neighbour) {
  const auto found = ways_.find({neighbour.interface, neighbour.ip});
  if (found == ways_.end()) return;
  auto& way = found->second;
  // Forgotten by the kernel, which does not see that we use it: no news about where it is.
  if (neighbour.state == State::kUnknown && way.neighbour.state == State::kReachable) return;
  way.neighbour = neighbour;
  if (neighbour.state == State::kUnknown) return;
  for (const auto& destination : way.destinations)
    tell(destinations_[destination],
         {destination, way.port, neighbour.mac, neighbour.state == State::kReachable});
}

void NextHopResolver::forget_all() {
  destinations_.clear();
  ways_.clear();
  recheck_.clear();
}

}  // namespace dataplane
