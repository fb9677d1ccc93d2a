#include "dataplane/rtp/reorder.h"

#include <algorithm>
#include <cstring>

namespace dataplane::rtp {
namespace {

/// a - b in sequence number arithmetic.
std::int16_t distance(std::uint16_t a, std::uint16_t b) {
  return static_cast<std::int16_t>(a - b);
}

}  // namespace

std::size_t ReorderQueue::restart(std::uint16_t sequence) noexcept {
  const std::size_t forgotten = held_;
  held_ = 0;
  expected_ = sequence;
  return forgotten;
}

ReorderQueue::Offer ReorderQueue::hold(const MediaPacket& packet) noexcept {
  if (distance(packet.sequence, expected_) < 0) return Offer::kTooLate;
  if (held_ == kReorderSlots || packet.payload.size() > kReorderPayload) return Offer::kNoRoom;
  std::size_t place = held_;
  while (place > 0) {
    const auto behind = distance(packet.sequence, slots_[order_[place - 1]].packet.sequence);
    if (behind == 0) return Offer::kTooLate;
    if (behind > 0) break;
    --place;
  }
  const std::uint8_t number = free_slot();
  Slot& slot = slots_[number];
  slot.packet = packet;
  if (!packet.payload.empty()) std::memcpy(slot.payload.data(), packet.payload.data(), packet.payload.size());
  slot.packet.payload = base::Octets{slot.payload}.first(packet.payload.size());
  std::copy_backward(order_.begin() + place, order_.begin() + held_, order_.begin() + held_ + 1);
  order_[place] = number;
  ++held_;
  return Offer::kHeld;
}

ReorderQueue::Next ReorderQueue::next(base::Instant now) noexcept {
  if (held_ == 0) return {};
  const MediaPacket& first = slots_[order_[0]].packet;
  const auto missing = static_cast<std::uint16_t>(first.sequence - expected_);
  // One slot stays free for the next offer; a gap wider than the queue is no reordering and not worth a wait.
  if (missing != 0 && held_ < kReorderSlots - 1 && missing < kReorderSlots) {
    const auto until = deadline();
    if (now < until) return {.state = State::kWait, .until = until};
  }
  Next next{.state = State::kPacket, .packet = first, .missing = missing};
  expected_ = static_cast<std::uint16_t>(first.sequence + 1);
  std::copy(order_.begin() + 1, order_.begin() + held_, order_.begin());
  --held_;
  return next;
}

std::uint8_t ReorderQueue::free_slot() const noexcept {
  unsigned used = 0;
  for (std::size_t i = 0; i < held_; ++i) used |= 1u << order_[i];
  return static_cast<std::uint8_t>(__builtin_ctz(~used));
}

/// The gap opened when the first packet behind it came.
base::Instant ReorderQueue::deadline() const noexcept {
  base::Instant earliest = slots_[order_[0]].packet.arrival;
  for (std::size_t i = 1; i < held_; ++i) earliest = std::min(earliest, slots_[order_[i]].packet.arrival);
  return earliest + wait_;
}

}  // namespace dataplane::rtp
