// Cycles per relayed packet over a memory port, everything on: checksum verification, lookup, admission,
// source tracking, counters, new headers with checksums. Packets of many sessions come in rotation, so that
// no session's state stays in the first cache. Times are TSC cycles; the median over short chunks leaves out
// what the machine does beside.
#include <rte_cycles.h>
#include <rte_ring.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/eal.h"
#include "dataplane/net/header_template.h"
#include "dataplane/rtp/header.h"
#include "dataplane/worker.h"

namespace dataplane {
namespace {

constexpr std::size_t kPayload = 160;
constexpr std::size_t kChunk = 1024;  // frames on the wire at a time
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

/// One direction of a call: what its next frame looks like.
struct Caller {
  base::SocketAddress from, to;
  HeaderTemplate headers;
  std::uint16_t sequence{0};
};

class Bench {
 public:
  Bench(std::size_t sessions, bool hugepages)
      : eal_(
            must(Eal::start({.worker_cpus = {0}, .pci_devices = {}, .mbufs = 8192, .hugepages = hugepages}))),
        pool_(must(PacketPool::create("bench", 8191))),
        port_(must(Port::open(port_config(), {0, 1, &pool_, {20000}, {65000}}))),
        hand_over_({&link_}) {
    ports_ = {port_.get()};
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
    for (std::uint16_t side = 0; side < 2; ++side) {
      EndpointPlan e;
      e.local_ip = ip("10.0.0.1");
      e.local_rtp.number = static_cast<std::uint16_t>(20000 + 4 * i + 2u * side);
      e.local_rtcp.number = static_cast<std::uint16_t>(e.local_rtp.number + 1);
      base::SocketAddress remote{ip("192.0.2.1"), {static_cast<std::uint16_t>(1024 + 2 * i + side)}};
      e.remote_rtp = remote;
      e.receive = {ReceiveFormat{0, {"PCMU", {8000}, 1, ""}, nullptr}};
      plan.endpoints.push_back(e);
      const base::SocketAddress local{e.local_ip, e.local_rtp};
      callers_.push_back({remote, local, HeaderTemplate{kPeerMac, port_->mac(), remote, local, 0}});
    }
    plan.flows = {FlowPlan{.from = 0, .to = 1, .rules = {}, .send = {}},
                  FlowPlan{.from = 1, .to = 0, .rules = {}, .send = {}}};
    Command command{AddSession{must(build_session({i + 1}, std::move(plan)))}};
    WorkerProxy proxy{link_};
    if (!proxy.send(command)) std::exit(1);
    worker_->turn(now_);
  }

  Packet frame(Caller& caller) {
    auto packet = pool_.allocate();
    if (!packet || !packet.resize(rtp::kFixedHeaderSize + kPayload)) std::exit(1);
    auto* octets = packet.octets().data();
    std::memset(octets, 0x55, packet.size());
    ++caller.sequence;
    rtp::write_header(octets, {.ssrc = caller.to.port.number,
                               .timestamp = 160u * caller.sequence,
                               .sequence = caller.sequence,
                               .payload_type = 0,
                               .marker = false});
    const auto payload = packet.octets();
    caller.headers.write(packet.prepend(caller.headers.size()), payload);
    return packet;
  }

  /// Cycles per packet of the worker's turns over one chunk.
  double chunk() {
    auto* in = rte_ring_lookup("bench_rx0");
    auto* out = rte_ring_lookup("bench_tx0");
    for (std::size_t i = 0; i < kChunk; ++i) {
      auto packet = frame(callers_[next_++ % callers_.size()]);
      if (rte_ring_sp_enqueue(in, packet.release()) != 0) std::exit(1);
    }
    now_ += std::chrono::milliseconds{5};
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
    for (std::size_t i = 0; i < kChunk; ++i)
      (void)rte_ring_sp_enqueue(in, frame(callers_[next_++ % callers_.size()]).release());
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
    for (std::size_t i = 0; i < kChunk; ++i) packets.push_back(frame(callers_[next_++ % callers_.size()]));
    const auto start = rte_rdtsc_precise();
    for (auto& packet : packets) stage(packet);
    const auto end = rte_rdtsc_precise();
    return static_cast<double>(end - start) / kChunk;
  }

  std::vector<Caller>& callers() { return callers_; }
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
  std::vector<Caller> callers_;
  base::Instant now_;
  std::size_t next_{0}, offered_{0}, relayed_{0};
};

template <typename Chunk>
double median(int chunks, Chunk chunk) {
  std::vector<double> all;
  for (int i = 0; i < chunks; ++i) all.push_back(chunk());
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

int run(std::size_t sessions, bool hugepages) {
  Bench bench{sessions, hugepages};
  for (std::size_t i = 0; i < 8 * sessions / kChunk + 8; ++i) bench.chunk();  // learn addresses and next hops
  bench.forget();
  const auto total = median(200, [&] { return bench.chunk(); });
  const auto lost = bench.lost();
  const auto echo = median(100, [&] { return bench.echo_chunk(); });
  std::uint64_t sink = 0;
  const auto parse = median(100, [&] {
    return bench.stage_chunk([&](Packet& packet) { sink += parse_frame(packet.octets()).payload_size; });
  });
  const auto verify = median(100, [&] {
    return bench.stage_chunk([&](Packet& packet) {
      sink += udp_checksum_good(packet.octets(), parse_frame(packet.octets())) ? 1 : 0;
    });
  });
  std::size_t next = 0;
  const auto address = median(100, [&] {
    return bench.stage_chunk([&](Packet& packet) {
      packet.narrow(42, packet.size() - 42);
      const auto payload = packet.octets();
      auto& headers = bench.callers()[next++ % bench.callers().size()].headers;
      headers.write(packet.prepend(headers.size()), payload);
    });
  });
  std::printf("relay over net_ring, %zu sessions, %zu octets of payload, %s\n", sessions, kPayload,
              bench.hugepages() ? "2 MiB pages" : "4 KiB pages");
  std::printf("  whole turn            %6.0f cycles/packet, %zu packets lost\n", total, lost);
  std::printf("  of this: port rx+tx   %6.0f\n", echo);
  std::printf("           parse        %6.0f\n", parse);
  std::printf("           verify sum   %6.0f\n", verify - parse);
  std::printf("           headers+sums %6.0f\n", address);
  std::printf("           lookup, admission, tracking, counters %6.0f\n", total - echo - verify - address);
  return sink != 0 && lost == 0 ? 0 : 1;
}

}  // namespace
}  // namespace dataplane

int main(int argc, char** argv) {
  const std::size_t sessions = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 2000;
  const bool hugepages = argc > 2 && std::string{argv[2]} == "huge";
  return dataplane::run(sessions, hugepages);
}
