/// \file
/// What one RTP packet costs in parsing, admission and tracking, with 2,000 sources in rotation.

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "dataplane/rtp/demux.h"
#include "dataplane/rtp/header.h"
#include "dataplane/rtp/learning.h"
#include "dataplane/rtp/reorder.h"
#include "dataplane/rtp/restamp.h"
#include "dataplane/rtp/source.h"

namespace {

using namespace dataplane;
using namespace dataplane::rtp;
constexpr std::size_t kStreams = 2000;
/// Fixed, so that instruction counts of two runs can be subtracted.
constexpr std::size_t kPackets = 1'000'000;
constexpr base::ClockRate kClock{8000};

/// One received stream and the 20 ms PCMU packet that it sends over and over.
struct Stream {
  explicit Stream(std::uint32_t number)
      : from{base::IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(number)),
             base::UdpPort{static_cast<std::uint16_t>(number)}},
        learner(SourcePolicy{}, from),
        source(number, 0, kClock, 1),
        stamper(number, 0, 0, kClock) {
    write_header(packet.data(), {.ssrc = number});
    queue.restart(0);
    stamper.anchor(0, kClock, {});
  }

  std::array<std::byte, 172> packet{};
  base::SocketAddress from;
  AddressLearner learner;
  Source source;
  ReorderQueue queue;
  Restamper stamper;
};

template <typename Work>
void rotate(benchmark::State& state, const Work& work) {
  std::vector<Stream> streams;
  streams.reserve(kStreams);
  for (std::uint32_t i = 0; i < kStreams; ++i) streams.emplace_back(i + 1);
  std::size_t next = 0;
  std::uint16_t sequence = 0;
  base::Instant now{};
  for (auto _ : state) {
    Stream& stream = streams[next];
    set_sequence(stream.packet.data(), sequence);
    set_timestamp(stream.packet.data(), sequence * 160u);
    work(stream, now);
    if (++next < kStreams) continue;
    next = 0;
    ++sequence;
    now += std::chrono::milliseconds{20};
  }
}

bool admit_and_track(Stream& stream, const RtpHeader& h, base::Instant now) {
  if (stream.learner.judge(stream.from, now) == Admission::kStranger) return false;
  if (!is_accepted(stream.source.receive(h.sequence, h.payload.size()))) return false;
  stream.source.track_jitter(h.timestamp, now);
  return true;
}

/// The loop itself, to be subtracted.
void nothing(benchmark::State& state) {
  rotate(state, [](Stream& stream, base::Instant) { benchmark::DoNotOptimize(stream.packet); });
}
BENCHMARK(nothing)->Iterations(kPackets);

void parsed(benchmark::State& state) {
  rotate(state, [](Stream& stream, base::Instant) {
    benchmark::DoNotOptimize(classify(stream.packet));
    benchmark::DoNotOptimize(parse(stream.packet));
  });
}
BENCHMARK(parsed)->Iterations(kPackets);

void relayed(benchmark::State& state) {
  rotate(state, [](Stream& stream, base::Instant now) {
    if (classify(stream.packet) != Protocol::kRtp) return;
    const auto h = parse(stream.packet);
    if (!h || !admit_and_track(stream, *h, now)) std::abort();
    set_payload_type(stream.packet.data(), 8);
  });
}
BENCHMARK(relayed)->Iterations(kPackets);

void restamped(benchmark::State& state) {
  rotate(state, [](Stream& stream, base::Instant now) {
    if (classify(stream.packet) != Protocol::kRtp) return;
    const auto h = parse(stream.packet);
    if (!h || !admit_and_track(stream, *h, now)) std::abort();
    const MediaPacket packet{
        .timestamp = h->timestamp, .sequence = h->sequence, .arrival = now, .payload = h->payload};
    if (stream.queue.offer(packet) != ReorderQueue::Offer::kPass) std::abort();
    const auto fields = stream.stamper.stamp(8, stream.stamper.map(h->timestamp), 160, now);
    set_ssrc(stream.packet.data(), fields.ssrc);
  });
}
BENCHMARK(restamped)->Iterations(kPackets);

}  // namespace

BENCHMARK_MAIN();
