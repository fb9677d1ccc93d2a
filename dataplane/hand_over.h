#pragma once
/// \file
/// Frames that came in at the wrong worker, on their way to the one that owns the UDP port.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dataplane/api/worker_proxy.h"
#include "dataplane/packet.h"
#include "mediad/base/spsc_ring.h"

namespace dataplane {

/// One ring from every worker to every other. Built by control before the workers start.
class HandOver {
 public:
  /// A few milliseconds of a busy worker's packets.
  static constexpr std::size_t kCapacity = 1024;

  /// `links`: one per worker, in order.
  explicit HandOver(std::vector<WorkerLink*> links);

  /// Worker `from` gives the whole frame away and wakes the other if it sleeps. False: the ring is full, the
  /// packet stays.
  [[nodiscard]] bool push(std::uint16_t from, std::uint16_t to, Packet& packet);
  /// Worker `to` takes the next frame from `from`.
  [[nodiscard]] std::optional<Packet> pop(std::uint16_t to, std::uint16_t from) {
    return ring(from, to).pop();
  }

 private:
  [[nodiscard]] base::SpscRing<Packet>& ring(std::uint16_t from, std::uint16_t to) {
    return *rings_[from * links_.size() + to];
  }

  std::vector<WorkerLink*> links_;
  std::vector<std::unique_ptr<base::SpscRing<Packet>>> rings_;
};

}  // namespace dataplane
