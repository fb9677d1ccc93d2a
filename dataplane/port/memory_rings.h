#pragma once
/// \file
/// A port whose wire is memory: for tests and benchmarks.

#include <cstdint>
#include <string>

#include "mediad/base/result.h"

namespace dataplane {

/// Makes a net_ring device of `queues` queues and returns DPDK's number of it. With an empty `name`, what a
/// queue transmits it receives. Otherwise queue q receives what others put into the ring "NAME_rx<q>" and
/// transmits into "NAME_tx<q>": single-producer, single-consumer rte_rings of kMemoryRing mbufs, found by
/// rte_ring_lookup(). They live as long as the EAL. Errors: no memory, or DPDK's.
[[nodiscard]] base::Result<std::uint16_t> make_ring_device(const std::string& name, std::uint16_t index,
                                                           std::uint16_t queues);

inline constexpr unsigned kMemoryRing = 2048;

}  // namespace dataplane
