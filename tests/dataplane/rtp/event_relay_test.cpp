#include "dataplane/rtp/event_relay.h"

#include <gtest/gtest.h>

#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp {
namespace {

using namespace std::chrono_literals;
constexpr base::ClockRate k8k{8000};
constexpr base::ClockRate k48k{48000};

TEST(EventRelay, RetimesACapturedCallTo48k) {
  Restamper stream(0xABCD, 100, 5000, k48k);
  EventRelay events(k8k);
  std::size_t packets = 0;
  std::size_t markers = 0;
  std::size_t ends = 0;
  std::size_t completed = 0;
  std::uint16_t sequence = 100;
  std::uint32_t first_timestamp = 0;
  for (const auto& packet : test::read_packets("asterisk-pcmu-events.txt")) {
    const auto h = parse(packet.octets);
    const base::Instant now{std::chrono::microseconds{packet.us}};
    if (!stream.started()) {
      first_timestamp = h->timestamp;
      stream.anchor(h->timestamp, k8k, now);
    }
    if (h->payload_type != 101) {
      const auto audio = stream.stamp(111, stream.map(h->timestamp), 960, now);
      ASSERT_EQ(audio.sequence, sequence++) << "events and audio share one sequence";
      continue;
    }
    const auto in = *parse_event(h->payload);
    const auto out = events.relay(stream, 96, h->timestamp, h->marker, in, now);
    ++packets;
    ASSERT_EQ(out.packet.fields.payload_type, 96);
    ASSERT_EQ(out.packet.fields.sequence, sequence++);
    ASSERT_EQ(out.packet.fields.timestamp, 5000 + 6 * (h->timestamp - first_timestamp));
    ASSERT_EQ(out.packet.fields.marker, h->marker);
    ASSERT_EQ(out.packet.report.duration, 6 * in.duration);
    ASSERT_EQ(out.packet.report.end, in.end);
    ASSERT_EQ(out.packet.report.volume, in.volume);
    markers += out.packet.fields.marker;
    ends += out.packet.report.end;
    completed += out.completed.has_value();
  }
  EXPECT_EQ(packets, 120u);
  EXPECT_EQ(markers, 10u);
  EXPECT_EQ(ends, 30u);
  EXPECT_EQ(completed, 10u);
}

class Relay : public testing::Test {
 protected:
  EventRelay::Result packet(std::uint32_t timestamp, std::uint16_t duration, bool end = false,
                            bool marker = false) {
    now += 20ms;
    return events.relay(stream, 96, timestamp, marker,
                        {.event = 1, .end = end, .volume = 10, .duration = duration}, now);
  }
  base::Instant now{};
  Restamper stream{1, 0, 0, k48k};
  EventRelay events{k8k};
};

TEST_F(Relay, SplitsWhatDoesNotFitAt48k) {
  stream.anchor(1000, k8k, now);
  EXPECT_TRUE(packet(1000, 160, false, true).packet.fields.marker);
  auto last = packet(1000, 10922).packet;  // 65532 at 48 kHz
  EXPECT_EQ(last.fields.timestamp, 0u);
  EXPECT_EQ(last.report.duration, 65532);
  last = packet(1000, 11082).packet;  // 66492
  EXPECT_EQ(last.fields.timestamp, 0xFFFFu);
  EXPECT_EQ(last.report.duration, 66492 - 65535);
  EXPECT_FALSE(last.fields.marker) << "a segment is no beginning";
  last = packet(1000, 40000, true).packet;  // 240000 = 3 * 65535 + 43395
  EXPECT_EQ(last.fields.timestamp, 3 * 65535u);
  EXPECT_EQ(last.report.duration, 43395);
  EXPECT_TRUE(last.report.end);
}

TEST_F(Relay, JoinsSegmentsThatFitAt8k) {
  Restamper narrow(1, 0, 0, k8k);
  EventRelay wide(k48k);
  narrow.anchor(0, k48k, now);
  const auto report = [&](std::uint32_t timestamp, std::uint16_t duration, bool end) {
    return wide.relay(narrow, 101, timestamp, timestamp == 0, {.event = 1, .end = end, .duration = duration},
                      now);
  };
  EXPECT_EQ(report(0, 0xFFFF, false).packet.report.duration, 10922);
  const auto last = report(0xFFFF, 0x8000, true);
  EXPECT_EQ(last.packet.fields.timestamp, 0u);
  EXPECT_EQ(last.packet.report.duration, (0xFFFF + 0x8000) / 6);
  EXPECT_EQ(last.completed->duration_ms, (0xFFFFu + 0x8000) / 48);
}

TEST_F(Relay, DurationsAtAnotherClockThanTheTimestamps) {
  // telephone-event/8000 beside opus/48000 in one stream, to a receiver of 8000.
  Restamper narrow(1, 0, 0, k8k);
  narrow.anchor(4800, k48k, now);
  const TelephoneEvent report{.event = 5, .end = true, .volume = 10, .duration = 1600};
  const auto out = events.relay(narrow, 101, 4800 + 48000, true, report, now, k8k);
  EXPECT_EQ(out.packet.fields.timestamp, 8000u);
  EXPECT_EQ(out.packet.report.duration, 1600);
  EXPECT_EQ(out.completed->duration_ms, 200u);
}

TEST_F(Relay, TheStreamsClockIsTheEventsUnlessToldOtherwise) {
  stream.anchor(0, k48k, now);
  EXPECT_EQ(packet(0, 9600, true).completed->duration_ms, 200u) << "whatever clock it was built with";
}

TEST_F(Relay, MarksTheFirstPacketThatGotThrough) {
  stream.anchor(1000, k8k, now);
  (void)stream.stamp(111, stream.map(1000), 960, now);
  EXPECT_TRUE(packet(1160, 320).packet.fields.marker) << "the sender's first, with its marker, was lost";
  EXPECT_FALSE(packet(1160, 480).packet.fields.marker);
}

TEST_F(Relay, TimeGoesOnWhileTheTimestampStands) {
  stream.anchor(1000, k8k, now);
  for (std::uint16_t i = 1; i <= 50; ++i) packet(1000, static_cast<std::uint16_t>(i * 160));
  EXPECT_EQ(stream.timestamp_at(now), 48000u);
  stream.anchor(0, k8k, now + 20ms);  // another source right behind the event
  EXPECT_EQ(stream.map(0), 48960u);
}

TEST(EventSender, SendsUpdatesAndTheEndThreeTimes) {
  Restamper stream(1, 10, 0, k8k);
  EventSender sender(101, 11, 10, 4000, 480, 160);
  const std::uint16_t durations[] = {160, 320, 480, 480, 480};
  for (std::size_t i = 0; i < std::size(durations); ++i) {
    ASSERT_FALSE(sender.done());
    const auto packet = sender.next(stream, base::Instant{i * 20ms});
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->fields.timestamp, 4000u);
    EXPECT_EQ(packet->fields.sequence, 10 + i);
    EXPECT_EQ(packet->fields.marker, i == 0);
    EXPECT_EQ(packet->report, (TelephoneEvent{11, i >= 2, 10, durations[i]}));
  }
  EXPECT_TRUE(sender.done());
  EXPECT_FALSE(sender.next(stream, base::Instant{}));
}

TEST(EventSender, ADurationThatIsNoMultipleAndASegmentedOne) {
  Restamper stream(1, 10, 0, k48k);
  EventSender sender(101, 1, 10, 0, 70000, 30000);
  EXPECT_EQ(sender.next(stream, {})->report.duration, 30000);
  EXPECT_EQ(sender.next(stream, {})->report.duration, 60000);
  const auto last = sender.next(stream, {});
  EXPECT_EQ(last->fields.timestamp, 65535u);
  EXPECT_EQ(last->report.duration, 70000 - 65535);
  EXPECT_TRUE(last->report.end);
}

}  // namespace
}  // namespace dataplane::rtp
