#include "dataplane/rtp/reorder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dataplane/rtp/header.h"
#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp {
namespace {

using namespace std::chrono_literals;
using Offer = ReorderQueue::Offer;
using State = ReorderQueue::State;

class Reorder : public testing::Test {
 protected:
  static MediaPacket packet(std::uint16_t sequence, base::Instant arrival, base::Octets payload = {}) {
    return {.timestamp = sequence * 160u, .sequence = sequence, .arrival = arrival, .payload = payload};
  }
  /// Offers, drains, and appends to `out`: sequence numbers, and "-n" before one where n are missing.
  void feed(std::uint16_t sequence, base::Instant now) {
    const auto offer = queue.offer(packet(sequence, now));
    if (offer == Offer::kPass) {
      out += " " + std::to_string(sequence);
    } else if (offer != Offer::kHeld) {
      out += offer == Offer::kTooLate ? " late" : " full";
    }
    drain(now);
  }
  void drain(base::Instant now) {
    for (auto next = queue.next(now); next.state == State::kPacket; next = queue.next(now)) {
      if (next.missing != 0) out += " -" + std::to_string(next.missing);
      out += " " + std::to_string(next.packet.sequence);
    }
  }

  ReorderQueue queue;
  std::string out;
};

TEST_F(Reorder, InOrderPassesUncopied) {
  queue.restart(65534);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(queue.offer(packet(static_cast<std::uint16_t>(65534 + i), {})), Offer::kPass);
    EXPECT_EQ(queue.next({}).state, State::kEmpty);
  }
}

TEST_F(Reorder, SwappedNeighboursAreSwappedBack) {
  queue.restart(10);
  for (const std::uint16_t s : {10, 12, 11, 13, 15, 16, 14, 17}) feed(s, base::Instant{});
  EXPECT_EQ(out, " 10 11 12 13 14 15 16 17");
}

TEST_F(Reorder, AcrossTheRollOver) {
  queue.restart(65534);
  for (const std::uint16_t s : {65534, 0, 65535, 2, 1}) feed(s, base::Instant{});
  EXPECT_EQ(out, " 65534 65535 0 1 2");
}

TEST_F(Reorder, AGapIsGivenUpAfterItsTime) {
  queue.restart(1);
  feed(1, base::Instant{0ms});
  feed(3, base::Instant{40ms});
  const auto wait = queue.next(base::Instant{40ms});
  EXPECT_EQ(wait.state, State::kWait);
  EXPECT_EQ(wait.until, base::Instant{80ms});
  feed(4, base::Instant{60ms});
  EXPECT_EQ(out, " 1");
  drain(base::Instant{80ms} - 1ns);
  EXPECT_EQ(out, " 1");
  drain(base::Instant{80ms});
  EXPECT_EQ(out, " 1 -1 3 4");
  feed(2, base::Instant{81ms});
  EXPECT_EQ(out, " 1 -1 3 4 late");
}

TEST_F(Reorder, TheClockOfAGapStartsWithTheFirstPacketBehindIt) {
  queue.restart(1);
  feed(4, base::Instant{10ms});
  feed(2, base::Instant{30ms});  // sorts before 4; 1 is still missing since 10 ms
  EXPECT_EQ(queue.next(base::Instant{30ms}).until, base::Instant{50ms});
  drain(base::Instant{50ms});
  EXPECT_EQ(out, " -1 2 -1 4") << "and so is 3";
}

TEST_F(Reorder, HoldsNoMoreThanItsSlots) {
  queue.restart(1);
  for (std::uint16_t s = 2; s <= kReorderSlots; ++s)
    feed(s, base::Instant{});  // 5 ms packets, no time passes
  EXPECT_EQ(out, " -1 2 3 4 5 6 7 8");
  EXPECT_EQ(queue.held(), 0u);
}

TEST_F(Reorder, AWideGapIsNotWaitedFor) {
  queue.restart(1);
  feed(1, base::Instant{});
  feed(2 + kReorderSlots, base::Instant{});
  EXPECT_EQ(out, " 1 -8 10");
}

TEST_F(Reorder, RefusesDuplicatesOfWhatIsHeldOrGone) {
  queue.restart(1);
  feed(1, {});
  feed(1, {});
  feed(3, {});
  feed(3, {});
  feed(5, {});
  feed(3, {});
  EXPECT_EQ(out, " 1 late late late");
}

TEST_F(Reorder, ACallerWhoDoesNotDrainLosesTheNewest) {
  queue.restart(1);
  for (std::uint16_t s = 2; s < 2 + kReorderSlots; ++s) EXPECT_EQ(queue.offer(packet(s, {})), Offer::kHeld);
  EXPECT_EQ(queue.offer(packet(50, {})), Offer::kNoRoom);
}

TEST_F(Reorder, HeldPayloadsAreCopies) {
  std::array<std::byte, kReorderPayload> payload;
  payload.fill(std::byte{0x5a});
  queue.restart(1);
  EXPECT_EQ(queue.offer(packet(2, {}, payload)), Offer::kHeld);
  payload.fill(std::byte{0});
  EXPECT_EQ(queue.offer(packet(1, {}, base::Octets{payload}.first(3))), Offer::kHeld)
      << "keeps the order of draining";
  auto next = queue.next({});
  EXPECT_EQ(next.packet.payload.size(), 3u);
  next = queue.next({});
  ASSERT_EQ(next.packet.payload.size(), kReorderPayload);
  for (const auto octet : next.packet.payload) ASSERT_EQ(octet, std::byte{0x5a});
  const std::vector<std::byte> jumbo(kReorderPayload + 1);
  EXPECT_EQ(queue.offer(packet(5, {}, jumbo)), Offer::kNoRoom);
}

TEST_F(Reorder, RestartForgetsWhatWasHeld) {
  queue.restart(1);
  feed(3, {});
  feed(4, {});
  EXPECT_EQ(queue.restart(40000), 2u);
  feed(40000, {});
  EXPECT_EQ(out, " 40000");
}

TEST_F(Reorder, EachLossOfACapturedOpusStreamIsReportedOnce) {
  const auto packets = test::read_packets("asterisk-opus-losses.txt");
  std::size_t delivered = 0;
  std::size_t missing = 0;
  const auto first = parse(packets.front().octets)->sequence;
  queue.restart(first);
  std::uint16_t last = first;
  for (const auto& p : packets) {
    const base::Instant now{std::chrono::microseconds{p.us}};
    const auto h = parse(p.octets);
    last = h->sequence;
    if (queue.offer(packet(h->sequence, now)) == Offer::kPass) ++delivered;
    for (auto next = queue.next(now); next.state == State::kPacket; next = queue.next(now)) {
      ++delivered;
      missing += next.missing;
    }
  }
  for (auto next = queue.next(base::Instant{1h}); next.state == State::kPacket;
       next = queue.next(base::Instant{1h})) {
    ++delivered;
    missing += next.missing;
  }
  EXPECT_EQ(delivered, packets.size());
  EXPECT_GT(missing, 0u);
  EXPECT_EQ(missing + delivered, static_cast<std::uint16_t>(last - first) + 1u);
}

}  // namespace
}  // namespace dataplane::rtp
