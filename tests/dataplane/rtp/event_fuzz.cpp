// Event packets of ten octets each (timestamp step, marker, time, report): never a crash, never a duration
// beyond its sixteen bits, an event told once.
#include "dataplane/rtp/event_relay.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace dataplane::rtp;
  base::Octets rest = std::as_bytes(std::span{data, size});
  constexpr base::ClockRate kClocks[] = {{8000}, {48000}, {16000}, {44100}};
  if (rest.size() < 2) return 0;
  const base::ClockRate in = kClocks[base::load_u8(rest.data()) % 4];
  Restamper stream(1, 0, 0, kClocks[base::load_u8(rest.data() + 1) % 4]);
  rest = rest.subspan(2);
  EventRelay events(in);
  stream.anchor(0, in, {});
  std::uint32_t timestamp = 0;
  base::Instant now{};
  std::size_t told = 0;
  std::size_t packets = 0;
  for (; rest.size() >= 10; rest = rest.subspan(10)) {
    timestamp += base::load_be32(rest.data());
    now += std::chrono::milliseconds{base::load_u8(rest.data() + 5)};
    const auto report = parse_event(rest.subspan(6, 4));
    if (!report) __builtin_trap();
    told += events.tracker().expire(now).has_value();
    const auto out =
        events.relay(stream, 101, timestamp, (base::load_u8(rest.data() + 4) & 1) != 0, *report, now);
    told += out.completed.has_value();
    if (told > ++packets) __builtin_trap();
    if (out.packet.report.event != report->event || out.packet.report.end != report->end) __builtin_trap();
  }
  return 0;
}
