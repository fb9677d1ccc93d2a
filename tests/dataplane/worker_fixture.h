#pragma once
/// \file
/// Workers on a port whose wire is memory: frames in, frames out, turn by turn.

#include <gtest/gtest.h>
#include <rte_ring.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/net/header_template.h"
#include "dataplane/worker.h"
#include "tests/dataplane/eal_environment.h"
#include "tests/dataplane/session_lab.h"

namespace dataplane {

inline constexpr MacAddress kAliceMac{2, 0, 0, 0, 0, 0xA};
inline constexpr MacAddress kBobMac{2, 0, 0, 0, 0, 0xB};
inline constexpr MacAddress kOurMac{2, 0, 0, 0, 0, 1};

/// A frame that a worker sent.
struct Sent {
  Frame frame;
  MacAddress destination_mac{};
  std::vector<std::byte> payload;
  bool checksum_good{false};
};

class WorkerFixture : public ::testing::Test {
 protected:
  static constexpr std::uint16_t kWorkers = 2;

  WorkerFixture() {
    for (std::uint16_t i = 0; i < kWorkers; ++i) links_.push_back(std::make_unique<WorkerLink>());
    hand_over_.emplace(std::vector<WorkerLink*>{links_[0].get(), links_[1].get()});
    for (std::uint16_t i = 0; i < kWorkers; ++i) {
      workers_.push_back(std::make_unique<Worker>(WorkerSetup{.index = i,
                                                              .workers = kWorkers,
                                                              .ports = ports_,
                                                              .pool = &pool(),
                                                              .neighbours = &neighbours_,
                                                              .hand_over = &*hand_over_,
                                                              .link = links_[i].get()},
                                                  now));
    }
  }
  ~WorkerFixture() override {
    workers_.clear();
    for (std::uint16_t i = 0; i < kWorkers; ++i) sent(i);
  }

  static PacketPool& pool() { return EalEnvironment::pool(); }
  static std::unique_ptr<Port>& port() {
    static std::unique_ptr<Port> opened;
    return opened;
  }
  static void SetUpTestSuite() {
    PortConfig config;
    config.name = "wire";
    config.driver = PortDriver::kRing;
    config.device = "wire";
    config.addresses = {*base::IpAddress::parse("10.0.0.1"), *base::IpAddress::parse("2001:db8::1")};
    auto made = Port::open(config, {0, kWorkers, &pool(), {20000}, {29999}});
    ASSERT_TRUE(made) << made.error().text;
    port() = *std::move(made);
  }
  static void TearDownTestSuite() { port().reset(); }

  /// Puts a UDP datagram on the wire, to be received at a queue.
  static Packet datagram(const MacAddress& mac, const base::SocketAddress& from,
                         const base::SocketAddress& to, base::Octets payload) {
    auto packet = pool().allocate();
    EXPECT_TRUE(packet && packet.resize(payload.size()));
    if (!payload.empty()) std::memcpy(packet.octets().data(), payload.data(), payload.size());
    HeaderTemplate headers{mac, kOurMac, from, to, 0};
    const auto body = packet.octets();
    headers.write(packet.prepend(headers.size()), body);
    return packet;
  }
  static void wire(Packet packet, std::uint16_t queue = 0) {
    auto* ring = rte_ring_lookup(("wire_rx" + std::to_string(queue)).c_str());
    ASSERT_EQ(rte_ring_sp_enqueue(ring, packet.release()), 0);
  }
  static void alice_sends(const RtpPacket& packet, std::uint16_t queue = 0,
                          const char* to = "10.0.0.1:20000") {
    wire(datagram(kAliceMac, kAlice, address(to), octets_of(packet)), queue);
  }
  static void bob_sends(const RtpPacket& packet, std::uint16_t queue = 0, const char* to = "10.0.0.1:20002") {
    wire(datagram(kBobMac, kBob, address(to), octets_of(packet)), queue);
  }

  /// What a worker has sent since the last call.
  static std::vector<Sent> sent(std::uint16_t queue = 0) {
    auto* ring = rte_ring_lookup(("wire_tx" + std::to_string(queue)).c_str());
    std::vector<Sent> all;
    void* mbuf = nullptr;
    while (rte_ring_sc_dequeue(ring, &mbuf) == 0) {
      const Packet packet{static_cast<rte_mbuf*>(mbuf)};
      Sent one;
      one.frame = parse_frame(packet.octets());
      std::memcpy(one.destination_mac.data(), packet.octets().data(), 6);
      if (one.frame.kind == FrameKind::kUdp) {
        const auto payload = packet.octets().subspan(one.frame.payload_offset, one.frame.payload_size);
        one.payload = {payload.begin(), payload.end()};
        one.checksum_good = udp_checksum_good(packet.octets(), one.frame);
      }
      all.push_back(std::move(one));
    }
    return all;
  }

  void command(Command c, std::uint16_t worker = 0) {
    WorkerProxy proxy{*links_[worker]};
    ASSERT_TRUE(proxy.send(c));
  }
  void add(SessionPlan plan, std::uint64_t id = 1, std::uint16_t worker = 0) {
    auto built = build_session({id}, std::move(plan));
    ASSERT_TRUE(built) << built.error().text;
    stats_ = &stats_of(**built);
    command(AddSession{*std::move(built)}, worker);
  }
  void introduce(const base::SocketAddress& who, const MacAddress& mac, std::uint16_t worker = 0) {
    command(SetNextHop{.destination = who.ip, .port = 0, .mac = mac, .reachable = true}, worker);
  }
  std::size_t turn(std::uint16_t worker = 0) {
    now += std::chrono::milliseconds{1};
    return workers_[worker]->turn(now);
  }
  template <typename E>
  std::optional<E> event(std::uint16_t worker = 0) {
    while (auto event = links_[worker]->outbox.pop()) {
      if (auto* wanted = std::get_if<E>(&*event)) return std::move(*wanted);
    }
    return std::nullopt;
  }
  [[nodiscard]] std::uint64_t drops(Drop reason, std::uint16_t worker = 0) const {
    return links_[worker]->stats.drops[static_cast<std::size_t>(reason)].get();
  }
  [[nodiscard]] std::uint64_t session_drops(std::size_t endpoint, Drop reason) const {
    return stats_->endpoints[endpoint].drops[static_cast<std::size_t>(reason)].get();
  }

  base::Instant now{kLabStart};
  NeighbourBoard neighbours_;
  std::vector<Port*> ports_{port().get()};
  std::vector<std::unique_ptr<WorkerLink>> links_;
  std::optional<HandOver> hand_over_;
  std::vector<std::unique_ptr<Worker>> workers_;
  const SessionStats* stats_{nullptr};  // of the session added last
};

}  // namespace dataplane
