// Datagrams of two octets of length and that many octets each, as one source's stream through all that
// follows it: never a crash, never a span outside the datagram, never a packet twice or out of order.
#include <cstring>

#include "dataplane/rtp/demux.h"
#include "dataplane/rtp/header.h"
#include "dataplane/rtp/reorder.h"
#include "dataplane/rtp/restamp.h"
#include "dataplane/rtp/source.h"
#include "dataplane/rtp/timeline.h"

namespace {

using namespace dataplane::rtp;

void check(bool holds) {
  if (!holds) __builtin_trap();
}

void check_inside(const RtpHeader& h, base::Octets datagram) {
  const std::byte* const end = datagram.data() + datagram.size();
  check(h.payload.data() >= datagram.data() + kFixedHeaderSize);
  check(h.payload.data() + h.payload.size() + h.padding == end);
  check(h.extension.data() == nullptr || h.extension.data() + h.extension.size() == h.payload.data());
}

struct Stream {
  explicit Stream(const RtpHeader& first) : source(first.ssrc, first.sequence, base::ClockRate{8000}) {
    queue.restart(first.sequence);
  }

  void take(const RtpHeader& h, base::Instant now) {
    const Verdict verdict = source.receive(h.sequence, h.payload.size());
    if (!is_accepted(verdict)) return;
    source.track_jitter(h.timestamp, now);
    const bool restart = verdict == Verdict::kRestart;
    if (restart) queue.restart(h.sequence);
    started = started && !restart;
    const MediaPacket packet{
        .timestamp = h.timestamp, .sequence = h.sequence, .arrival = now, .payload = h.payload};
    if (queue.offer(packet) == ReorderQueue::Offer::kPass) give(packet, 0, restart);
    for (auto next = queue.next(now); next.state == ReorderQueue::State::kPacket; next = queue.next(now)) {
      give(next.packet, next.missing, restart);
    }
    check(queue.held() < kReorderSlots);
  }

  void give(const MediaPacket& packet, std::uint16_t missing, bool restart) {
    const auto step = static_cast<std::uint16_t>(packet.sequence - last);
    check(!started || step == missing + 1);
    last = packet.sequence;
    if (timeline.advance(packet.timestamp, 160, missing, packet.arrival, restart && !started).kind ==
        Step::Kind::kRestart) {
      stamper.anchor(packet.timestamp, timeline.clock(), packet.arrival);
    }
    started = true;
    (void)stamper.stamp(0, stamper.map(packet.timestamp), 160, packet.arrival, missing);
  }

  Source source;
  ReorderQueue queue;
  SourceTimeline timeline{base::ClockRate{8000}};
  Restamper stamper{1, 0, 0, base::ClockRate{48000}};
  bool started{false};
  std::uint16_t last{0};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  base::Octets rest = std::as_bytes(std::span{data, size});
  std::optional<Stream> stream;
  base::Instant now{};
  while (rest.size() >= 2) {
    const std::size_t length = std::min<std::size_t>(base::load_be16(rest.data()) & 0x0FFF, rest.size() - 2);
    now += std::chrono::milliseconds{base::load_u8(rest.data()) >> 4};
    const base::Octets datagram = rest.subspan(2, length);
    rest = rest.subspan(2 + length);
    (void)classify(datagram);
    const auto h = parse(datagram);
    if (!h) continue;
    check_inside(*h, datagram);
    if (!stream) stream.emplace(*h);
    stream->take(*h, now);
  }
  return 0;
}
