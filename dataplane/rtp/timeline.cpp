#include "dataplane/rtp/timeline.h"

#include <algorithm>

namespace dataplane::rtp {

Step SourceTimeline::advance(std::uint32_t timestamp, std::uint32_t duration, std::uint16_t missing,
                             base::Instant arrival, bool restart) noexcept {
  Step step{.kind = Step::Kind::kRestart};
  if (started_ && !restart) step = classify(timestamp, duration, missing, arrival);
  started_ = true;
  // Within an overlap the end stays where it was, or a repeated packet would open a gap behind itself.
  const std::uint32_t end = timestamp + duration;
  if (step.kind != Step::Kind::kOverlap || static_cast<std::int32_t>(end - end_) > 0) end_ = end;
  last_duration_ = duration;
  last_arrival_ = arrival;
  return step;
}

Step SourceTimeline::classify(std::uint32_t timestamp, std::uint32_t duration, std::uint16_t missing,
                              base::Instant arrival) const noexcept {
  const auto gap = static_cast<std::int32_t>(timestamp - end_);
  if (gap == 0) return {};
  const auto size = static_cast<std::uint64_t>(gap < 0 ? -std::int64_t{gap} : std::int64_t{gap});
  const auto milliseconds = [](base::Duration d) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(d.count(), 0)) / 1'000'000;
  };
  const auto to_ticks = [this](std::uint64_t ms) { return ms * clock_.hz / 1000; };
  const std::uint64_t slack = to_ticks(milliseconds(kTimestampSlack));
  if (gap < 0) {
    if (size > slack) return {.kind = Step::Kind::kRestart};
    return {.kind = Step::Kind::kOverlap, .ticks = static_cast<std::uint32_t>(size)};
  }
  if (size > to_ticks(milliseconds(arrival - last_arrival_)) + slack) return {.kind = Step::Kind::kRestart};
  // One missing packet does not explain a gap of ten: the sender paused, and something else was lost.
  const std::uint64_t explained = std::uint64_t{missing} * std::max(duration, last_duration_);
  const bool concealable = size <= explained && size <= to_ticks(kLongestConcealmentMs);
  return {.kind = concealable ? Step::Kind::kLoss : Step::Kind::kPause,
          .ticks = static_cast<std::uint32_t>(size)};
}

}  // namespace dataplane::rtp
