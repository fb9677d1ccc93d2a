// Cycles per relayed packet over a memory port, everything on: checksum verification, lookup, admission,
// source tracking, counters, new headers with checksums. Packets of many sessions come in rotation, so that
// no session's state stays in the first cache. Times are TSC cycles; the median over short chunks leaves out
// what the machine does beside. The bench itself keeps two octets per stream and few frames on the wire: what
// is in the caches is the worker's.
#include <rte_cycles.h>
#include <rte_ring.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "dataplane/eal.h"
#include "dataplane/net/checksum.h"
#include "dataplane/net/header_template.h"
#include "dataplane/rtp/header.h"
#include "dataplane/worker.h"

namespace dataplane {
namespace {

constexpr std::size_t kPayload = 160;
constexpr std::size_t kChunk = 256;     // frames on the wire at a time
constexpr std::uint32_t kMbufs = 1023;  // so that buffers come back soon, as those of a NIC's ring do
constexpr MacAddress kPeerMac{2, 0, 0, 0, 0, 2};

base::IpAddress ip(const char* text) {
  return *base::IpAddress::parse(text);
}

template <typename T>
T must(base::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().text.c_str());
    std::exit(1);
  }
  return *std::move(result);
}

// Stream `i` of the rotation comes from one port to another; streams 2n and 2n + 1 are the two sides of a
// call.
std::uint16_t remote_port(std::size_t i) {
  return static_cast<std::uint16_t>(1024 + i);
}
std::uint16_t local_port(std::size_t i) {
  return static_cast<std::uint16_t>(20000 + 2 * i);
}
base::SocketAddress remote_of(std::size_t i) {
  return {ip("192.0.2.1"), {remote_port(i)}};
}
base::SocketAddress local_of(std::size_t i) {
  return {ip("10.0.0.1"), {local_port(i)}};
}

class Bench {
 public:
  Bench(std::size_t sessions, bool hugepages)
      : eal_(
            must(Eal::start({.worker_cpus = {0}, .pci_devices = {}, .mbufs = 8192, .hugepages = hugepages}))),
        pool_(must(PacketPool::create("bench", kMbufs))),
        port_(must(Port::open(port_config(), {0, 1, &pool_, {20000}, {65000}}))),
        hand_over_({&link_}) {
    ports_ = {port_.get()};
    headers_ = HeaderTemplate{kPeerMac, port_->mac(), remote_of(0), local_of(0), 0};
    now_ = base::MonotonicClock::now();
    worker_ = std::make_unique<Worker>(WorkerSetup{.index = 0,
                                                   .workers = 1,
                                                   .ports = ports_,
                                                   .pool = &pool_,
                                                   .neighbours = &neighbours_,
                                                   .hand_over = &hand_over_,
                                                   .link = &link_},
                                       now_);
    for (std::size_t i = 0; i < sessions; ++i) add(i);
  }

  void add(std::size_t i) {
    SessionPlan plan;
    for (std::size_t stream = 2 * i; stream < 2 * i + 2; ++stream) {
      EndpointPlan e;
      e.local_ip = ip("10.0.0.1");
      e.local_rtp.number = local_port(stream);
      e.local_rtcp.number = static_cast<std::uint16_t>(e.local_rtp.number + 1);
      e.remote_rtp = remote_of(stream);
      e.receive = {ReceiveFormat{0, {"PCMU", {8000}, 1, ""}, nullptr}};
      plan.endpoints.push_back(e);
      sequences_.push_back(0);
    }
    plan.flows = {FlowPlan{.from = 0, .to = 1, .rules = {}, .send = {}},
                  FlowPlan{.from = 1, .to = 0, .rules = {}, .send = {}}};
    Command command{AddSession{must(build_session({i + 1}, std::move(plan)))}};
    WorkerProxy proxy{link_};
    if (!proxy.send(command)) std::exit(1);
    worker_->turn(now_);
  }

  /// The next frame in rotation: that of the first stream, but for ports and numbers.
  Packet frame() {
    const auto i = next_++ % sequences_.size();
    auto packet = pool_.allocate();
    if (!packet || !packet.resize(rtp::kFixedHeaderSize + kPayload)) std::exit(1);
    auto* octets = packet.octets().data();
    std::memset(octets, 0x55, packet.size());
    const auto sequence = ++sequences_[i];
    rtp::write_header(octets, {.ssrc = local_port(i),
                               .timestamp = 160u * sequence,
                               .sequence = sequence,
                               .payload_type = 0,
                               .marker = false});
    const auto payload = packet.octets();
    auto* const udp = packet.prepend(headers_.size()) + kEthernetHeader + kIpv4Header;
    headers_.write(packet.octets().data(), payload);
    const std::array<std::uint16_t, 2> ports{__builtin_bswap16(remote_port(i)),
                                             __builtin_bswap16(local_port(i))};
    auto sum =
        checksum_subtract(static_cast<std::uint16_t>(~detail::load_native<std::uint16_t>(udp + 6)), {udp, 4});
    std::memcpy(udp, ports.data(), sizeof ports);
    checksum_store(udp + 6, checksum_add(sum, {udp, 4}));
    return packet;
  }

  /// Cycles per packet of the worker's turns over one chunk.
  double chunk() {
    auto* in = rte_ring_lookup("bench_rx0");
    auto* out = rte_ring_lookup("bench_tx0");
    for (std::size_t i = 0; i < kChunk; ++i) {
      auto packet = frame();
      if (rte_ring_sp_enqueue(in, packet.release()) != 0) std::exit(1);
    }
    // As long as so many packets take at fifty a second from each side, for the timers.
    now_ += std::chrono::nanoseconds{20'000'000 * kChunk / sequences_.size()};
    const auto start = rte_rdtsc_precise();
    for (std::size_t i = 0; i < kChunk / kBurst; ++i) worker_->turn(now_);
    const auto end = rte_rdtsc_precise();
    std::size_t sent = 0;
    for (void* mbuf = nullptr; rte_ring_sc_dequeue(out, &mbuf) == 0; ++sent)
      Packet{static_cast<rte_mbuf*>(mbuf)};
    relayed_ += sent;
    offered_ += kChunk;
    while (link_.outbox.pop()) {
    }
    return static_cast<double>(end - start) / kChunk;
  }

  /// The memory port alone: receive a burst, transmit it.
  double echo_chunk() {
    auto* in = rte_ring_lookup("bench_rx0");
    auto* out = rte_ring_lookup("bench_tx0");
    for (std::size_t i = 0; i < kChunk; ++i) (void)rte_ring_sp_enqueue(in, frame().release());
    const auto start = rte_rdtsc_precise();
    for (std::size_t i = 0; i < kChunk / kBurst; ++i) {
      std::array<Packet, kBurst> burst;
      const auto n = port_->receive_burst(0, burst);
      (void)port_->transmit_burst(0, std::span{burst}.first(n));
    }
    const auto end = rte_rdtsc_precise();
    for (void* mbuf = nullptr; rte_ring_sc_dequeue(out, &mbuf) == 0;) Packet{static_cast<rte_mbuf*>(mbuf)};
    return static_cast<double>(end - start) / kChunk;
  }

  /// One stage over frames that have just been written, a chunk at a time.
  template <typename Stage>
  double stage_chunk(Stage stage) {
    std::vector<Packet> packets;
    for (std::size_t i = 0; i < kChunk; ++i) packets.push_back(frame());
    const auto start = rte_rdtsc_precise();
    for (auto& packet : packets) stage(packet);
    const auto end = rte_rdtsc_precise();
    return static_cast<double>(end - start) / kChunk;
  }

  /// Headers as the worker keeps them, one per stream.
  [[nodiscard]] std::vector<HeaderTemplate> templates() const {
    std::vector<HeaderTemplate> all;
    for (std::size_t i = 0; i < sequences_.size(); ++i)
      all.emplace_back(port_->mac(), kPeerMac, local_of(i), remote_of(i), 0);
    return all;
  }
  [[nodiscard]] std::size_t lost() const { return offered_ - relayed_; }
  [[nodiscard]] bool hugepages() const { return eal_.hugepages(); }
  void forget() { offered_ = relayed_ = 0; }

 private:
  static PortConfig port_config() {
    PortConfig config;
    config.name = "bench";
    config.driver = PortDriver::kRing;
    config.device = "bench";
    config.addresses = {ip("10.0.0.1")};
    return config;
  }

  Eal eal_;
  PacketPool pool_;
  std::unique_ptr<Port> port_;
  std::vector<Port*> ports_;
  NeighbourBoard neighbours_;
  WorkerLink link_;
  HandOver hand_over_;
  std::unique_ptr<Worker> worker_;
  HeaderTemplate headers_;                // of the first stream
  std::vector<std::uint16_t> sequences_;  // one per stream
  base::Instant now_;
  std::size_t next_{0}, offered_{0}, relayed_{0};
};

struct Figure {
  double median{0};
  double mean{0};
};

template <typename Chunk>
Figure figure(int chunks, Chunk chunk) {
  std::vector<double> all;
  for (int i = 0; i < chunks; ++i) all.push_back(chunk());
  const auto mean = std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
  std::sort(all.begin(), all.end());
  return {all[all.size() / 2], mean};
}

int run(std::size_t sessions, bool hugepages) {
  Bench bench{sessions, hugepages};
  for (std::size_t i = 0; i < 8 * sessions / kChunk + 8; ++i) bench.chunk();  // learn addresses and next hops
  bench.forget();
  const auto total = figure(1000, [&] { return bench.chunk(); });
  const auto lost = bench.lost();
  const auto echo = figure(200, [&] { return bench.echo_chunk(); }).median;
  std::uint64_t sink = 0;
  const auto parse =
      figure(200, [&] {
        return bench.stage_chunk([&](Packet& packet) { sink += parse_frame(packet.octets()).payload_size; });
      }).median;
  const auto verify = figure(200, [&] {
                        return bench.stage_chunk([&](Packet& packet) {
                          sink += udp_checksum_good(packet.octets(), parse_frame(packet.octets())) ? 1 : 0;
                        });
                      }).median;
  auto templates = bench.templates();
  std::size_t next = 0;
  const auto address = figure(200, [&] {
                         return bench.stage_chunk([&](Packet& packet) {
                           packet.narrow(42, packet.size() - 42);
                           const auto size = packet.size();
                           auto& headers = templates[next++ % templates.size()];
                           headers.write(packet.prepend(headers.size()), size, 0x5555);
                         });
                       }).median;
  std::printf("relay over net_ring, %zu sessions, %zu octets of payload, %s\n", sessions, kPayload,
              bench.hugepages() ? "2 MiB pages" : "4 KiB pages");
  std::printf("  whole turn            %6.0f cycles/packet (mean, with whatever ran beside: %.0f)\n",
              total.median, total.mean);
  std::printf("  of this: port rx+tx   %6.0f\n", echo);
  std::printf("           parse        %6.0f\n", parse);
  std::printf("           verify sum   %6.0f\n", verify - parse);
  std::printf("           headers      %6.0f\n", address);
  std::printf("           lookup, admission, tracking, counters %6.0f\n",
              total.median - echo - verify - address);
  std::printf("  packets lost          %6zu\n", lost);
  return sink != 0 && lost == 0 ? 0 : 1;
}

}  // namespace
}  // namespace dataplane

int main(int argc, char** argv) {
  const std::size_t sessions = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 2000;
  const bool hugepages = argc > 2 && std::string{argv[2]} == "huge";
  return dataplane::run(sessions, hugepages);
}
