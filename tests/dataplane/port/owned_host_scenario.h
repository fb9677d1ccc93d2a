#pragma once
/// \file
/// What must hold for any driver whose port has addresses of its own: 192.0.2.2 and 2001:db8::2, seen from
/// Linux at 192.0.2.1 and 2001:db8::1.

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "dataplane/net/checksum.h"
#include "tests/dataplane/port/port_fixture.h"

namespace dataplane {

class OwnedPortFixture : public PortFixture {
 protected:
  /// Serves the port as a worker would until `done`: host frames are answered, UDP is echoed.
  static void serve(Port& port, Routes& routes, const std::function<bool()>& done) {
    Port* const ports[]{&port};
    PollSet poll{ports, 0, -1};
    while (!done()) {
      std::array<Packet, kBurst> burst;
      const auto size = port.receive_burst(0, burst);
      for (auto& packet : std::span{burst}.first(size)) handle(port, routes, std::move(packet));
      if (size == 0) poll.wait(std::chrono::milliseconds{5});
    }
  }

  static void handle(Port& port, Routes& routes, Packet packet) {
    const auto frame = parse_frame(packet.octets());
    if (frame.kind == FrameKind::kDropped) return;
    if (frame.kind == FrameKind::kUdp) {
      if (port.host()->owns(frame.destination.ip)) echo(port, std::move(packet));
      return;
    }
    const auto size = packet.size();
    if (size < kHostFrameRoom && !packet.resize(kHostFrameRoom)) return;
    const auto reaction = port.host()->react(packet.octets(), size, frame);
    if (reaction.neighbour) routes.heard(routes_port(), *reaction.neighbour, {});
    if (reaction.answer_size == 0) return;
    ASSERT_TRUE(packet.resize(reaction.answer_size));
    transmit(port, std::move(packet));
  }
  static std::uint16_t routes_port() { return 0; }

  static void announce(Port& port) {
    for (std::size_t i = 0;; ++i) {
      auto packet = pool().allocate();
      ASSERT_TRUE(packet.resize(kHostFrameRoom));
      const auto size = port.host()->write_announcement(packet.octets(), i);
      if (size == 0) return;
      ASSERT_TRUE(packet.resize(size));
      transmit(port, std::move(packet));
    }
  }

  /// One echo request through the kernel's own stack; true if its reply comes. Call in the Linux side's
  /// namespace.
  static bool ping(const char* destination) {
    const auto ip = *base::IpAddress::parse(destination);
    sockaddr_storage address{};
    socklen_t size = sizeof(sockaddr_in);
    std::array<std::uint8_t, 64> request{};
    request[0] = ip.is_v4() ? 8 : 128;
    request[5] = 7;
    if (ip.is_v4()) {
      reinterpret_cast<sockaddr_in&>(address).sin_family = AF_INET;
      std::copy_n(ip.octets.begin(), 4,
                  reinterpret_cast<std::uint8_t*>(&reinterpret_cast<sockaddr_in&>(address).sin_addr));
      std::uint64_t sum = checksum_add(0, std::as_bytes(std::span{request}));
      checksum_store(reinterpret_cast<std::byte*>(request.data()) + 2, sum);
    } else {  // the kernel fills in the checksum
      reinterpret_cast<sockaddr_in6&>(address).sin6_family = AF_INET6;
      std::copy_n(ip.octets.begin(), 16, reinterpret_cast<sockaddr_in6&>(address).sin6_addr.s6_addr);
      size = sizeof(sockaddr_in6);
    }
    const int raw = ::socket(address.ss_family, SOCK_RAW | SOCK_CLOEXEC,
                             ip.is_v4() ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6});
    const timeval limit{2, 0};
    ::setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    EXPECT_EQ(::sendto(raw, request.data(), request.size(), 0, reinterpret_cast<sockaddr*>(&address), size),
              static_cast<ssize_t>(request.size()));
    bool replied = false;
    std::array<std::uint8_t, 256> reply;
    while (!replied) {  // the socket hears other ICMP, too
      const auto length = ::recv(raw, reply.data(), reply.size(), 0);
      if (length < 0) break;
      const std::size_t header = ip.is_v4() ? 20 : 0;
      replied = reply[header] == (ip.is_v4() ? 0 : 129) && reply[header + 5] == 7;
    }
    ::close(raw);
    return replied;
  }

  /// Ping and UDP of both families. `linux_side` runs a function in the namespace of 192.0.2.1.
  static void expect_a_host(Port& port, const std::function<void(const std::function<void()>&)>& linux_side) {
    NeighbourBoard board;
    Routes routes{{port.host()}, board, 64};
    announce(port);
    std::atomic<bool> done{false};
    std::thread client{[&] {
      linux_side([&] {
        EXPECT_TRUE(ping("192.0.2.2"));
        EXPECT_TRUE(ping("2001:db8::2"));
        for (const auto& [ours, theirs] : {std::pair{"192.0.2.1:4000", "192.0.2.2:20000"},
                                           std::pair{"[2001:db8::1]:4000", "[2001:db8::2]:20000"}}) {
          UdpSocket phone{ours};
          phone.connect_to(theirs);
          for (int i = 0; i < 20; ++i) {
            const auto text = "hello " + std::to_string(i);
            EXPECT_TRUE(phone.send(text));
            EXPECT_EQ(phone.receive(), text);
          }
          EXPECT_EQ(phone.drain(), 0);
        }
      });
      done = true;
    }};
    serve(port, routes, [&] { return done.load(); });
    client.join();
    // Who asked for our address is known by it.
    const auto answer =
        routes.find(*base::IpAddress::parse("192.0.2.2"), *base::IpAddress::parse("192.0.2.1"), {});
    EXPECT_EQ(answer.kind, RouteAnswer::Kind::kHop);
  }
};

}  // namespace dataplane
