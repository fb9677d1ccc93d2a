// An af_packet port that shares the kernel's addresses, on a veth and on lo. Each pitfall of that is a test.
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "dataplane/port/command_line.h"
#include "dataplane/port/kernel_guard.h"
#include "dataplane/port/poll_set.h"
#include "tests/dataplane/port/port_fixture.h"

namespace dataplane {
namespace {

[[maybe_unused]] const auto* const environment = ::testing::AddGlobalTestEnvironment(new LabEnvironment);

class SharedPort : public PortFixture {
 protected:
  void SetUp() override {
    PortFixture::SetUp();
    if (IsSkipped()) return;
    peer_ = std::make_unique<Peer>();
    connect("media", *peer_);
    run("ip addr add 192.0.2.2/24 dev media && ip -6 addr add 2001:db8::2/64 dev media nodad");
  }
  void TearDown() override {
    if (peer_ == nullptr) return;
    port_.reset();
    run("ip link del media");
  }

  void open_on(const std::string& device, std::initializer_list<const char*> addresses) {
    auto port = open(PortDriver::kAfPacket, device, AddressMode::kShared, addresses);
    ASSERT_TRUE(port) << port.error().text;
    port_ = *std::move(port);
  }
  static std::unique_ptr<KernelGuard> guard(const std::string& device,
                                            std::initializer_list<const char*> addresses) {
    GuardedInterface interface {
      device, {}
    };
    for (const auto* text : addresses) interface.addresses.push_back(*base::IpAddress::parse(text));
    auto guard = KernelGuard::raise({interface}, {20000}, {29999});
    EXPECT_TRUE(guard) << guard.error().text;
    return *std::move(guard);
  }
  static std::string rules() {
    return *run_program({"/usr/sbin/iptables", "-t", "raw", "-S"}) +
           *run_program({"/usr/sbin/ip6tables", "-t", "raw", "-S"});
  }
  static bool promiscuous(const std::string& device) {
    return try_run("ip link show " + device + " | grep -q PROMISC");
  }

  std::unique_ptr<Peer> peer_;
  std::unique_ptr<Port> port_;
};

// Without the guard the kernel refuses what we serve: this is what the guard is for.
TEST_F(SharedPort, UnguardedKernelAnswersPortUnreachable) {
  open_on("media", {"192.0.2.2"});
  peer_->in([&] {
    UdpSocket phone{"192.0.2.1:4000"};
    phone.connect_to("192.0.2.2:20000");
    ASSERT_TRUE(phone.send("hello"));
    EXPECT_EQ(phone.receive(), "refused");
  });
}

TEST_F(SharedPort, GuardedPortHearsAndAnswersAlone) {
  open_on("media", {"192.0.2.2", "2001:db8::2"});
  const auto shield = guard("media", {"192.0.2.2", "2001:db8::2"});
  for (const auto& [phone_address, our_address] : {std::pair{"192.0.2.1:4000", "192.0.2.2:20000"},
                                                   std::pair{"[2001:db8::1]:4000", "[2001:db8::2]:29999"}}) {
    std::unique_ptr<UdpSocket> phone;
    peer_->in([&] {
      phone = std::make_unique<UdpSocket>(phone_address);
      phone->connect_to(our_address);
      for (int i = 0; i < 20; ++i) EXPECT_TRUE(phone->send("hello")) << "refused";
    });
    auto received = receive(*port_, 20);
    ASSERT_EQ(received.size(), 20u);
    EXPECT_EQ(text_of(received[0]), "hello");
    EXPECT_EQ(received[0].port(), port_->index());
    for (auto& packet : received) echo(*port_, std::move(packet));
    // The kernel verifies checksums: what arrives was right.
    for (int i = 0; i < 20; ++i) EXPECT_EQ(phone->receive(), "hello");
    EXPECT_EQ(phone->drain(), 0);
    EXPECT_TRUE(receive_now(*port_).empty());
  }
}

// Or the worker turns in circles for as long as the link is down, and after.
TEST_F(SharedPort, ALinkThatGoesDownLetsTheWorkerSleepAndComesBack) {
  open_on("media", {"192.0.2.2"});
  const int doorbell = ::eventfd(0, EFD_NONBLOCK);
  Port* const ports[] = {port_.get()};
  PollSet set{ports, 0, doorbell};
  pollfd polled{port_->wait_descriptor(0), POLLIN, 0};
  run("ip link set media down");
  EXPECT_EQ(::poll(&polled, 1, 0), 1);
  set.wait(std::chrono::milliseconds{1});
  EXPECT_EQ(::poll(&polled, 1, 0), 0) << polled.revents;

  run("ip link set media up");
  peer_->in([&] {
    UdpSocket phone{"192.0.2.1:4000"};
    phone.send_to("192.0.2.2:20000", "hello");
  });
  EXPECT_EQ(receive(*port_, 1).size(), 1U);
  ::close(doorbell);
}

// Else a proxy on this host may get one for its socket and never hear a reply.
TEST_F(SharedPort, TheKernelGivesMediaPortsToNobodyElse) {
  const auto reserved = [] {
    return try_run("grep -q 20000-29999 /proc/sys/net/ipv4/ip_local_reserved_ports");
  };
  EXPECT_FALSE(reserved());
  {
    const auto shield = guard("media", {"192.0.2.2"});
    EXPECT_TRUE(reserved());
  }
  EXPECT_FALSE(reserved());
}

TEST_F(SharedPort, OnlyTheMediaRangeIsShielded) {
  const auto shield = guard("media", {"192.0.2.2"});
  peer_->in([&] {
    UdpSocket phone{"192.0.2.1:4000"};
    phone.connect_to("192.0.2.2:5060");
    ASSERT_TRUE(phone.send("hello"));
    EXPECT_EQ(phone.receive(), "refused");
  });
}

// What the host itself sends out of the interface would come back, and on lo everything twice.
TEST_F(SharedPort, LoopbackFrameIsSeenOnce) {
  open_on("lo", {"127.0.0.1"});
  const auto shield = guard("lo", {"127.0.0.1"});
  UdpSocket phone{"127.0.0.1:5004"};
  phone.connect_to("127.0.0.1:20000");
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(phone.send("hello"));
  auto received = receive(*port_, 10);
  ASSERT_EQ(received.size(), 10u);
  for (auto& packet : received) echo(*port_, std::move(packet));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(phone.receive(), "hello");
  EXPECT_EQ(phone.drain(), 0);
  EXPECT_TRUE(receive_now(*port_).empty());
}

// A phone on this host that calls one of the host's own addresses goes through lo, also where the kernel is
// strict about the way that a source should have come (rp_filter).
TEST_F(SharedPort, OwnAddressesAreReachedOverLoopback) {
  run("sysctl -qw net.ipv4.conf.all.rp_filter=1");
  open_on("lo", {"192.0.2.2", "2001:db8::2", "::1"});
  const auto shield = guard("lo", {"192.0.2.2", "2001:db8::2", "::1"});
  for (const auto* address : {"192.0.2.2", "[2001:db8::2]", "[::1]"}) {
    UdpSocket phone{(address + std::string{":5004"}).c_str()};
    phone.connect_to((address + std::string{":20000"}).c_str());
    ASSERT_TRUE(phone.send("hello"));
    auto received = receive(*port_, 1);
    ASSERT_EQ(received.size(), 1u);
    echo(*port_, std::move(received[0]));
    EXPECT_EQ(phone.receive(), "hello") << address;
  }
  run("sysctl -qw net.ipv4.conf.all.rp_filter=0");
}

TEST_F(SharedPort, OtherTrafficOfTheHostIsNotSeen) {
  open_on("media", {"192.0.2.2"});
  UdpSocket server{"192.0.2.2:5060"}, stray{"192.0.2.2:25000"};
  peer_->in([&] {
    UdpSocket phone{"192.0.2.1:4000"};
    phone.send_to("192.0.2.2:5060", "signalling");
  });
  EXPECT_EQ(server.receive(), "signalling");
  stray.send_to("192.0.2.1:25001", "outgoing, from a media port");
  EXPECT_TRUE(receive_now(*port_).empty());
}

TEST_F(SharedPort, MtuIsTheInterfaces) {
  run("ip link set media mtu 1400");
  open_on("media", {"192.0.2.2"});
  EXPECT_EQ(port_->mtu(), 1400);
}

TEST_F(SharedPort, PromiscuousModeOfAKilledInstanceIsCleared) {
  run("ip link set media promisc on");
  ASSERT_TRUE(promiscuous("media"));
  open_on("media", {"192.0.2.2"});
  EXPECT_FALSE(promiscuous("media"));
  port_.reset();
  EXPECT_FALSE(promiscuous("media"));
}

TEST_F(SharedPort, SecondInstanceOnAnInterfaceIsRefused) {
  open_on("media", {"192.0.2.2"});
  const auto second = open(PortDriver::kAfPacket, "media", AddressMode::kShared, {"192.0.2.2"});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text.find("in use by another mediad"), std::string::npos);
  port_.reset();
  open_on("media", {"192.0.2.2"});
}

TEST_F(SharedPort, FramesLostForWantOfRoomAreCounted) {
  open_on("media", {"192.0.2.2"});
  const auto shield = guard("media", {"192.0.2.2"});
  EXPECT_EQ(port_->lost_frames(), 0u);
  peer_->in([&] {
    UdpSocket phone{"192.0.2.1:4000"};
    phone.connect_to("192.0.2.2:20000");
    for (int i = 0; i < 5000; ++i) EXPECT_TRUE(phone.send("hello"));
  });
  const auto received = receive_now(*port_).size();
  EXPECT_GE(received, 4000u);
  EXPECT_EQ(port_->lost_frames(), 5000u - received);
}

TEST_F(SharedPort, QueuesShareTheTraffic) {
  auto port = open(PortDriver::kAfPacket, "media", AddressMode::kShared, {"192.0.2.2"}, 2);
  ASSERT_TRUE(port) << port.error().text;
  const auto shield = guard("media", {"192.0.2.2"});
  peer_->in([&] {
    for (int i = 0; i < 64; ++i) {
      UdpSocket phone{("192.0.2.1:" + std::to_string(4000 + i)).c_str()};
      phone.send_to("192.0.2.2:20000", "hello");
    }
  });
  std::array<std::size_t, 2> counts{};
  for (std::uint16_t queue = 0; queue < 2; ++queue) {
    for (std::array<Packet, kBurst> burst;;) {
      const auto size = (*port)->receive_burst(queue, burst);
      for (auto& packet : burst) packet.reset();
      if (size == 0) break;
      counts[queue] += size;
    }
    EXPECT_GT(counts[queue], 0u);
  }
  EXPECT_EQ(counts[0] + counts[1], 64u);
}

TEST_F(SharedPort, SleepEndsWithAPacketOrTheDoorbell) {
  open_on("media", {"192.0.2.2"});
  const auto shield = guard("media", {"192.0.2.2"});
  const int doorbell = ::eventfd(0, EFD_NONBLOCK);
  Port* const ports[]{port_.get()};
  PollSet poll{ports, 0, doorbell};
  const std::uint64_t one = 1;
  ASSERT_EQ(::write(doorbell, &one, sizeof one), static_cast<ssize_t>(sizeof one));
  poll.wait(std::chrono::hours{1});  // or the test's own time-out ends it
  std::uint64_t rings = 0;
  EXPECT_LT(::read(doorbell, &rings, sizeof rings), 0);  // the ring was taken out
  peer_->in([] { UdpSocket{"192.0.2.1:4000"}.send_to("192.0.2.2:20000", "hello"); });
  poll.wait(std::chrono::hours{1});
  EXPECT_EQ(receive_now(*port_).size(), 1u);
  ::close(doorbell);
}

TEST_F(SharedPort, GuardUndoesWhatItDid) {
  const auto read = [](const char* path) {
    std::string value;
    std::ifstream{path} >> value;
    return value;
  };
  constexpr auto kSwitch = "/proc/sys/net/ipv4/conf/lo/accept_local";
  const auto before = rules();
  {
    const auto shield = guard("lo", {"127.0.0.1", "::1"});
    EXPECT_EQ(read(kSwitch), "1");
    std::istringstream lines{rules()};
    int ours = 0;
    for (std::string line; std::getline(lines, line);)
      ours += line.find("mediad:") != std::string::npos ? 1 : 0;
    EXPECT_EQ(ours, 2);
  }
  EXPECT_EQ(rules(), before);
  EXPECT_EQ(read(kSwitch), "0");
}

TEST_F(SharedPort, RulesOfAKilledInstanceAreRemoved) {
  const auto before = rules();
  const std::string rule =
      " -d 192.0.2.9/32 -p udp -m udp --dport 30000:39999 -m comment --comment mediad:1 -j DROP";
  run("iptables -t raw -A PREROUTING -i media" + rule);
  run("iptables -t raw -A PREROUTING -i other0" + rule);  // of an instance that may be alive
  { const auto shield = guard("media", {"192.0.2.2"}); }
  EXPECT_EQ(rules().find("-i media"), std::string::npos);
  EXPECT_NE(rules().find("-i other0"), std::string::npos);
  run("iptables -t raw -D PREROUTING -i other0" + rule);
  EXPECT_EQ(rules(), before);
}

TEST_F(SharedPort, SwitchesOfAKilledInstanceAreRestored) {
  const auto first_line = [](const char* path) {
    std::string line;
    std::getline(std::ifstream{path}, line);
    return line;
  };
  constexpr auto kAccept = "/proc/sys/net/ipv4/conf/lo/accept_local";
  constexpr auto kLocalnet = "/proc/sys/net/ipv4/conf/lo/route_localnet";
  constexpr auto kReserved = "/proc/sys/net/ipv4/ip_local_reserved_ports";
  run(std::string{"echo 7000 > "} + kReserved);
  auto killed = guard("lo", {"127.0.0.1", "::1"});
  // What is left of it when nothing of it runs at its end, once more for the one that comes after.
  run("iptables-save -t raw > /tmp/killed.$PPID; ip6tables-save -t raw > /tmp/killed6.$PPID");
  killed.reset();
  run("iptables-restore < /tmp/killed.$PPID; ip6tables-restore < /tmp/killed6.$PPID; rm /tmp/killed*.$PPID");
  run(std::string{"echo 1 > "} + kAccept + "; echo 1 > " + kLocalnet + "; echo 7000,20000-29999 > " +
      kReserved);

  { const auto next = guard("lo", {"127.0.0.1", "::1"}); }
  EXPECT_EQ(first_line(kAccept), "0");
  EXPECT_EQ(first_line(kLocalnet), "0");
  EXPECT_EQ(first_line(kReserved), "7000");
  EXPECT_EQ(rules().find("mediad:"), std::string::npos);
  run(std::string{"echo > "} + kReserved);
}

}  // namespace
}  // namespace dataplane
