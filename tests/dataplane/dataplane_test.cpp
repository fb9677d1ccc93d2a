// The whole dataplane on real lcores, with memory for a wire.
#include "dataplane/api/dataplane.h"

#include <gtest/gtest.h>
#include <rte_ring.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <thread>

#include "dataplane/net/header_template.h"
#include "dataplane/pool.h"
#include "tests/dataplane/relay_plan.h"

namespace dataplane {
namespace {

constexpr MacAddress kMacOfA{2, 0, 0, 0, 0, 0xA}, kMacOfB{2, 0, 0, 0, 0, 0xB}, kOurs{2, 0, 0, 0, 0, 1};

base::SocketAddress at(const char* text) {
  return *base::SocketAddress::parse(text);
}

bool wait_until(const std::function<bool()>& done) {
  for (int i = 0; i < 5000 && !done(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  return done();
}

// One for the program, as there can be only one.
class DataplaneTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    DataplaneConfig config;
    config.hugepages = false;
    config.mbufs = 4096;
    config.workers = 2;
    PortConfig port;
    port.name = "wire";
    port.driver = PortDriver::kRing;
    port.device = "wire";
    port.addresses = {base::IpAddress::v4(192, 0, 2, 1)};
    config.ports = {port};
    auto started = Dataplane::start(config);
    ASSERT_TRUE(started) << started.error().text;
    dataplane_ = *std::move(started);
    auto pool = PacketPool::create("phones", 1023);
    ASSERT_TRUE(pool) << pool.error().text;
    pool_.emplace(*std::move(pool));
  }
  static void TearDownTestSuite() {
    pool_.reset();  // needs the EAL, which goes with the dataplane; no packet is on its way any more
    dataplane_.reset();
  }

  static rte_ring* ring(const char* direction, std::uint16_t queue) {
    return rte_ring_lookup(("wire_" + std::string{direction} + std::to_string(queue)).c_str());
  }
  static void put(std::uint16_t queue, const MacAddress& mac, const base::SocketAddress& from,
                  const base::SocketAddress& to, const std::vector<std::byte>& payload) {
    HeaderTemplate header{mac, kOurs, from, to, 0};
    auto packet = pool_->allocate();
    ASSERT_TRUE(packet && packet.resize(header.size() + payload.size()));
    std::memcpy(packet.octets().data() + header.size(), payload.data(), payload.size());
    header.write(packet.octets().data(), payload);
    ASSERT_EQ(rte_ring_sp_enqueue(ring("rx", queue), packet.release()), 0);
  }
  static Packet take(std::uint16_t queue) {
    void* mbuf = nullptr;
    if (rte_ring_sc_dequeue(ring("tx", queue), &mbuf) != 0) return {};
    return Packet{static_cast<rte_mbuf*>(mbuf)};
  }

  static std::unique_ptr<Dataplane> dataplane_;
  static std::optional<PacketPool> pool_;
};
std::unique_ptr<Dataplane> DataplaneTest::dataplane_;
std::optional<PacketPool> DataplaneTest::pool_;

TEST_F(DataplaneTest, SecondOneInAProcessIsAnError) {
  DataplaneConfig config;
  config.ports.resize(1);
  EXPECT_FALSE(Dataplane::start(config));
}

TEST_F(DataplaneTest, NonsenseIsRefusedBeforeAnythingStarts) {
  DataplaneConfig config;
  EXPECT_FALSE(Dataplane::start(config));  // no ports
  config.ports.resize(1);
  config.workers = 0;
  EXPECT_FALSE(Dataplane::start(config));
  config.workers = 129;
  EXPECT_FALSE(Dataplane::start(config));
  config.workers = 1;
  config.port_max = {19999};
  EXPECT_FALSE(Dataplane::start(config));
}

TEST_F(DataplaneTest, DescribesItsPorts) {
  const auto lines = dataplane_->describe();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("port=wire driver=ring"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("192.0.2.1"), std::string::npos) << lines[0];
}

TEST_F(DataplaneTest, ServesACallWhicheverQueueItsPacketsComeInAt) {
  for (std::uint16_t owner = 0; owner < 2; ++owner) {
    std::uint16_t first = 20000, second = 0;
    while (dataplane_->worker_of({first}) != owner) first = static_cast<std::uint16_t>(first + 2);
    for (second = static_cast<std::uint16_t>(first + 2); dataplane_->worker_of({second}) != owner;)
      second = static_cast<std::uint16_t>(second + 2);
    const auto ours = base::IpAddress::v4(192, 0, 2, 1);
    const auto a = at("10.0.0.1:4000"), b = at("10.0.0.2:4000");
    const SessionId id{100U + owner};
    auto session =
        build_session(id, relay_plan(relay_endpoint(ours, first, a), relay_endpoint(ours, second, b)));
    ASSERT_TRUE(session) << session.error().text;
    const auto& stats = stats_of(**session);
    Command command{AddSession{*std::move(session)}};
    auto& proxy = dataplane_->workers()[owner];
    ASSERT_TRUE(proxy.send(command));

    // Each side's packets say where it is, so that the other's find the way. They come in at either queue.
    std::size_t to_a = 0, to_b = 0;
    for (std::uint16_t i = 0; i < 50; ++i) {
      put(i % 2, kMacOfA, a, {ours, {first}}, rtp_packet(i, 0xAAAA));
      put(i % 2, kMacOfB, b, {ours, {second}}, rtp_packet(i, 0xBBBB));
      ASSERT_TRUE(wait_until([&] {
        return stats.endpoints[0].rtp_packets_in.get() + stats.endpoints[1].rtp_packets_in.get() ==
               2U * (i + 1);
      }));
    }
    ASSERT_TRUE(wait_until([&] {
      while (const auto packet = take(owner)) {
        const auto frame = parse_frame(packet.octets());
        EXPECT_EQ(frame.kind, FrameKind::kUdp);
        EXPECT_TRUE(udp_checksum_good(packet.octets(), frame));
        EXPECT_EQ(frame.source.ip, ours);
        const bool for_a = frame.destination == a;
        EXPECT_EQ(frame.source.port.number, for_a ? first : second);
        EXPECT_EQ(std::memcmp(packet.octets().data(), (for_a ? kMacOfA : kMacOfB).data(), 6), 0);
        ++(for_a ? to_a : to_b);
      }
      return to_a >= 45 && to_b >= 45;
    })) << to_a
        << " " << to_b;
    EXPECT_FALSE(take(1 - owner));

    command = RemoveSession{id};
    ASSERT_TRUE(proxy.send(command));
    bool home = false;
    EXPECT_TRUE(wait_until([&] {
      while (auto event = proxy.poll()) home = home || std::holds_alternative<SessionHome>(*event);
      return home;
    }));
    while (take(owner)) {  // the goodbye
    }
  }
  EXPECT_GT(dataplane_->workers()[0].stats().handed_over_out.get(), 0u);
  EXPECT_GT(dataplane_->workers()[1].stats().handed_over_out.get(), 0u);
}

TEST_F(DataplaneTest, AnIdleWorkerTakesFewTurns) {
  const auto& stats = dataplane_->workers()[0].stats();
  const auto before = stats.turns.get();
  std::this_thread::sleep_for(std::chrono::milliseconds{100});
  // A memory port cannot wake anybody, so it is looked at once a millisecond after the spins; a busy loop
  // would make hundreds of thousands of turns.
  EXPECT_LT(stats.turns.get() - before, 20000u);
}

}  // namespace
}  // namespace dataplane
