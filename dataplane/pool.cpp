#include "dataplane/pool.h"

#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mempool.h>

#include <algorithm>

namespace dataplane {

static_assert(kPacketHeadroom == RTE_PKTMBUF_HEADROOM);

base::Result<PacketPool> PacketPool::create(const std::string& name, std::uint32_t count) {
  // A cache may hold at most two thirds of the pool, and no more than DPDK's own limit.
  const auto cache = std::min<std::uint32_t>(256, count / 4);
  auto* pool = rte_pktmbuf_pool_create(name.c_str(), count, cache, 0, kPacketHeadroom + kPacketRoom,
                                       static_cast<int>(rte_socket_id()));
  if (pool == nullptr)
    return base::Error{"no memory for " + std::to_string(count) +
                       " packet buffers: " + rte_strerror(rte_errno)};
  return PacketPool{pool};
}

std::uint32_t PacketPool::available() const {
  return rte_mempool_avail_count(pool_.get());
}

void PacketPool::Free::operator()(rte_mempool* pool) const {
  rte_mempool_free(pool);
}

}  // namespace dataplane
