#include "dataplane/net/next_hop_resolver.h"

#include <algorithm>

namespace dataplane {

using State = KernelNeighbour::State;

const PortInterface* NextHopResolver::port_on(int interface) const {
  const auto found = std::find_if(ports_.begin(), ports_.end(),
                                  [&](const PortInterface& port) { return port.interface == interface; });
  return found == ports_.end() ? nullptr : &*found;
}

void NextHopResolver::answer(const base::IpAddress& destination, const Way& way) {
  answers_.push_back({destination, way.port, way.neighbour.mac, true});
}

void NextHopResolver::answer_unreachable(const base::IpAddress& destination) {
  answers_.push_back({destination, 0, {}, false});
}

void NextHopResolver::want(const base::IpAddress& destination) {
  const auto route = kernel_.route_to(destination);
  const auto* port = route ? port_on(route->interface) : nullptr;
  if (port == nullptr) return answer_unreachable(destination);
  if (destinations_.size() >= kMaxDestinations && !destinations_.contains(destination)) forget_all();
  const WayKey key{route->interface, route->next_hop};
  if (const auto known = destinations_.find(destination);
      known != destinations_.end() && known->second != key)
    ways_[known->second].destinations.erase(destination);
  destinations_[destination] = key;
  auto& way = ways_[key];
  way.port = port->port;
  way.destinations.insert(destination);
  // On lo there are no neighbours, and every MAC address is zero.
  if (route->local) {
    way.neighbour = {route->interface, route->next_hop, State::kReachable, {}};
  } else if (way.neighbour.state != State::kReachable) {
    way.neighbour = kernel_.neighbour(route->interface, route->next_hop);
    if (way.neighbour.state != State::kReachable) kernel_.resolve(route->interface, route->next_hop);
  }
  if (way.neighbour.state == State::kReachable) answer(destination, way);
}

void NextHopResolver::poll() {
  const auto news = kernel_.news();
  for (const auto& neighbour : news.neighbours) update(neighbour);
  if (news.routes) {
    recheck_.clear();
    for (const auto& [destination, way] : destinations_) recheck_.push_back(destination);
  }
  for (std::size_t i = 0; i < kRechecksPerPoll && !recheck_.empty(); ++i) {
    want(recheck_.back());
    recheck_.pop_back();
  }
}

void NextHopResolver::update(const KernelNeighbour& neighbour) {
  const auto found = ways_.find({neighbour.interface, neighbour.ip});
  if (found == ways_.end()) return;
  auto& way = found->second;
  const auto before = std::exchange(way.neighbour, neighbour);
  if (neighbour.state == State::kReachable) {
    if (before.state == State::kReachable && before.mac == neighbour.mac) return;
    for (const auto& destination : way.destinations) answer(destination, way);
  } else if (neighbour.state == State::kFailed && before.state != State::kFailed) {
    for (const auto& destination : way.destinations) answer_unreachable(destination);
  } else if (neighbour.state == State::kUnknown && before.state == State::kReachable) {
    // Forgotten by the kernel, which does not see that we use it: no news about where it is.
    way.neighbour = before;
  }
}

void NextHopResolver::forget_all() {
  destinations_.clear();
  ways_.clear();
  recheck_.clear();
}

}  // namespace dataplane
