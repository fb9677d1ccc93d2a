#include "dataplane/net/routes.h"

namespace dataplane {

using Kind = RouteAnswer::Kind;

Routes::Routes(std::vector<const OwnedHost*> hosts, NeighbourBoard& board, std::size_t capacity)
    : hosts_(std::move(hosts)), board_(board), hops_(capacity) {}

RouteAnswer Routes::find(const base::IpAddress& local, const base::IpAddress& remote, base::Instant now) {
  for (std::uint16_t port = 0; port < hosts_.size(); ++port)
    if (hosts_[port] != nullptr && hosts_[port]->owns(local)) return find_owned(port, remote, now);
  const auto* hop = hops_.find(kKernelScope, remote);
  if (hop != nullptr && hop->reachable()) return {.kind = Kind::kHop, .hop = HopRef{*hop}};
  return {.kind = hops_.should_ask(kKernelScope, remote, now) ? Kind::kAskControl : Kind::kWait};
}

RouteAnswer Routes::find_owned(std::uint16_t port, const base::IpAddress& remote, base::Instant now) {
  const auto neighbour = hosts_[port]->next_hop_to(remote);
  if (!neighbour) return {.kind = Kind::kNoRoute};
  const auto* hop = hops_.find(port, *neighbour);
  if (hop != nullptr && hop->reachable()) return {.kind = Kind::kHop, .hop = HopRef{*hop}};
  if (const auto mac = board_.look(port, *neighbour))  // another worker got the answer
    return {.kind = Kind::kHop,
            .hop = HopRef{hops_.put(port, *neighbour, HopSource::kAnswer, port, *mac, now)}};
  const bool ask = hops_.should_ask(port, *neighbour, now);
  return {.kind = ask ? Kind::kAskLink : Kind::kWait, .port = port, .neighbour = *neighbour};
}

void Routes::learn(std::uint16_t port, const Frame& frame, base::Instant now) {
  if (hosts_[port] != nullptr) return;
  hops_.put(kKernelScope, frame.source.ip, HopSource::kTraffic, port, frame.source_mac, now);
}

void Routes::set(const SetNextHop& answer, base::Instant now) {
  if (answer.reachable)
    hops_.put(kKernelScope, answer.destination, HopSource::kAnswer, answer.port, answer.mac, now);
  else
    hops_.set_unreachable(kKernelScope, answer.destination, now);
}

void Routes::heard(std::uint16_t port, const Neighbour& neighbour, base::Instant now) {
  hops_.put(port, neighbour.ip, HopSource::kAnswer, port, neighbour.mac, now);
  board_.publish(port, neighbour.ip, neighbour.mac);
}

}  // namespace dataplane
