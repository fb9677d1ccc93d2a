#include "dataplane/port/rss.h"

#include <gtest/gtest.h>
#include <rte_thash.h>

#include <random>
#include <set>

#include "dataplane/port/own_mac.h"
#include "dataplane/steering.h"

namespace dataplane {
namespace {

// DPDK's software Toeplitz hash stands for the NIC: every port goes to its worker, whoever sends.
TEST(Rss, HardwareAgreesWithTheRuleOfThePort) {
  const auto key = port_rss_key();
  std::mt19937 random{1};
  for (const std::uint16_t workers : {1, 2, 3, 8, 100}) {
    for (std::uint32_t port = 20000; port < 20512; ++port) {
      for (int peer = 0; peer < 20; ++peer) {
        const auto sender_port = static_cast<std::uint16_t>(random());
        std::uint32_t input[3] = {static_cast<std::uint32_t>(random()), static_cast<std::uint32_t>(random()),
                                  static_cast<std::uint32_t>(sender_port) << 16 | port};
        const auto hash = rte_softrss(input, 3, key.data());
        for (const std::uint16_t table : {128, 512}) {
          const auto entry = static_cast<std::uint16_t>(hash % table);
          ASSERT_EQ(worker_of_entry(entry % kPortClasses, workers),
                    worker_of_port({static_cast<std::uint16_t>(port)}, workers));
        }
      }
    }
  }
}

TEST(Steering, APairStaysTogetherAndAllWorkersGetPorts) {
  std::vector<int> pairs(6);
  for (std::uint32_t port = 20000; port < 30000; port += 2) {
    const auto worker = worker_of_port({static_cast<std::uint16_t>(port)}, 6);
    EXPECT_EQ(worker_of_port({static_cast<std::uint16_t>(port + 1)}, 6), worker);
    ++pairs[worker];
  }
  for (const int count : pairs) EXPECT_GT(count, 750);  // of 833 each
}

TEST(OwnMac, IsLocalUnicastStableAndDistinct) {
  std::set<MacAddress> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto mac = own_mac("eth0 192.0.2." + std::to_string(i));
    EXPECT_EQ(mac[0] & 0x03, 0x02);
    EXPECT_EQ(own_mac("eth0 192.0.2." + std::to_string(i)), mac);
    seen.insert(mac);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace dataplane
