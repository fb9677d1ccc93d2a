#pragma once
/// \file
/// Neighbours that any worker has heard of, for all workers: the answer to one worker's question comes in at
/// whatever queue the NIC likes.

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "dataplane/api/mac_address.h"
#include "mediad/base/ip_address.h"
#include "mediad/base/published.h"

namespace dataplane {

/// A cache of fixed size where a newer neighbour may displace another one; whoever misses one asks on the
/// wire. Any worker may call anything at any time; nobody waits.
class NeighbourBoard {
 public:
  void publish(std::uint16_t port, const base::IpAddress& address, const MacAddress& mac) {
    auto& slot = slots_[index_of(port, address)];
    // Two writers at once: the second one's news is dropped, and comes again with its neighbour's next frame.
    if (slot.busy.test_and_set(std::memory_order_acquire)) return;
    slot.record.store({address, port, true, mac});
    slot.busy.clear(std::memory_order_release);
  }

  [[nodiscard]] std::optional<MacAddress> look(std::uint16_t port, const base::IpAddress& address) const {
    const auto record = slots_[index_of(port, address)].record.load();
    if (!record.used || record.port != port || record.address != address) return std::nullopt;
    return record.mac;
  }

 private:
  static constexpr std::size_t kSlots = 1024;  // a power of two; a large LAN segment
  struct Record {
    base::IpAddress address;
    std::uint16_t port{0};
    bool used{false};
    MacAddress mac{};
  };
  struct Slot {
    std::atomic_flag busy = ATOMIC_FLAG_INIT;
    base::Published<Record> record;
  };

  [[nodiscard]] static std::size_t index_of(std::uint16_t port, const base::IpAddress& address) {
    const std::size_t hash = std::hash<base::IpAddress>{}(address) + port * std::size_t{0x9E3779B9};
    return (hash ^ hash >> 32) % kSlots;
  }

  std::array<Slot, kSlots> slots_{};
};

}  // namespace dataplane
