#pragma once
/// \file
/// Where packet buffers come from.

#include <cstdint>
#include <memory>
#include <string>

#include "dataplane/packet.h"
#include "mediad/base/result.h"

struct rte_mempool;

namespace dataplane {

/// Octets of frame that a buffer holds behind its headroom. One standard Ethernet frame with a VLAN tag fits;
/// so does the 2048-octet frame of an af_packet ring.
inline constexpr std::uint16_t kPacketRoom = 2048;
/// Octets kept free in front of a received frame, RTE_PKTMBUF_HEADROOM.
inline constexpr std::uint16_t kPacketHeadroom = 128;

/// The pool of all packet buffers, made once at start. Needs a started EAL. It must outlive its packets and
/// the ports that fill from it.
class PacketPool {
 public:
  /// `count` buffers on the NUMA node of the calling thread, each worker lcore caching a few hundred. Errors:
  /// no memory, said with the count.
  [[nodiscard]] static base::Result<PacketPool> create(const std::string& name, std::uint32_t count);

  /// An empty packet (size 0, full headroom), or none when the pool is exhausted. Any thread; cheap (a cache
  /// hit) on EAL lcores. No allocation.
  [[nodiscard]] Packet allocate() { return Packet{rte_pktmbuf_alloc(pool_.get())}; }

  /// Buffers in nobody's hands; walks the caches, so not for the hot path.
  [[nodiscard]] std::uint32_t available() const;
  [[nodiscard]] rte_mempool* handle() const { return pool_.get(); }

 private:
  struct Free {
    void operator()(rte_mempool* pool) const;
  };
  explicit PacketPool(rte_mempool* pool) : pool_(pool) {}

  std::unique_ptr<rte_mempool, Free> pool_;
};

}  // namespace dataplane
