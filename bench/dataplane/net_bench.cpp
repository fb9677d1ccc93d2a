/// \file
/// What the headers of one 214-octet frame (20 ms of PCMU) cost: parsing, verifying, writing. 2,000 flows in
/// rotation.

#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "dataplane/net/frame.h"
#include "dataplane/net/header_template.h"
#include "dataplane/net/routes.h"

namespace {

using namespace dataplane;
constexpr std::size_t kFlows = 2000;
constexpr std::size_t kPayload = 172;
/// Fixed, so that instruction counts of two runs can be subtracted.
constexpr std::size_t kPackets = 1'000'000;

struct Flow {
  HeaderTemplate header;
  std::vector<std::byte> frame;
};

std::vector<Flow> flows(const char* source, const char* destination) {
  std::vector<Flow> flows(kFlows);
  for (std::size_t i = 0; i < kFlows; ++i) {
    base::SocketAddress from{*base::IpAddress::parse(source), {static_cast<std::uint16_t>(4000 + i)}};
    from.ip.octets[3] = static_cast<std::uint8_t>(i);
    const base::SocketAddress to{*base::IpAddress::parse(destination),
                                 {static_cast<std::uint16_t>(20000 + 2 * i)}};
    auto& flow = flows[i];
    flow.header = HeaderTemplate{{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}, from, to, 0xB8};
    flow.frame.assign(flow.header.size() + kPayload, std::byte{0x55});
    flow.header.write(flow.frame.data(), base::Octets{flow.frame}.subspan(flow.header.size()));
  }
  return flows;
}

template <typename Work>
void run(benchmark::State& state, bool v6, Work work) {
  auto all = v6 ? flows("2001:db8::1", "2001:db8::2") : flows("192.0.2.1", "198.51.100.2");
  std::size_t next = 0;
  for (auto _ : state) {
    work(all[next]);
    next = next + 1 == kFlows ? 0 : next + 1;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void parse(benchmark::State& state) {
  run(state, state.range(0) == 6, [](Flow& flow) { benchmark::DoNotOptimize(parse_frame(flow.frame)); });
}
BENCHMARK(parse)->Arg(4)->Arg(6)->Iterations(kPackets);

void parse_and_verify(benchmark::State& state) {
  run(state, state.range(0) == 6, [](Flow& flow) {
    const auto frame = parse_frame(flow.frame);
    benchmark::DoNotOptimize(udp_checksum_good(flow.frame, frame));
  });
}
BENCHMARK(parse_and_verify)->Arg(4)->Arg(6)->Iterations(kPackets);

void write_headers(benchmark::State& state) {
  run(state, state.range(0) == 6, [](Flow& flow) {
    flow.header.write(flow.frame.data(), base::Octets{flow.frame}.subspan(flow.header.size()));
    benchmark::ClobberMemory();
  });
}
BENCHMARK(write_headers)->Arg(4)->Arg(6)->Iterations(kPackets);

void find_route(benchmark::State& state) {
  NeighbourBoard board;
  Routes routes{{nullptr}, board};
  std::vector<base::IpAddress> addresses;
  for (std::size_t i = 0; i < kFlows; ++i) {
    addresses.push_back(
        base::IpAddress::v4(10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)));
    routes.set({addresses.back(), 0, {2, 0, 0, 0, 0, 2}, true}, {});
  }
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(routes.find(addresses[0], addresses[next], {}));
    next = next + 1 == kFlows ? 0 : next + 1;
  }
}
BENCHMARK(find_route)->Iterations(kPackets);

}  // namespace

BENCHMARK_MAIN();
