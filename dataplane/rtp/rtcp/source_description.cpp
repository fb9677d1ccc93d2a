#include "dataplane/rtp/rtcp/source_description.h"

#include <algorithm>
#include <cstring>

namespace dataplane::rtp::rtcp {
namespace {

struct Chunk {
  std::optional<std::string_view> cname;
  std::size_t size{0};  // with its filling; 0: broken
};

/// Reads the items of a chunk, which begin behind its SSRC.
Chunk read_chunk(base::Octets chunk) {
  Chunk result;
  std::size_t at = 4;
  while (at < chunk.size()) {
    const auto type = static_cast<SdesItem>(base::load_u8(chunk.data() + at));
    if (type == SdesItem::kEnd) {
      result.size = std::min(at / 4 * 4 + 4, chunk.size());
      return result;
    }
    if (at + 2 > chunk.size()) break;
    const std::size_t length = base::load_u8(chunk.data() + at + 1);
    if (at + 2 + length > chunk.size()) break;
    if (type == SdesItem::kCname) result.cname = base::as_text(chunk.subspan(at + 2, length));
    at += 2 + length;
  }
  return result;
}

}  // namespace

std::optional<std::string_view> cname_of(const Packet& packet, std::uint32_t ssrc) noexcept {
  if (packet.type != PacketType::kSourceDescription) return std::nullopt;
  base::Octets rest = packet.body;
  for (std::uint8_t i = 0; i < packet.count && rest.size() >= 8; ++i) {
    const Chunk chunk = read_chunk(rest);
    if (base::load_be32(rest.data()) == ssrc && chunk.cname) return chunk.cname;
    if (chunk.size == 0) break;
    rest = rest.subspan(chunk.size);
  }
  return std::nullopt;
}

void write_cname_chunk(std::byte* p, std::uint32_t ssrc, std::string_view cname) noexcept {
  std::memset(p, 0, cname_chunk_size(cname));
  base::store_be32(p, ssrc);
  base::store_u8(p + 4, static_cast<std::uint8_t>(SdesItem::kCname));
  base::store_u8(p + 5, static_cast<std::uint8_t>(cname.size()));
  std::memcpy(p + 6, cname.data(), cname.size());
}

}  // namespace dataplane::rtp::rtcp
