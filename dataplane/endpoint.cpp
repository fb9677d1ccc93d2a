#include "dataplane/endpoint.h"

#include <algorithm>
#include <utility>

namespace dataplane {

namespace {

/// The place that a new stream takes: smaller is better.
base::Instant worth(const HeardStream& place) {
  if (!place.used) return base::Instant::min();
  return place.source.valid() ? place.last_packet() : base::Instant::min() + base::Duration{1};
}

}  // namespace

HeardStream* HeardStreams::other(std::uint32_t ssrc) {
  auto* known = find(ssrc);
  if (known == nullptr) return nullptr;
  std::swap(*known, streams_.front());
  return &streams_.front();
}

HeardStream& HeardStreams::add(std::uint32_t ssrc, std::uint16_t first_sequence, base::ClockRate clock,
                               std::uint8_t min_sequential) {
  auto& place = *std::min_element(streams_.begin(), streams_.end(),
                                  [](const auto& a, const auto& b) { return worth(a) < worth(b); });
  auto& current = streams_.front();
  if (&place != &current) place = current;
  current = HeardStream{};
  current.used = true;
  current.source = rtp::Source{ssrc, first_sequence, clock, min_sequential};
  ++seen_;
  return current;
}

HeardStream* HeardStreams::find(std::uint32_t ssrc) {
  for (auto& stream : streams_) {
    if (stream.used && stream.source.ssrc() == ssrc) return &stream;
  }
  return nullptr;
}

HeardStream* HeardStreams::newest(std::size_t index) {
  // Empty places are taken from the front and never left.
  const auto heard = std::min<std::uint64_t>(seen_, streams_.size());
  if (index >= heard) return nullptr;
  if (heard == 1) return &streams_.front();
  for (std::size_t i = 0; i < heard; ++i) {
    std::size_t rank = 0;
    for (std::size_t j = 0; j < heard; ++j) {
      const auto here = streams_[i].last_packet();
      const auto there = streams_[j].last_packet();
      if (there > here || (j < i && there == here)) ++rank;
    }
    if (rank == index) return &streams_[i];
  }
  return nullptr;
}

}  // namespace dataplane
