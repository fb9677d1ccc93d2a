// Ports with addresses of their own: af_packet in full, af_xdp and tap for smoke.
#include <gtest/gtest.h>

#include "tests/dataplane/port/owned_host_scenario.h"

namespace dataplane {
namespace {

using Kind = RouteAnswer::Kind;

[[maybe_unused]] const auto* const environment = ::testing::AddGlobalTestEnvironment(new LabEnvironment);

class OwnedPort : public OwnedPortFixture {
 protected:
  void SetUp() override {
    OwnedPortFixture::SetUp();
    if (IsSkipped()) return;
    peer_ = std::make_unique<Peer>();
    connect("owned", *peer_);
    run("sysctl -qw net.ipv6.conf.owned.disable_ipv6=1");
  }
  void TearDown() override {
    if (peer_ == nullptr) return;
    port_.reset();
    run("ip link del owned");
  }
  void open_on(PortDriver driver) {
    auto port = open(driver, "owned", AddressMode::kOwned, {"192.0.2.2", "2001:db8::2"});
    ASSERT_TRUE(port) << port.error().text;
    port_ = *std::move(port);
  }
  auto linux_side() {
    return [this](const std::function<void()>& work) { peer_->in(work); };
  }

  std::unique_ptr<Peer> peer_;
  std::unique_ptr<Port> port_;
};

TEST_F(OwnedPort, AfPacketIsAHostToLinux) {
  open_on(PortDriver::kAfPacket);
  expect_a_host(*port_, linux_side());
}

// With forwarding on, a kernel that saw its own MAC address in our frames would answer them with redirects.
TEST_F(OwnedPort, KernelOnTheSameInterfaceStaysOut) {
  run("sysctl -qw net.ipv4.ip_forward=1");
  run("ip addr add 198.51.100.1/24 dev owned");
  open_on(PortDriver::kAfPacket);
  expect_a_host(*port_, linux_side());
  run("sysctl -qw net.ipv4.ip_forward=0");
}

TEST_F(OwnedPort, FindsItsNeighboursByAsking) {
  open_on(PortDriver::kAfPacket);
  NeighbourBoard board;
  Routes routes{{port_->host()}, board, 64};
  const base::Instant now{std::chrono::seconds{1}};
  for (const auto& [ours, theirs] :
       {std::pair{"192.0.2.2", "192.0.2.1"}, std::pair{"2001:db8::2", "2001:db8::1"}}) {
    const auto local = *base::IpAddress::parse(ours), remote = *base::IpAddress::parse(theirs);
    const auto answer = routes.find(local, remote, now);
    ASSERT_EQ(answer.kind, Kind::kAskLink);
    auto question = pool().allocate();
    ASSERT_TRUE(question.resize(kHostFrameRoom));
    ASSERT_TRUE(question.resize(port_->host()->write_question(question.octets(), answer.neighbour)));
    transmit(*port_, std::move(question));
    int turns = 0;
    serve(*port_, routes,
          [&] { return ++turns == 400 || routes.find(local, remote, now).kind == Kind::kHop; });
    const auto found = routes.find(local, remote, now);
    ASSERT_EQ(found.kind, Kind::kHop);
    peer_->in([&, mac = found.hop->mac] {
      const auto text = to_string(mac);
      EXPECT_TRUE(try_run("ip link show ownedp | grep -q " + text));
    });
  }
}

TEST_F(OwnedPort, GratuitousArpTellsNeighboursThatTheAddressMoved) {
  peer_->in([] {
    run("ip neigh replace 192.0.2.2 lladdr 02:00:00:00:00:99 dev ownedp nud stale");
    run("sysctl -qw net.ipv4.conf.ownedp.arp_accept=1");
  });
  open_on(PortDriver::kAfPacket);
  announce(*port_);
  const auto mac = port_->mac();
  const auto text = to_string(mac);
  peer_->in([&] { EXPECT_TRUE(try_run("ip neigh show 192.0.2.2 | grep -q " + text)); });
}

TEST_F(OwnedPort, AfXdpIsAHostToLinux) {
  auto port = open(PortDriver::kAfXdp, "owned", AddressMode::kOwned, {"192.0.2.2", "2001:db8::2"});
  if (!port) GTEST_SKIP() << "no AF_XDP in this kernel or on this interface: " << port.error().text;
  port_ = *std::move(port);
  EXPECT_GE(port_->wait_descriptor(0), 0);
  expect_a_host(*port_, linux_side());
}

TEST_F(OwnedPort, TapIsAHostToLinux) {
  auto port = open(PortDriver::kTap, "mediatap", AddressMode::kOwned, {"192.0.2.2", "2001:db8::2"});
  if (!port) GTEST_SKIP() << "no TAP in this kernel: " << port.error().text;
  port_ = *std::move(port);
  EXPECT_GE(port_->wait_descriptor(0), 0);
  run("ip addr add 192.0.2.1/24 dev mediatap && ip -6 addr add 2001:db8::1/64 dev mediatap nodad");
  run("ip link set mediatap up");
  expect_a_host(*port_, [](const std::function<void()>& work) { work(); });
}

}  // namespace
}  // namespace dataplane
