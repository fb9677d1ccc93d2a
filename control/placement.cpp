#include "control/placement.h"

#include <algorithm>
#include <random>

namespace control {

base::Result<MediaInterface> MediaInterface::parse(std::string_view text) {
  const auto refuse = [text](std::string_view what) {
    return base::Error{"interface \"" + std::string{text} + "\" " + std::string{what}};
  };
  MediaInterface result;
  auto rest = text;
  result.name = "default";
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    result.name = rest.substr(0, slash);
    rest.remove_prefix(slash + 1);
    if (result.name.empty()) return refuse("has an empty name");
  }
  const auto bang = rest.find('!');
  const auto local = base::IpAddress::parse(rest.substr(0, bang));
  if (!local) return refuse("has no IP address where the local one must be");
  result.local = result.advertised = *local;
  if (bang != std::string_view::npos) {
    const auto advertised = base::IpAddress::parse(rest.substr(bang + 1));
    if (!advertised) return refuse("has no IP address where the advertised one must be");
    if (advertised->family != local->family) return refuse("advertises an address of the other family");
    result.advertised = *advertised;
  }
  return result;
}

PortLease& PortLease::operator=(PortLease&& other) noexcept {
  if (this != &other) {
    give_back();
    owner_ = std::exchange(other.owner_, nullptr);
    interface_ = other.interface_;
    rtp_ = other.rtp_;
  }
  return *this;
}

void PortLease::give_back() {
  if (owner_ != nullptr) std::exchange(owner_, nullptr)->give_back(*interface_, rtp_);
}

Placement::Placement(PlacementOptions options) : options_(std::move(options)), load_(options_.workers) {
  std::vector<std::uint16_t> even;
  for (unsigned port = (options_.port_min.number + 1U) & ~1U; port + 1 <= options_.port_max.number;
       port += 2) {
    even.push_back(static_cast<std::uint16_t>(port));
  }
  std::mt19937 random{options_.seed};
  for (const auto& interface : options_.interfaces) {
    const auto [place, is_new] = pools_.try_emplace(interface.local);
    if (!is_new) continue;  // several names for one address share its ports
    auto& pool = place->second;
    pool.free.resize(options_.workers);
    pool.pairs = even.size();
    std::shuffle(even.begin(), even.end(), random);
    for (const auto port : even) pool.free[options_.worker_of(base::UdpPort{port})].push_back(port);
  }
}

std::vector<const MediaInterface*> Placement::candidates(std::string_view name,
                                                         std::optional<base::IpFamily> family) const {
  const auto select = [this](std::string_view wanted_name, std::optional<base::IpFamily> wanted_family) {
    std::vector<const MediaInterface*> found;
    for (const auto& interface : options_.interfaces) {
      if (!wanted_name.empty() && interface.name != wanted_name) continue;
      if (wanted_family && interface.local.family != *wanted_family) continue;
      found.push_back(&interface);
    }
    return found;
  };
  // Without a name the first interface's is the default.
  std::string_view first_name;
  if (!options_.interfaces.empty()) first_name = options_.interfaces.front().name;
  auto found = select(name.empty() ? first_name : name, family);
  if (found.empty()) found = select(name.empty() ? first_name : name, std::nullopt);
  if (found.empty()) found = select("", family);
  if (found.empty()) found = select("", std::nullopt);
  return found;
}

bool Placement::knows(std::string_view name) const {
  return std::any_of(options_.interfaces.begin(), options_.interfaces.end(),
                     [name](const auto& interface) { return interface.name == name; });
}

std::optional<std::uint16_t> Placement::choose_worker(
    std::span<const std::vector<const MediaInterface*>> sides, std::size_t pairs) const {
  const auto has_room = [&](std::uint16_t worker) {
    std::map<base::IpAddress, std::size_t> wanted;  // both sides may live on one address
    for (const auto& side : sides) {
      const auto enough = [&](const MediaInterface* interface) {
        return pools_.at(interface->local).free[worker].size() >= wanted[interface->local] + pairs;
      };
      const auto found = std::find_if(side.begin(), side.end(), enough);
      if (found == side.end()) return false;
      wanted[(*found)->local] += pairs;
    }
    return true;
  };
  std::optional<std::uint16_t> best;
  for (std::uint16_t worker = 0; worker < options_.workers; ++worker) {
    if ((!best || load_[worker] < load_[*best]) && has_room(worker)) best = worker;
  }
  return best;
}

PortLease Placement::take(std::span<const MediaInterface* const> candidates, std::uint16_t worker) {
  for (const auto* interface : candidates) {
    auto& free = pools_.at(interface->local).free[worker];
    if (free.empty()) continue;
    const base::UdpPort port{free.front()};
    free.pop_front();
    return PortLease{*this, *interface, port};
  }
  return {};
}

void Placement::give_back(const MediaInterface& interface, base::UdpPort rtp) {
  pools_.at(interface.local).free[options_.worker_of(rtp)].push_back(rtp.number);
}

std::vector<Placement::Usage> Placement::usage() const {
  std::vector<Usage> result;
  for (const auto& interface : options_.interfaces) {
    const auto& pool = pools_.at(interface.local);
    Usage usage{&interface, pool.pairs, 0};
    for (const auto& free : pool.free) usage.free_pairs += free.size();
    result.push_back(usage);
  }
  return result;
}

}  // namespace control
