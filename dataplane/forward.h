#pragma once
/// \file
/// What happens to a packet that goes on in its own octets.

#include <array>
#include <cstdint>
#include <span>

#include "dataplane/api/session_plan.h"
#include "dataplane/rtp/header.h"

namespace dataplane {

struct Endpoint;

/// One receiver of a packet and the changes made to it for this receiver.
struct Forward {
  enum class Change : std::uint8_t {
    kNone,
    kPayloadType,  ///< only the payload type number
    kHeader,       ///< all of `fields`
  };
  Endpoint* to{nullptr};
  bool rtcp{false};
  Change change{Change::kNone};
  rtp::RtpFields fields{};
};

/// Makes the changes in place; contributing sources, extension, padding and payload stay.
inline void apply(const Forward& forward, std::byte* packet) {
  if (forward.change == Forward::Change::kNone) return;
  rtp::set_payload_type(packet, forward.fields.payload_type);
  if (forward.change == Forward::Change::kPayloadType) return;
  rtp::set_marker(packet, forward.fields.marker);
  rtp::set_sequence(packet, forward.fields.sequence);
  rtp::set_timestamp(packet, forward.fields.timestamp);
  rtp::set_ssrc(packet, forward.fields.ssrc);
}

/// The receivers of one packet. Kept from packet to packet, because making it clears every place.
class Forwards {
 public:
  void clear() { size_ = 0; }
  void add(const Forward& forward) { list_[size_++] = forward; }
  [[nodiscard]] std::span<const Forward> all() const { return {list_.data(), size_}; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  std::array<Forward, kMaxEndpoints - 1> list_;  // at most one flow per ordered pair
  std::size_t size_{0};
};

}  // namespace dataplane
