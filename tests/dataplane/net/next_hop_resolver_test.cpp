// The kernel's own tables in a namespace of the test's: nothing is simulated.
#include "dataplane/net/next_hop_resolver.h"

#include <gtest/gtest.h>
#include <net/if.h>

#include <thread>

#include "tests/dataplane/lab.h"

namespace dataplane {
namespace {

constexpr MacAddress kPeerMac{0x02, 0, 0, 0, 0, 0x99};
constexpr std::uint16_t kMedia = 0, kLoopback = 1;

base::IpAddress ip(const char* text) {
  return *base::IpAddress::parse(text);
}

class NextHopResolverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!enter_lab()) GTEST_SKIP() << "network namespaces need root";
    peer_ = std::make_unique<Peer>();
    connect("route", *peer_);
    run("ip addr add 192.0.2.2/24 dev route && ip -6 addr add 2001:db8::2/64 dev route nodad");
    peer_->in([] { run("ip link set routep address " + to_string(kPeerMac)); });
    auto kernel = KernelRoutes::open();
    ASSERT_TRUE(kernel) << kernel.error().text;
    resolver_.emplace(*std::move(kernel),
                      std::vector<PortInterface>{{index_of("route"), kMedia}, {index_of("lo"), kLoopback}});
  }
  void TearDown() override {
    if (peer_ != nullptr) run("ip link del route");
  }
  static int index_of(const char* name) { return static_cast<int>(if_nametoindex(name)); }

  /// The next answer, as a control loop would wait for it; unreachable with port 99 if there is none in ten
  /// seconds.
  SetNextHop next_answer() {
    for (int i = 0; i < 2000; ++i) {
      for (const auto& answer : resolver_->take_answers()) answers_.push_back(answer);
      if (!answers_.empty()) {
        const auto answer = answers_.front();
        answers_.erase(answers_.begin());
        return answer;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{5});  // for the kernel, which answers by ARP
      resolver_->poll();
    }
    return {{}, 99, {}, false};
  }
  SetNextHop ask(const char* destination) {
    resolver_->want(ip(destination));
    return next_answer();
  }

  std::unique_ptr<Peer> peer_;
  std::optional<NextHopResolver> resolver_;
  std::vector<SetNextHop> answers_;
};

TEST_F(NextHopResolverTest, HasTheKernelResolveNeighbours) {
  for (const auto* destination : {"192.0.2.1", "2001:db8::1"}) {
    const auto answer = ask(destination);
    EXPECT_TRUE(answer.reachable);
    EXPECT_EQ(answer.destination, ip(destination));
    EXPECT_EQ(answer.port, kMedia);
    EXPECT_EQ(answer.mac, kPeerMac);
  }
}

TEST_F(NextHopResolverTest, BeyondTheLinkItIsTheGateway) {
  run("ip route add 198.51.100.0/24 via 192.0.2.1");
  run("ip -6 route add 2001:db8:1::/48 via 2001:db8::1");
  run("ip route add 203.0.113.0/24 via inet6 2001:db8::1 dev route");  // RFC 8950
  for (const auto* destination : {"198.51.100.7", "2001:db8:1::7", "203.0.113.7"}) {
    const auto answer = ask(destination);
    EXPECT_TRUE(answer.reachable) << destination;
    EXPECT_EQ(answer.destination, ip(destination));
    EXPECT_EQ(answer.mac, kPeerMac);
  }
}

TEST_F(NextHopResolverTest, OwnAddressesAreOnLoopback) {
  for (const auto* destination : {"192.0.2.2", "127.0.0.1", "2001:db8::2", "::1"}) {
    const auto answer = ask(destination);
    EXPECT_TRUE(answer.reachable) << destination;
    EXPECT_EQ(answer.port, kLoopback);
    EXPECT_EQ(answer.mac, MacAddress{});
  }
}

TEST_F(NextHopResolverTest, NoRouteNoPortNoNeighbour) {
  EXPECT_FALSE(ask("198.51.100.7").reachable);  // no route
  run("ip link add other type veth peer name otherp && ip link set other up && ip addr add 10.9.9.1/24 dev "
      "other");
  const auto answer = ask("10.9.9.9");  // a route by an interface that is no port of ours
  EXPECT_FALSE(answer.reachable);
  EXPECT_NE(answer.port, 99);
  run("ip link del other");
  run("ip route add unreachable 203.0.113.0/24");
  EXPECT_FALSE(ask("203.0.113.7").reachable);
  run("sysctl -qw net.ipv4.neigh.route.retrans_time_ms=10");
  const auto nobody = ask("192.0.2.77");  // no one answers ARP
  EXPECT_FALSE(nobody.reachable);
  EXPECT_NE(nobody.port, 99);
}

TEST_F(NextHopResolverTest, NewsOfANewMacReachEveryDestinationBehindIt) {
  run("ip route add 198.51.100.0/24 via 192.0.2.1");
  EXPECT_TRUE(ask("198.51.100.7").reachable);
  EXPECT_TRUE(ask("198.51.100.8").reachable);
  run("ip neigh replace 192.0.2.1 lladdr 02:00:00:00:00:55 dev route nud reachable");
  const MacAddress moved{2, 0, 0, 0, 0, 0x55};
  EXPECT_EQ(next_answer().mac, moved);
  EXPECT_EQ(next_answer().mac, moved);
  run("ip neigh replace 192.0.2.1 lladdr 02:00:00:00:00:55 dev route nud stale");  // nothing new
  resolver_->poll();
  EXPECT_TRUE(resolver_->take_answers().empty());
}

TEST_F(NextHopResolverTest, ChangeOfRouteIsFollowed) {
  run("ip route add 198.51.100.0/24 via 192.0.2.1");
  EXPECT_TRUE(ask("198.51.100.7").reachable);
  run("ip neigh replace 192.0.2.50 lladdr 02:00:00:00:00:50 dev route nud permanent");
  run("ip route replace 198.51.100.0/24 via 192.0.2.50");
  SetNextHop answer;
  do {
    answer = next_answer();
  } while (answer.reachable && answer.mac == kPeerMac);
  EXPECT_EQ(answer.mac, (MacAddress{2, 0, 0, 0, 0, 0x50}));
  run("ip route del 198.51.100.0/24");
  EXPECT_FALSE(next_answer().reachable);
}

}  // namespace
}  // namespace dataplane
