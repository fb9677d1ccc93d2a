// Cycles per relayed packet over a memory port, everything on: checksum verification, lookup, admission,
// source tracking, counters, new headers with checksums. Packets of many sessions come in rotation, so that
// no session's state stays in the first cache. Times are TSC cycles; the median over short chunks leaves out
// what the machine does beside. The bench itself keeps two octets per stream and few frames on the wire: what
// is in the caches is the worker's.
#include <rte_cycles.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "bench/dataplane/memory_worker.h"
#include "dataplane/net/checksum.h"
#include "dataplane/rtp/header.h"

namespace dataplane {
namespace {

using bench::MemoryWorker;

constexpr std::size_t kPayload = 160;
constexpr std::size_t kChunk = 256;     // frames on the wire at a time
constexpr std::size_t kPackets = 1023;  // so that buffers come back soon, as those of a NIC's ring do
class Bench {
 public:
  Bench(std::size_t sessions, bool hugepages)
      : worker_(kPackets, hugepages), sequences_(2 * sessions), now_(worker_.started()) {
    SessionPlan plan;
    plan.endpoints.resize(2);
    for (auto& endpoint : plan.endpoints)
      endpoint.receive = {ReceiveFormat{0, {"PCMU", {8000}, 1, ""}, nullptr}};
    plan.flows = {FlowPlan{.from = 0, .to = 1, .rules = {}, .send = {}},
                  FlowPlan{.from = 1, .to = 0, .rules = {}, .send = {}}};
    for (std::size_t i = 0; i < sessions; ++i) worker_.add(plan);
    headers_ = worker_.callers().front().headers;
  }

  /// The next frame in rotation: that of the first stream, but for ports and numbers.
  Packet frame() {
    const auto i = next_++ % sequences_.size();
    auto packet = worker_.pool().allocate();
    if (!packet || !packet.resize(rtp::kFixedHeaderSize + kPayload)) std::exit(1);
    auto* octets = packet.octets().data();
    std::memset(octets, 0x55, packet.size());
    const auto sequence = ++sequences_[i];
    rtp::write_header(octets, {.ssrc = MemoryWorker::local_port(i),
                               .timestamp = 160u * sequence,
                               .sequence = sequence,
                               .payload_type = 0,
                               .marker = false});
    const auto payload = packet.octets();
    auto* const udp = packet.prepend(headers_.size()) + kEthernetHeader + kIpv4Header;
    headers_.write(packet.octets().data(), payload);
    const std::array<std::uint16_t, 2> ports{__builtin_bswap16(MemoryWorker::remote_port(i)),
                                             __builtin_bswap16(MemoryWorker::local_port(i))};
    auto sum =
        checksum_subtract(static_cast<std::uint16_t>(~detail::load_native<std::uint16_t>(udp + 6)), {udp, 4});
    std::memcpy(udp, ports.data(), sizeof ports);
    checksum_store(udp + 6, checksum_add(sum, {udp, 4}));
    return packet;
  }

  /// Cycles per packet of the worker's turns over one chunk.
  double chunk() {
    for (std::size_t i = 0; i < kChunk; ++i) worker_.put(frame());
    // As long as so many packets take at fifty a second from each side, for the timers.
    now_ += std::chrono::nanoseconds{20'000'000 * kChunk / sequences_.size()};
    const auto start = rte_rdtsc_precise();
    for (std::size_t i = 0; i < kChunk / kBurst; ++i) worker_.turn(now_);
    const auto end = rte_rdtsc_precise();
    relayed_ += worker_.take();
    offered_ += kChunk;
    return static_cast<double>(end - start) / kChunk;
  }

  /// The memory port alone: receive a burst, transmit it.
  double echo_chunk() {
    for (std::size_t i = 0; i < kChunk; ++i) worker_.put(frame());
    const auto start = rte_rdtsc_precise();
    for (std::size_t i = 0; i < kChunk / kBurst; ++i) {
      std::array<Packet, kBurst> burst;
      const auto n = worker_.port().receive_burst(0, burst);
      (void)worker_.port().transmit_burst(0, std::span{burst}.first(n));
    }
    const auto end = rte_rdtsc_precise();
    worker_.take();
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
  [[nodiscard]] std::vector<HeaderTemplate> templates() {
    std::vector<HeaderTemplate> all;
    for (const auto& caller : worker_.callers())
      all.emplace_back(worker_.port().mac(), bench::kPeerMac, caller.to, caller.from, 0);
    return all;
  }
  [[nodiscard]] std::size_t lost() const { return offered_ - relayed_; }
  [[nodiscard]] bool hugepages() const { return worker_.hugepages(); }
  void forget() { offered_ = relayed_ = 0; }

 private:
  MemoryWorker worker_;
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
