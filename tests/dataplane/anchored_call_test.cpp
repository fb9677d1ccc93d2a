// The dataplane as a newcomer has it: af_packet on the LAN interface and on lo, addresses shared with the
// kernel. One phone is on the LAN, the other on this very host.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "dataplane/api/dataplane.h"
#include "tests/dataplane/lab.h"
#include "tests/dataplane/relay_plan.h"

namespace dataplane {
namespace {

std::string text_of(const std::vector<std::byte>& packet) {
  return std::string{base::as_text(packet)};
}

/// Sends 50 packets, one each 5 ms, and counts the other side's that come back in order.
int talk(const char* local, const char* anchor, std::uint32_t ssrc, std::uint32_t other) {
  UdpSocket phone{local};
  phone.connect_to(anchor);
  int heard = 0;
  for (std::uint16_t i = 0; i < 50; ++i) {
    EXPECT_TRUE(phone.send(text_of(rtp_packet(i, ssrc))));
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  std::uint16_t last = 0;
  for (auto text = phone.receive(); !text.empty() && heard < 45; text = phone.receive()) {
    const auto octets = base::as_octets(text);
    if (octets.size() != 172) continue;  // RTCP
    EXPECT_EQ(base::load_be32(octets.data() + 8), other);
    const auto sequence = base::load_be16(octets.data() + 2);
    EXPECT_TRUE(heard == 0 || sequence > last);
    last = sequence;
    ++heard;
  }
  return heard;
}

TEST(AnchoredCall, BetweenTheLanAndThisHost) {
  if (!enter_lab()) GTEST_SKIP() << "network namespaces need root";
  Peer peer;
  connect("lan", peer);
  run("ip addr add 192.0.2.2/24 dev lan");
  const auto ours = *base::IpAddress::parse("192.0.2.2");

  DataplaneConfig config;
  config.hugepages = false;
  config.mbufs = 4096;
  config.workers = 2;
  for (const auto* device : {"lan", "lo"}) {
    PortConfig port;
    port.name = port.device = device;
    port.addresses = {ours};
    config.ports.push_back(port);
  }
  auto started = Dataplane::start(config);
  ASSERT_TRUE(started) << started.error().text;
  auto dataplane = *std::move(started);

  std::uint16_t second = 20002;  // of the worker that has 20000
  while (dataplane->worker_of({second}) != dataplane->worker_of({20000})) second += 2;
  auto session = build_session(
      {1}, relay_plan(relay_endpoint(ours, 20000, *base::SocketAddress::parse("192.0.2.1:4000")),
                      relay_endpoint(ours, second, *base::SocketAddress::parse("192.0.2.2:5004"))));
  ASSERT_TRUE(session) << session.error().text;
  Command command{AddSession{*std::move(session)}};
  ASSERT_TRUE(dataplane->workers()[dataplane->worker_of({20000})].send(command));

  int heard_on_lan = 0, heard_here = 0;
  std::atomic<int> talking{2};
  std::thread lan{[&] {
    peer.in([&] { heard_on_lan = talk("192.0.2.1:4000", "192.0.2.2:20000", 0xAAAA, 0xBBBB); });
    --talking;
  }};
  std::thread here{[&] {
    const auto anchor = "192.0.2.2:" + std::to_string(second);
    heard_here = talk("192.0.2.2:5004", anchor.c_str(), 0xBBBB, 0xAAAA);
    --talking;
  }};
  while (talking > 0) {  // the control loop
    for (auto& worker : dataplane->workers())
      while (auto event = worker.poll())
        if (const auto* wanted = std::get_if<NextHopWanted>(&*event))
          dataplane->resolve_next_hop(wanted->destination);
    dataplane->poll_kernel();
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  lan.join();
  here.join();
  EXPECT_EQ(heard_on_lan, 45);
  EXPECT_EQ(heard_here, 45);
}

}  // namespace
}  // namespace dataplane
