#pragma once
/// \file
/// SDES (RFC 3550 §6.5): chunks of an SSRC and its items; only CNAME matters to us.
///
///     |                            SSRC/CSRC                          |
///     |  item type 1  |    length     |  text, then the next item …   |
///     | … a zero octet ends the list, zeros fill the last word        |

#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/rtp/rtcp/compound.h"

namespace dataplane::rtp::rtcp {

enum class SdesItem : std::uint8_t { kEnd = 0, kCname = 1 };

inline constexpr std::size_t kLongestCname = 255;

/// The CNAME that an SDES packet gives `ssrc`, in the packet's own octets. nullopt: it gives none, or is
/// broken before it would.
[[nodiscard]] std::optional<std::string_view> cname_of(const Packet& packet, std::uint32_t ssrc) noexcept;

/// Octets of a chunk with this CNAME.
[[nodiscard]] constexpr std::size_t cname_chunk_size(std::string_view cname) {
  return (4 + 2 + cname.size() + 1 + 3) / 4 * 4;
}
/// Writes cname_chunk_size() octets; `cname` is at most kLongestCname long.
void write_cname_chunk(std::byte* p, std::uint32_t ssrc, std::string_view cname) noexcept;

}  // namespace dataplane::rtp::rtcp
