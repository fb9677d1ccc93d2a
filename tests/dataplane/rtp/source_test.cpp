#include "dataplane/rtp/source.h"

#include <gtest/gtest.h>

#include "dataplane/rtp/header.h"
#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp {
namespace {

using namespace std::chrono_literals;
constexpr base::ClockRate k8k{8000};

/// A source that has been believed; the highest sequence number is `at`.
Source valid_source(std::uint16_t at) {
  Source source(1, at, k8k, 1);
  EXPECT_EQ(source.receive(at, 160), Verdict::kRestart);
  return source;
}

TEST(Source, BelievesAfterTwoInOrder) {  // RFC 3550 A.1
  Source source(1, 65535, k8k);
  EXPECT_EQ(source.receive(65535, 160), Verdict::kProbation);
  EXPECT_FALSE(source.valid());
  EXPECT_EQ(source.receive(0, 160), Verdict::kRestart);
  EXPECT_TRUE(source.valid());
  EXPECT_EQ(source.receive(1, 160), Verdict::kAccept);
  EXPECT_EQ(source.packets(), 2u);
  EXPECT_EQ(source.octets(), 320u);
  EXPECT_EQ(source.extended_highest(), 1u);
  EXPECT_EQ(source.cumulative_lost(), 0);
}

TEST(Source, ProbationStartsAgainAtEachBreak) {
  Source source(1, 10, k8k);
  EXPECT_EQ(source.receive(10, 0), Verdict::kProbation);
  EXPECT_EQ(source.receive(12, 0), Verdict::kProbation);
  EXPECT_EQ(source.receive(14, 0), Verdict::kProbation);
  EXPECT_EQ(source.receive(14, 0), Verdict::kProbation) << "a repetition is not progress";
  EXPECT_EQ(source.receive(15, 0), Verdict::kRestart);
}

TEST(Source, ASprayOfRandomNumbersIsNeverBelieved) {
  Source source(1, 0, k8k);
  std::uint16_t sequence = 0;
  for (int i = 0; i < 1000; ++i, sequence = static_cast<std::uint16_t>(sequence + 40503)) {
    EXPECT_EQ(source.receive(sequence, 0), Verdict::kProbation);
  }
}

TEST(Source, CountsRollOvers) {
  Source source = valid_source(65530);
  for (std::uint32_t i = 1; i < 200000; ++i) {
    ASSERT_EQ(source.receive(static_cast<std::uint16_t>(65530 + i), 1), Verdict::kAccept);
  }
  EXPECT_EQ(source.extended_highest(), 65530u + 199999u);
  EXPECT_EQ(source.cumulative_lost(), 0);
  EXPECT_EQ(source.packets(), 200000u);
}

TEST(Source, LossAcrossARollOver) {
  Source source = valid_source(65535);
  EXPECT_EQ(source.receive(9, 1), Verdict::kAccept);
  EXPECT_EQ(source.extended_highest(), 65536u + 9);
  EXPECT_EQ(source.cumulative_lost(), 9);
}

TEST(Source, SeesDuplicatesOfTheNewestAndOfOlderOnes) {
  Source source = valid_source(100);
  for (std::uint16_t s = 101; s <= 163; ++s) source.receive(s, 1);
  EXPECT_EQ(source.receive(163, 1), Verdict::kDuplicate);
  EXPECT_EQ(source.receive(100, 1), Verdict::kDuplicate) << "63 behind";
  EXPECT_EQ(source.duplicates(), 2u);
  EXPECT_EQ(source.cumulative_lost(), -2) << "A.3: duplicates count as received";
  EXPECT_EQ(source.packets(), 64u) << "but not as accepted";
}

TEST(Source, TakesALatePacketOnce) {
  Source source = valid_source(100);
  EXPECT_EQ(source.receive(103, 1), Verdict::kAccept);
  EXPECT_EQ(source.cumulative_lost(), 2);
  EXPECT_EQ(source.receive(101, 1), Verdict::kAccept);
  EXPECT_EQ(source.receive(101, 1), Verdict::kDuplicate);
  EXPECT_EQ(source.receive(102, 1), Verdict::kAccept);
  EXPECT_EQ(source.reordered(), 2u);
  EXPECT_EQ(source.cumulative_lost(), -1);
  EXPECT_EQ(source.extended_highest(), 103u) << "late ones do not move the highest";
}

TEST(Source, LateAcrossARollOver) {
  Source source = valid_source(65534);
  EXPECT_EQ(source.receive(1, 1), Verdict::kAccept);
  EXPECT_EQ(source.receive(65535, 1), Verdict::kAccept);
  EXPECT_EQ(source.receive(0, 1), Verdict::kAccept);
  EXPECT_EQ(source.receive(65535, 1), Verdict::kDuplicate);
  EXPECT_EQ(source.extended_highest(), 65537u);
}

TEST(Source, BehindTheWindowIsTooLate) {
  Source source = valid_source(1000);
  EXPECT_EQ(source.receive(1100, 1), Verdict::kAccept);
  EXPECT_EQ(source.receive(1100 - 63, 1), Verdict::kAccept);
  EXPECT_EQ(source.receive(1100 - 64, 1), Verdict::kTooLate);
  EXPECT_EQ(source.receive(1100 - 99, 1), Verdict::kTooLate);
  EXPECT_EQ(source.receive(1100 - 100, 1), Verdict::kProbation) << "MAX_MISORDER: might be a new start";
}

TEST(Source, AGapOfWindowSizeForgetsTheWindow) {
  for (const std::uint16_t step : {63, 64, 65}) {
    Source source = valid_source(1000);
    EXPECT_EQ(source.receive(static_cast<std::uint16_t>(1000 + step), 1), Verdict::kAccept);
    EXPECT_EQ(source.receive(1000, 1), step < 64 ? Verdict::kDuplicate : Verdict::kTooLate) << step;
  }
}

TEST(Source, AJumpNeedsTwoInARow) {  // RFC 3550 A.1 bad_seq
  Source source = valid_source(1000);
  EXPECT_EQ(source.receive(1000 + kMaxDropout - 1, 1), Verdict::kAccept) << "a long gap is no jump";
  EXPECT_EQ(source.receive(30000, 1), Verdict::kProbation);
  EXPECT_EQ(source.receive(4000, 1), Verdict::kAccept) << "the stream goes on; the jump was a stray";
  EXPECT_EQ(source.receive(30000, 1), Verdict::kProbation);
  EXPECT_EQ(source.receive(30001, 1), Verdict::kRestart);
  EXPECT_EQ(source.receive(30002, 1), Verdict::kAccept);
  EXPECT_EQ(source.extended_highest(), 30002u);
  EXPECT_EQ(source.cumulative_lost(), 0) << "statistics start anew";
  EXPECT_EQ(source.packets(), 5u) << "totals do not";
}

TEST(Source, IntervalsReportTheirOwnLoss) {  // A.3
  Source source = valid_source(0);
  for (std::uint16_t s = 1; s < 100; ++s) source.receive(s, 1);
  auto interval = source.end_interval();
  EXPECT_EQ(interval.expected, 100u);
  EXPECT_EQ(interval.fraction_lost, 0);
  for (std::uint16_t s = 100; s < 200; ++s) {
    if (s % 4 != 0) source.receive(s, 1);
  }
  interval = source.end_interval();
  EXPECT_EQ(interval.expected, 100u);
  EXPECT_EQ(interval.received, 75u);
  EXPECT_EQ(interval.lost, 25);
  EXPECT_EQ(interval.fraction_lost, 64);
  source.receive(199, 1);
  interval = source.end_interval();
  EXPECT_EQ(interval.expected, 0u);
  EXPECT_EQ(interval.lost, -1);
  EXPECT_EQ(interval.fraction_lost, 0) << "a negative loss is reported as none";
}

TEST(Source, ARestartInsideAnIntervalStartsItAnew) {
  Source source = valid_source(50000);
  for (std::uint16_t s = 1; s < 50; ++s) source.receive(static_cast<std::uint16_t>(50000 + s), 1);
  source.end_interval();
  source.receive(10, 1);
  EXPECT_EQ(source.receive(11, 1), Verdict::kRestart);
  source.receive(12, 1);
  const auto interval = source.end_interval();
  EXPECT_EQ(interval.expected, 2u);
  EXPECT_EQ(interval.lost, 0);
}

TEST(SourceJitter, AnEvenStreamHasNone) {
  Source source = valid_source(0);
  base::Instant now{};
  for (std::uint32_t i = 0; i < 500; ++i) source.track_jitter(4294967000u + i * 160, now += 20ms);
  EXPECT_EQ(source.jitter_ticks(), 0u);
}

TEST(SourceJitter, ConvergesOnAnAlternatingDelay) {
  // Packets alternately 10 ms late and on time: |D| = 80 ticks each time, so J tends to 80.
  Source source = valid_source(0);
  for (std::uint32_t i = 0; i < 400; ++i) {
    source.track_jitter(i * 160, base::Instant{i * 20ms + (i % 2) * 10ms});
  }
  EXPECT_NEAR(source.jitter_ticks(), 80, 1);
}

TEST(SourceJitter, ARestartAndALongPauseAreNotJitter) {
  Source source = valid_source(0);
  source.track_jitter(0, base::Instant{0ms});
  source.receive(30000, 1);
  source.receive(30001, 1);
  source.track_jitter(0x80000000u, base::Instant{20ms});
  EXPECT_EQ(source.jitter_ticks(), 0u);
  source.track_jitter(0x80000000u + 160, base::Instant{24h * 365});
  EXPECT_EQ(source.jitter_ticks(), 0u);
}

TEST(SourceJitter, AnAbsurdClockOverflowsNothing) {
  Source source(1, 0, base::ClockRate{4294967295u}, 1);
  source.receive(0, 1);
  source.track_jitter(0, base::Instant{0ms});
  source.track_jitter(0x7fffffff, base::Instant{9min});
  source.track_jitter(0, base::Instant{18min});
  source.set_clock(base::ClockRate{0});
  source.set_clock(k8k);
  EXPECT_LT(source.jitter_ticks(), 0x10000000u);
}

TEST(SourceJitter, FollowsAChangeOfClock) {
  Source source = valid_source(0);
  for (std::uint32_t i = 0; i < 400; ++i)
    source.track_jitter(i * 160, base::Instant{i * 20ms + (i % 2) * 10ms});
  const auto before = source.jitter_ticks();
  source.set_clock(base::ClockRate{48000});
  EXPECT_NEAR(source.jitter_ticks(), 6 * before, 6);
  source.track_jitter(77, base::Instant{8s});
  EXPECT_NEAR(source.jitter_ticks(), 6 * before, 6)
      << "the first timestamp on the new clock relates to none before";
}

// Lost and jitter as tshark 4.0 computes them for the same captures (`-z rtp,streams`).
struct Capture {
  const char* file;
  base::ClockRate clock;
  std::uint8_t event_type;
  std::uint64_t packets;
  std::int64_t lost;
  double highest_jitter_ms;
};

class CapturedStream : public testing::TestWithParam<Capture> {};

TEST_P(CapturedStream, CountsAsTsharkDoes) {
  const auto& expected = GetParam();
  const auto packets = test::read_packets(expected.file);
  const auto first = parse(packets.front().octets);
  ASSERT_TRUE(first);
  Source source(first->ssrc, first->sequence, expected.clock, 1);
  std::uint32_t highest_jitter = 0;
  for (const auto& packet : packets) {
    const auto h = parse(packet.octets);
    ASSERT_TRUE(h);
    ASSERT_TRUE(is_accepted(source.receive(h->sequence, h->payload.size())));
    if (h->payload_type == expected.event_type) continue;
    source.track_jitter(h->timestamp, base::Instant{std::chrono::microseconds{packet.us}});
    highest_jitter = std::max(highest_jitter, source.jitter_ticks());
  }
  EXPECT_EQ(source.packets(), expected.packets);
  EXPECT_EQ(source.cumulative_lost(), expected.lost);
  EXPECT_NEAR(highest_jitter * 1000.0 / expected.clock.hz, expected.highest_jitter_ms, 0.13)
      << "a tick, rounded down";
}

INSTANTIATE_TEST_SUITE_P(Captures, CapturedStream,
                         testing::Values(Capture{"pcma-30ms-two-lost.txt", k8k, 0xFF, 665, 2, 0.019}));

}  // namespace
}  // namespace dataplane::rtp
