#include "dataplane/rtp/source.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace dataplane::rtp {

void Source::start(std::uint16_t sequence) noexcept {
  static_assert(offsetof(Source, received_beside_) <= kHotSize);
  base_ = sequence;
  highest_ = sequence;
  window_ = 1;
  bad_sequence_ = kNoBadSequence;
  received_beside_ = 0U - static_cast<std::uint32_t>(packets_);
  received_prior_ = 0;
  expected_prior_ = 0;
  transit_known_ = false;  // the timestamp is as new as the sequence number
}

Verdict Source::judge(std::uint16_t sequence, std::size_t octets) noexcept {
  if (probation_ != 0) return judge_on_probation(sequence, octets);

  const auto ahead = static_cast<std::uint16_t>(sequence - static_cast<std::uint16_t>(highest_));
  if (ahead == 0) {
    ++duplicates_;
    ++received_beside_;
    return Verdict::kDuplicate;
  }
  if (ahead < kMaxDropout) {  // in order, over a gap or a roll-over
    highest_ += ahead;
    window_ = ahead < kDuplicateWindow ? window_ << ahead | 1 : 1;
    count(octets);
    return Verdict::kAccept;
  }
  if (ahead <= 65536 - kMaxMisorder) {  // a jump: two in a row mean that the sender started anew
    if (sequence != bad_sequence_) {
      bad_sequence_ = static_cast<std::uint16_t>(sequence + 1);
      return Verdict::kProbation;
    }
    start(sequence);
    count(octets);
    return Verdict::kRestart;
  }
  return judge_late(static_cast<std::uint16_t>(-ahead), octets);
}

Verdict Source::judge_on_probation(std::uint16_t sequence, std::size_t octets) noexcept {
  const bool next = sequence == static_cast<std::uint16_t>(highest_ + 1);
  highest_ = sequence;
  if (!next) probation_ = min_sequential_;
  if (--probation_ != 0) return Verdict::kProbation;
  start(sequence);
  count(octets);
  return Verdict::kRestart;
}

Verdict Source::judge_late(std::uint16_t behind, std::size_t octets) noexcept {
  if (behind >= kDuplicateWindow) {
    ++received_beside_;
    return Verdict::kTooLate;
  }
  const std::uint64_t bit = std::uint64_t{1} << behind;
  if ((window_ & bit) != 0) {
    ++duplicates_;
    ++received_beside_;
    return Verdict::kDuplicate;
  }
  window_ |= bit;
  ++reordered_;
  count(octets);
  return Verdict::kAccept;
}

void Source::track_jitter(std::uint32_t timestamp, base::Instant arrival) noexcept {
  // Longer pauses say nothing about the network, and their ticks would not fit.
  constexpr base::Duration kLongestStep = std::chrono::minutes{10};
  // A timestamp that leaps (another talker behind the same SSRC) is not jitter: take no more of it than this.
  constexpr std::int64_t kLargestDifference = 1 << 20;
  const base::Duration step = arrival - last_arrival_;
  if (transit_known_ && step >= base::Duration::zero() && step < kLongestStep) {
    const std::int64_t arrived = step.count() / 1000 * std::int64_t{clock_.hz} / 1'000'000;
    const std::int64_t sent = static_cast<std::int32_t>(timestamp - last_timestamp_);
    const auto d = static_cast<std::uint32_t>(std::min(std::abs(arrived - sent), kLargestDifference));
    jitter_x16_ += d - ((jitter_x16_ + 8) >> 4);  // A.8, integer form
  }
  transit_known_ = true;
  last_timestamp_ = timestamp;
  last_arrival_ = arrival;
}

void Source::set_clock(base::ClockRate clock) noexcept {
  if (clock == clock_) return;
  jitter_x16_ = static_cast<std::uint32_t>(std::uint64_t{jitter_x16_} * clock.hz / std::max(clock_.hz, 1u));
  clock_ = clock;
  transit_known_ = false;
}

ReceptionInterval Source::end_interval() noexcept {
  if (!valid()) return {};
  ReceptionInterval interval;
  interval.expected = expected() - expected_prior_;
  interval.received = received() - received_prior_;
  interval.lost = static_cast<std::int32_t>(interval.expected - interval.received);
  if (interval.expected != 0 && interval.lost > 0) {
    const auto lost = static_cast<std::uint64_t>(interval.lost);
    interval.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::uint64_t>((lost << 8) / interval.expected, 255));
  }
  expected_prior_ = expected();
  received_prior_ = received();
  return interval;
}

}  // namespace dataplane::rtp
