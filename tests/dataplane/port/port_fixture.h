#pragma once
/// \file
/// Ports in the lab, and the least worker that can drive them.

#include <functional>
#include <optional>

#include "dataplane/net/header_template.h"
#include "dataplane/net/routes.h"
#include "dataplane/port/poll_set.h"
#include "dataplane/port/port.h"
#include "tests/dataplane/eal_environment.h"
#include "tests/dataplane/lab.h"

namespace dataplane {

/// The EAL in the lab. The tests of a program without the rights for it are skipped.
class LabEnvironment : public EalEnvironment {
 public:
  LabEnvironment() : EalEnvironment(EalOptions{}) {}
  void SetUp() override {
    if (enter_lab()) EalEnvironment::SetUp();
  }
};

class PortFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!enter_lab()) GTEST_SKIP() << "network namespaces need root";
  }

  static PacketPool& pool() { return EalEnvironment::pool(); }

  static base::Result<std::unique_ptr<Port>> open(PortDriver driver, const std::string& device,
                                                  AddressMode mode,
                                                  std::initializer_list<const char*> addresses,
                                                  std::uint16_t queues = 1) {
    static std::uint16_t index = 0;
    PortConfig config;
    config.name = device;
    config.driver = driver;
    config.device = device;
    config.mode = mode;
    for (const auto* text : addresses) {
      config.addresses.push_back(*base::IpAddress::parse(text));
      config.prefix_lengths.push_back(config.addresses.back().is_v4() ? 24 : 64);
    }
    return Port::open(config, {index++, queues, &pool(), {20000}, {29999}});
  }

  /// Receives frames, sleeping on the port, until `count` have come or two seconds have gone without one.
  static std::vector<Packet> receive(Port& port, std::size_t count) {
    std::vector<Packet> received;
    Port* const ports[]{&port};
    PollSet poll{ports, 0, -1};
    for (int sleeps = 0; sleeps < 2000 && received.size() < count;) {
      std::array<Packet, kBurst> burst;
      const auto size = port.receive_burst(0, burst);
      for (std::size_t i = 0; i < size; ++i) received.push_back(std::move(burst[i]));
      if (size != 0) continue;
      poll.wait(std::chrono::seconds{2});
      sleeps += port.wait_descriptor(0) < 0 ? 1 : 1000;
    }
    return received;
  }

  /// What is waiting at the port now.
  static std::vector<Packet> receive_now(Port& port) {
    std::vector<Packet> received;
    for (std::array<Packet, kBurst> burst;;) {
      const auto size = port.receive_burst(0, burst);
      for (std::size_t i = 0; i < size; ++i) received.push_back(std::move(burst[i]));
      if (size == 0) return received;
    }
  }

  static void transmit(Port& port, Packet packet) { ASSERT_EQ(port.transmit_burst(0, {&packet, 1}), 1u); }

  /// Sends the datagram's payload back to where it came from.
  static void echo(Port& port, Packet packet) {
    const auto frame = parse_frame(packet.octets());
    ASSERT_EQ(frame.kind, FrameKind::kUdp);
    HeaderTemplate header{port.mac(), frame.source_mac, frame.destination, frame.source, 0};
    packet.narrow(frame.payload_offset, frame.payload_size);
    const base::Octets payload = packet.octets();
    header.write(packet.prepend(header.size()), payload);
    transmit(port, std::move(packet));
  }

  static std::string text_of(Packet& packet) {
    const auto frame = parse_frame(packet.octets());
    if (frame.kind != FrameKind::kUdp) return "no UDP";
    return std::string{base::as_text(packet.octets().subspan(frame.payload_offset, frame.payload_size))};
  }
};

}  // namespace dataplane
