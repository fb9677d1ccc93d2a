#include "dataplane/port/rss.h"

#include <rte_errno.h>
#include <rte_ethdev.h>

#include <algorithm>
#include <vector>

#include "dataplane/steering.h"

namespace dataplane {
namespace {

constexpr std::uint64_t kHashed = RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP;
constexpr unsigned kClassBits = 7;
static_assert(1U << kClassBits == kPortClasses);

}  // namespace

std::uint16_t worker_of_entry(std::uint16_t entry, std::uint16_t workers) {
  std::uint16_t reversed = 0;
  for (unsigned bit = 0; bit < kClassBits; ++bit)
    if ((entry >> bit & 1) != 0)
      reversed = static_cast<std::uint16_t>(reversed | 1U << (kClassBits - 1 - bit));
  return reversed % workers;
}

void request_port_steering(const rte_eth_dev_info& info, rte_eth_conf& wanted) {
  static auto key = port_rss_key();
  if ((info.flow_type_rss_offloads & RTE_ETH_RSS_NONFRAG_IPV4_UDP) == 0 || info.hash_key_size > key.size())
    return;
  wanted.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
  wanted.rx_adv_conf.rss_conf.rss_hf = kHashed & info.flow_type_rss_offloads;
  wanted.rx_adv_conf.rss_conf.rss_key = key.data();
  wanted.rx_adv_conf.rss_conf.rss_key_len =
      info.hash_key_size != 0 ? info.hash_key_size : static_cast<std::uint8_t>(kRssKey);
}

base::Result<void> steer_by_port(std::uint16_t device_id, std::uint16_t workers) {
  rte_eth_dev_info info{};
  if (rte_eth_dev_info_get(device_id, &info) != 0 || info.reta_size < kPortClasses) return {};
  std::vector<rte_eth_rss_reta_entry64> table(info.reta_size / RTE_ETH_RETA_GROUP_SIZE);
  for (auto& group : table) group.mask = ~std::uint64_t{0};
  for (std::uint16_t entry = 0; entry < info.reta_size; ++entry)
    table[entry / RTE_ETH_RETA_GROUP_SIZE].reta[entry % RTE_ETH_RETA_GROUP_SIZE] =
        worker_of_entry(entry % kPortClasses, workers);
  if (const int error = rte_eth_dev_rss_reta_update(device_id, table.data(), info.reta_size); error != 0)
    return base::Error{std::string{"redirection table refused: "} + rte_strerror(-error)};
  return {};
}

}  // namespace dataplane
