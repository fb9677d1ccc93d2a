#include "dataplane/rtp/event.h"

#include <gtest/gtest.h>

#include <string>

#include "dataplane/rtp/header.h"
#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp {
namespace {

using namespace std::chrono_literals;
using test::from_hex;
constexpr base::ClockRate k8k{8000};

TEST(TelephoneEvent, ReadsAndWritesItsFourOctets) {
  const auto octets = from_hex("0b ca 0640");
  const auto e = parse_event(octets);
  ASSERT_TRUE(e);
  EXPECT_EQ(*e, (TelephoneEvent{.event = 11, .end = true, .volume = 10, .duration = 1600}));
  std::vector<std::byte> written(4);
  write_event(written.data(), *e);
  EXPECT_EQ(written, from_hex("0b 8a 0640")) << "the reserved bit is ours to clear";
  EXPECT_FALSE(parse_event(from_hex("0b8a06")));
  EXPECT_TRUE(parse_event(from_hex("0b8a0640 0a8a0640"))) << "several reports in one packet";
}

class Tracker : public testing::Test {
 protected:
  std::optional<CompletedEvent> packet(std::uint32_t timestamp, std::uint8_t event, std::uint16_t duration,
                                       bool end = false, bool marker = false) {
    now += 20ms;
    return tracker.track(timestamp, marker, {.event = event, .end = end, .volume = 10, .duration = duration},
                         now);
  }
  EventTracker tracker{k8k};
  base::Instant now{};
};

TEST_F(Tracker, TellsAnEventOnceAtItsFirstEnd) {
  EXPECT_FALSE(packet(1000, 5, 160, false, true));
  EXPECT_FALSE(packet(1000, 5, 320));
  EXPECT_EQ(packet(1000, 5, 800, true), (CompletedEvent{5, 10, 100}));
  EXPECT_FALSE(packet(1000, 5, 800, true));
  EXPECT_FALSE(packet(1000, 5, 800, true));
  EXPECT_FALSE(tracker.expire(now + 1h));
  EXPECT_EQ(packet(3000, 5, 400, true), (CompletedEvent{5, 10, 50}))
      << "the same digit again, one packet of it";
}

TEST_F(Tracker, AnEndThatWasLostIsToldByTheNextEvent) {
  EXPECT_FALSE(packet(1000, 1, 160));
  EXPECT_FALSE(packet(1000, 1, 480));
  EXPECT_EQ(packet(2000, 2, 160, false, true), (CompletedEvent{1, 10, 60}));
  EXPECT_EQ(packet(2000, 2, 320, true), (CompletedEvent{2, 10, 40}));
}

TEST_F(Tracker, OrByTime) {
  EXPECT_FALSE(tracker.expiry());
  EXPECT_FALSE(packet(1000, 1, 160));
  EXPECT_EQ(tracker.expiry(), now + kEventTimeout);
  EXPECT_FALSE(tracker.expire(now + kEventTimeout - 1ns));
  EXPECT_EQ(tracker.expire(now + kEventTimeout), (CompletedEvent{1, 10, 20}));
  EXPECT_FALSE(packet(1000, 1, 320, true)) << "its end, after all: told already";
}

TEST_F(Tracker, LatePacketsOfAnEarlierEventAreNoNews) {
  EXPECT_TRUE(packet(1000, 1, 160, true));
  EXPECT_FALSE(packet(2000, 2, 160));
  EXPECT_FALSE(packet(1000, 1, 160, true));
  EXPECT_TRUE(packet(2000, 2, 320, true));
}

TEST_F(Tracker, ReorderedUpdatesDoNotShortenIt) {
  EXPECT_FALSE(packet(1000, 1, 480));
  EXPECT_FALSE(packet(1000, 1, 320));
  EXPECT_EQ(tracker.expire(now + 1s), (CompletedEvent{1, 10, 60}));
}

TEST_F(Tracker, ALongEventIsOneOverItsSegments) {  // RFC 4733 §2.5.1.3
  EXPECT_FALSE(packet(1000, 9, 160, false, true));
  EXPECT_FALSE(packet(1000, 9, 0xFFFF));
  EXPECT_FALSE(packet(1000 + 0xFFFF, 9, 160));
  EXPECT_EQ(packet(1000 + 0xFFFF, 9, 8001, true), (CompletedEvent{9, 10, 9192}));
}

TEST_F(Tracker, TheSameDigitPressedAgainIsNoSegment) {
  EXPECT_FALSE(packet(1000, 9, 800, false, true));
  EXPECT_EQ(packet(1800, 9, 160, false, true), (CompletedEvent{9, 10, 100})) << "the marker says so";
}

TEST_F(Tracker, TimestampsWrap) {
  EXPECT_TRUE(packet(0xFFFFFF00u, 1, 160, true));
  EXPECT_TRUE(packet(0x00000100u, 2, 160, true));
}

std::string digits_of(const char* file, std::uint8_t payload_type, std::uint32_t duration_ms) {
  std::string digits;
  EventTracker tracker{k8k};
  for (const auto& packet : test::read_packets(file)) {
    const auto h = parse(packet.octets);
    if (h->payload_type != payload_type) continue;
    const auto done = tracker.track(h->timestamp, h->marker, *parse_event(h->payload),
                                    base::Instant{std::chrono::microseconds{packet.us}});
    if (!done) continue;
    digits += static_cast<char>('0' + done->event);
    EXPECT_EQ(done->duration_ms, duration_ms);
  }
  return digits;
}

TEST(CapturedEvents, AreTheDigitsThatWereDialled) {
  EXPECT_EQ(digits_of("asterisk-pcmu-events.txt", 101, 200), "2013785496");
  EXPECT_EQ(digits_of("pcma-30ms-events.txt", 96, 120), "6789123");
}

}  // namespace
}  // namespace dataplane::rtp
