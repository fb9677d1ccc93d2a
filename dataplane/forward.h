#pragma once
/// \file
/// What happens to a packet that goes on in its own octets.

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "dataplane/api/session_plan.h"
#include "dataplane/net/checksum.h"
#include "dataplane/octet_map.h"
#include "dataplane/rtp/header.h"

namespace dataplane {

struct Endpoint;

/// The checksum_add() of a UDP payload, where it is known.
using PayloadSum = std::optional<std::uint64_t>;

/// One receiver of a packet and the changes made to it for this receiver.
struct Forward {
  enum class Change : std::uint8_t {
    kNone,
    kPayloadType,  ///< only the payload type number
    kPayload,      ///< that, and the payload by `map`
    kHeader,       ///< all of `fields`
  };
  Endpoint* to{nullptr};
  bool rtcp{false};
  Change change{Change::kNone};
  rtp::RtpFields fields{};
  const OctetMap* map{nullptr};
  std::uint16_t payload_offset{0}, payload_size{0};  ///< of the payload, for `map`
};

/// Makes the changes in place; contributing sources, extension and padding stay.
inline void rewrite(const Forward& forward, base::MutableOctets packet) {
  if (forward.change == Forward::Change::kNone) return;
  rtp::set_payload_type(packet.data(), forward.fields.payload_type);
  if (forward.change == Forward::Change::kPayloadType) return;
  if (forward.change == Forward::Change::kPayload)
    return map_octets(*forward.map, packet.subspan(forward.payload_offset, forward.payload_size));
  rtp::set_marker(packet.data(), forward.fields.marker);
  rtp::set_sequence(packet.data(), forward.fields.sequence);
  rtp::set_timestamp(packet.data(), forward.fields.timestamp);
  rtp::set_ssrc(packet.data(), forward.fields.ssrc);
}

/// The same, and what becomes of the packet's checksum_add(), if it is known.
inline PayloadSum rewrite(const Forward& forward, base::MutableOctets packet, PayloadSum sum) {
  if (forward.change == Forward::Change::kNone) return sum;
  if (forward.change == Forward::Change::kPayload) sum = std::nullopt;
  const auto header = packet.first(rtp::kFixedHeaderSize);
  if (sum) sum = checksum_subtract(*sum, header);
  rewrite(forward, packet);
  if (sum) sum = checksum_add(*sum, header);
  return sum;
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
