#include "dataplane/pool.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_mempool.h>

#include <algorithm>

namespace dataplane {

static_assert(kPacketHeadroom == RTE_PKTMBUF_HEADROOM);

base::Result<PacketPool> PacketPool::create(const std::string& name, std::uint32_t count) {
  // A cache may hold at most two thirds of the pool, and no more than DPDK's own limit.
  const auto cache = std::min<std::uint32_t>(256, count / 4);
  rte_pktmbuf_pool_private layout{};
  layout.mbuf_data_room_size = kPacketHeadroom + kPacketRoom;
  // Ordinary memory is never a device's, so buffers may cross its 4 KiB pages; otherwise each would fill one.
  const unsigned flags = rte_eal_has_hugepages() != 0 ? 0 : RTE_MEMPOOL_F_NO_IOVA_CONTIG;
  PacketPool pool{rte_mempool_create_empty(name.c_str(), count,
                                           sizeof(rte_mbuf) + kPacketHeadroom + kPacketRoom, cache,
                                           sizeof layout, static_cast<int>(rte_socket_id()), flags)};
  int error = rte_errno;
  if (pool.handle() != nullptr) {
    rte_pktmbuf_pool_init(pool.handle(), &layout);
    error = -rte_mempool_populate_default(pool.handle());
  }
  if (error > 0 || pool.handle() == nullptr)
    return base::Error{"no memory for " + std::to_string(count) + " packet buffers: " + rte_strerror(error)};
  rte_mempool_obj_iter(pool.handle(), rte_pktmbuf_init, nullptr);
  return pool;
}

std::uint32_t PacketPool::available() const {
  return rte_mempool_avail_count(pool_.get());
}

void PacketPool::Free::operator()(rte_mempool* pool) const {
  rte_mempool_free(pool);
}

}  // namespace dataplane
