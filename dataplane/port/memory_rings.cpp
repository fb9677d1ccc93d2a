#include "dataplane/port/memory_rings.h"

#include <rte_errno.h>
#include <rte_eth_ring.h>
#include <rte_lcore.h>
#include <rte_ring.h>

#include <vector>

namespace dataplane {
namespace {

rte_ring* find_or_make(const std::string& name) {
  if (auto* ring = rte_ring_lookup(name.c_str()); ring != nullptr) return ring;
  return rte_ring_create(name.c_str(), kMemoryRing, static_cast<int>(rte_socket_id()),
                         RING_F_SP_ENQ | RING_F_SC_DEQ);
}

}  // namespace

base::Result<std::uint16_t> make_ring_device(const std::string& name, std::uint16_t index,
                                             std::uint16_t queues) {
  std::vector<rte_ring*> receive, transmit;
  for (std::uint16_t queue = 0; queue < queues; ++queue) {
    const auto number = std::to_string(queue);
    if (name.empty()) {
      receive.push_back(find_or_make("loop" + std::to_string(index) + "_" + number));
      transmit.push_back(receive.back());
    } else {
      receive.push_back(find_or_make(name + "_rx" + number));
      transmit.push_back(find_or_make(name + "_tx" + number));
    }
    if (receive.back() == nullptr || transmit.back() == nullptr)
      return base::Error{std::string{"no memory for rings: "} + rte_strerror(rte_errno)};
  }
  const int device = rte_eth_from_rings(("mediad" + std::to_string(index)).c_str(), receive.data(), queues,
                                        transmit.data(), queues, rte_socket_id());
  if (device < 0) return base::Error{std::string{"no ring device: "} + rte_strerror(rte_errno)};
  return static_cast<std::uint16_t>(device);
}

}  // namespace dataplane
