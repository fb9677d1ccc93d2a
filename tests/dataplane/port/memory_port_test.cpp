#include <gtest/gtest.h>
#include <rte_ring.h>

#include <array>
#include <cstring>

#include "dataplane/port/port.h"
#include "tests/dataplane/eal_environment.h"

namespace dataplane {
namespace {

[[maybe_unused]] const auto* const environment =
    ::testing::AddGlobalTestEnvironment(new EalEnvironment{EalOptions{}});

class MemoryPort : public ::testing::Test {
 protected:
  static PacketPool& pool() { return EalEnvironment::pool(); }

  static base::Result<std::unique_ptr<Port>> open(PortDriver driver, const std::string& device,
                                                  std::uint16_t index, std::uint16_t queues) {
    PortConfig config;
    config.name = "test" + std::to_string(index);
    config.driver = driver;
    config.device = device;
    config.addresses = {base::IpAddress::v4(192, 0, 2, 1)};
    return Port::open(config, {index, queues, &pool(), {20000}, {29999}});
  }

  static Packet packet_of(std::string_view text) {
    auto packet = pool().allocate();
    EXPECT_TRUE(packet.resize(text.size()));
    std::memcpy(packet.octets().data(), text.data(), text.size());
    return packet;
  }
};

TEST_F(MemoryPort, LoopGivesBackWhatItTook) {
  auto port = open(PortDriver::kRing, "", 7, 2);
  ASSERT_TRUE(port) << port.error().text;
  std::array<Packet, 3> sent{packet_of("one"), packet_of("two"), packet_of("three")};
  EXPECT_EQ((*port)->transmit_burst(1, sent), 3u);
  for (const auto& packet : sent) EXPECT_FALSE(packet);
  std::array<Packet, kBurst> received;
  EXPECT_EQ((*port)->receive_burst(0, received), 0u);  // another queue
  ASSERT_EQ((*port)->receive_burst(1, received), 3u);
  EXPECT_EQ(base::as_text(received[2].octets()), "three");
  EXPECT_EQ(received[0].port(), 7);  // our index, not DPDK's number
  EXPECT_EQ((*port)->wait_descriptor(0), -1);
}

TEST_F(MemoryPort, FullRingLeavesPacketsWithTheCaller) {
  auto port = open(PortDriver::kRing, "", 8, 1);
  ASSERT_TRUE(port) << port.error().text;
  std::array<Packet, kBurst> burst;
  for (unsigned taken = 0;;) {
    for (auto& packet : burst)
      if (!packet) packet = packet_of("x");
    const auto now = (*port)->transmit_burst(0, burst);
    taken += static_cast<unsigned>(now);
    if (now == kBurst) continue;
    EXPECT_EQ(taken, 2047u);  // a ring holds one less than its size
    EXPECT_FALSE(burst[now - 1]);
    EXPECT_TRUE(burst[now]);
    break;
  }
  std::array<Packet, kBurst> received;
  while ((*port)->receive_burst(0, received) > 0) received = {};
}

TEST_F(MemoryPort, NamedRingsAreTheWire) {
  auto port = open(PortDriver::kRing, "wire", 9, 1);
  ASSERT_TRUE(port) << port.error().text;
  auto* in = rte_ring_lookup("wire_rx0");
  auto* out = rte_ring_lookup("wire_tx0");
  ASSERT_NE(in, nullptr);
  ASSERT_NE(out, nullptr);
  ASSERT_EQ(rte_ring_sp_enqueue(in, packet_of("hello").release()), 0);
  std::array<Packet, kBurst> burst;
  ASSERT_EQ((*port)->receive_burst(0, burst), 1u);
  EXPECT_EQ((*port)->transmit_burst(0, std::span{burst}.first(1)), 1u);
  void* mbuf = nullptr;
  ASSERT_EQ(rte_ring_sc_dequeue(out, &mbuf), 0);
  EXPECT_EQ(base::as_text(Packet{static_cast<rte_mbuf*>(mbuf)}.octets()), "hello");
}

TEST_F(MemoryPort, NullPortIsAnEndlessSourceAndSink) {
  auto port = open(PortDriver::kNull, "size=214", 10, 1);
  ASSERT_TRUE(port) << port.error().text;
  std::array<Packet, kBurst> burst;
  ASSERT_EQ((*port)->receive_burst(0, burst), kBurst);
  EXPECT_EQ(burst[0].size(), 214u);
  EXPECT_EQ((*port)->transmit_burst(0, burst), kBurst);
}

TEST_F(MemoryPort, ClosingReturnsEveryPacketAndTheNameMayBeUsedAgain) {
  for (int round = 0; round < 3; ++round) {
    auto port = open(PortDriver::kNull, "size=64", 11, 2);
    ASSERT_TRUE(port) << port.error().text;
  }
  EXPECT_EQ(pool().available(), EalEnvironment::kBuffers);
}

TEST_F(MemoryPort, RefusalsNameThePortAndTheReason) {
  auto port = open(PortDriver::kAfPacket, "nosuchif0", 12, 1);
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().text, "port test12: there is no interface nosuchif0");
  port = open(PortDriver::kTap, "tap0", 12, 5);
  ASSERT_FALSE(port);
  EXPECT_NE(port.error().text.find("at most 4 queues"), std::string::npos);
  port = open(PortDriver::kAfXdp, "lo", 12, 1);
  ASSERT_FALSE(port);
  EXPECT_NE(port.error().text.find("cannot share the kernel's address"), std::string::npos);
  port = open(PortDriver::kNull, "size=wrong", 12, 1);
  ASSERT_FALSE(port);
  port = open(PortDriver::kPci, "0000:ff:1f.7", 12, 1);
  ASSERT_FALSE(port);
}

TEST_F(MemoryPort, OwnedPortHasAHostAndAMacOfItsOwn) {
  PortConfig config;
  config.name = "owned";
  config.driver = PortDriver::kNull;
  config.mode = AddressMode::kOwned;
  config.addresses = {base::IpAddress::v4(192, 0, 2, 1)};
  config.prefix_lengths = {24};
  config.mtu = 1400;
  auto port = Port::open(config, {13, 1, &pool(), {20000}, {29999}});
  ASSERT_TRUE(port) << port.error().text;
  ASSERT_NE((*port)->host(), nullptr);
  EXPECT_TRUE((*port)->host()->owns(config.addresses[0]));
  EXPECT_EQ((*port)->mac()[0], 0x02);
  EXPECT_EQ((*port)->mac(), (*port)->host()->mac());
  EXPECT_EQ((*port)->mtu(), 1400);
}

}  // namespace
}  // namespace dataplane
