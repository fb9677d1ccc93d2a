#pragma once
/// \file
/// Transcoding octet by octet in the packet itself, between codecs for which that is all there is to it.

#include <array>
#include <cstdint>

#include "codecs/codec.h"
#include "mediad/base/byte_io.h"

namespace dataplane {

/// What each octet of a payload becomes.
using OctetMap = std::array<std::uint8_t, 256>;

/// The map between the two laws of ITU-T G.711, the same as decoding and encoding gives; nullptr for any
/// other pair, and for a codec and itself. It lasts as long as the program. Control thread.
[[nodiscard]] const OctetMap* octet_map(const codecs::Codec& from, const codecs::Codec& to);

/// Any thread, no allocation.
inline void map_octets(const OctetMap& map, base::MutableOctets payload) {
  for (auto& octet : payload) octet = std::byte{map[std::to_integer<std::size_t>(octet)]};
}

}  // namespace dataplane
