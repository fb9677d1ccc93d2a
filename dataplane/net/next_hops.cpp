#include "dataplane/net/next_hops.h"

#include <algorithm>
#include <bit>

namespace dataplane {

NextHops::NextHops(std::size_t capacity) : buckets_(std::bit_ceil(std::max(capacity, kWays)) / kWays) {}

const NextHops::Bucket& NextHops::bucket_of(std::uint16_t scope, const base::IpAddress& address) const {
  const std::uint64_t hash = std::hash<base::IpAddress>{}(address) + scope * 0x9E3779B97F4A7C15ULL;
  return buckets_[(hash ^ hash >> 32) & (buckets_.size() - 1)];
}

const NextHop* NextHops::find(std::uint16_t scope, const base::IpAddress& address) const {
  for (const auto& hop : bucket_of(scope, address))
    if (hop.version != 0 && hop.scope == scope && hop.address == address) return &hop;
  return nullptr;
}

NextHop& NextHops::place_for(std::uint16_t scope, const base::IpAddress& address) {
  auto& bucket =
      const_cast<Bucket&>(bucket_of(scope, address));  // ours; only the lookup is shared with find()
  auto* oldest = bucket.data();
  for (auto& hop : bucket) {
    if (hop.version != 0 && hop.scope == scope && hop.address == address) return hop;
    if (hop.version == 0 || (oldest->version != 0 && hop.changed < oldest->changed)) oldest = &hop;
  }
  *oldest = NextHop{.address = address, .scope = scope, .version = ++last_version_};
  return *oldest;
}

const NextHop& NextHops::put(std::uint16_t scope, const base::IpAddress& address, HopSource source,
                             std::uint16_t port, const MacAddress& mac, base::Instant now) {
  auto& hop = place_for(scope, address);
  if (source < hop.source) return hop;
  const bool same = hop.reachable() && hop.port == port && hop.mac == mac;
  hop.source = source;
  hop.port = port;
  hop.mac = mac;
  if (!same) hop.version = ++last_version_;
  hop.changed = now;
  return hop;
}

void NextHops::set_unreachable(std::uint16_t scope, const base::IpAddress& address, base::Instant now) {
  auto& hop = place_for(scope, address);
  hop.source = HopSource::kNobody;
  hop.version = ++last_version_;
  hop.changed = now;
}

bool NextHops::should_ask(std::uint16_t scope, const base::IpAddress& address, base::Instant now) {
  const auto* known = find(scope, address);
  if (known != nullptr && (known->reachable() || now - known->changed < kAskEvery)) return false;
  place_for(scope, address).changed = now;
  return true;
}

}  // namespace dataplane
