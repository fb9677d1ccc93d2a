#include "dataplane/endpoint.h"

#include <algorithm>

namespace dataplane {

namespace {

/// The place that a new stream takes: smaller is better.
base::Instant worth(const std::optional<HeardStream>& place) {
  if (!place) return base::Instant::min();
  return place->source.valid() ? place->last_packet : base::Instant::min() + base::Duration{1};
}

}  // namespace

HeardStream& HeardStreams::other(std::uint32_t ssrc, std::uint16_t first_sequence, base::ClockRate clock,
                                 std::uint8_t min_sequential) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (!streams_[i] || streams_[i]->source.ssrc() != ssrc) continue;
    current_ = static_cast<std::uint8_t>(i);
    return *streams_[i];
  }
  const auto place = std::min_element(streams_.begin(), streams_.end(),
                                      [](const auto& a, const auto& b) { return worth(a) < worth(b); });
  place->emplace(rtp::Source{ssrc, first_sequence, clock, min_sequential});
  current_ = static_cast<std::uint8_t>(place - streams_.begin());
  ++seen_;
  return **place;
}

HeardStream* HeardStreams::find(std::uint32_t ssrc) {
  for (auto& stream : streams_) {
    if (stream && stream->source.ssrc() == ssrc) return &*stream;
  }
  return nullptr;
}

HeardStream* HeardStreams::newest(std::size_t index) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (!streams_[i]) continue;
    std::size_t rank = 0;
    for (std::size_t j = 0; j < streams_.size(); ++j) {
      const bool tie_before = j < i && streams_[j] && streams_[j]->last_packet == streams_[i]->last_packet;
      if ((streams_[j] && streams_[j]->last_packet > streams_[i]->last_packet) || tie_before) ++rank;
    }
    if (rank == index) return &*streams_[i];
  }
  return nullptr;
}

}  // namespace dataplane
