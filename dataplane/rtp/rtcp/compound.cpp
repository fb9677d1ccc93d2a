#include "dataplane/rtp/rtcp/compound.h"

namespace dataplane::rtp::rtcp {
namespace {

constexpr std::uint8_t kPaddingBit = 0x20;

/// Size of the packet that begins here, header included.
std::size_t size_of(const std::byte* p) {
  return (std::size_t{base::load_be16(p + 2)} + 1) * 4;
}

bool begins_with_report(base::Octets datagram) {
  const auto type = static_cast<PacketType>(base::load_u8(datagram.data() + 1));
  return type == PacketType::kSenderReport || type == PacketType::kReceiverReport;
}

}  // namespace

std::optional<Compound> Compound::parse(base::Octets datagram, Framing framing) noexcept {
  if (datagram.size() < kCommonHeaderSize) return std::nullopt;
  if (framing == Framing::kFull && !begins_with_report(datagram)) return std::nullopt;
  for (base::Octets rest = datagram; !rest.empty();) {
    if (rest.size() < kCommonHeaderSize) return std::nullopt;
    const std::byte* const p = rest.data();
    const std::uint8_t first = base::load_u8(p);
    const std::uint8_t type = base::load_u8(p + 1);
    const std::size_t size = size_of(p);
    if ((first >> 6) != 2 || (type & 0xE0) != 0xC0 || size > rest.size()) return std::nullopt;
    if ((first & kPaddingBit) != 0) {
      const std::size_t padding = base::load_u8(p + size - 1);
      const bool last = size == rest.size();
      if (!last || padding == 0 || padding % 4 != 0 || padding > size - kCommonHeaderSize)
        return std::nullopt;
    }
    rest = rest.subspan(size);
  }
  return Compound{datagram};
}

Packet Compound::Iterator::operator*() const noexcept {
  const std::byte* const p = rest_.data();
  const std::uint8_t first = base::load_u8(p);
  std::size_t size = size_of(p);
  if ((first & kPaddingBit) != 0) size -= base::load_u8(p + size - 1);
  return {.type = static_cast<PacketType>(base::load_u8(p + 1)),
          .count = static_cast<std::uint8_t>(first & 0x1F),
          .body = rest_.subspan(kCommonHeaderSize, size - kCommonHeaderSize)};
}

Compound::Iterator& Compound::Iterator::operator++() noexcept {
  rest_ = rest_.subspan(size_of(rest_.data()));
  return *this;
}

std::optional<std::uint32_t> Compound::sender() const noexcept {
  const Packet first = *begin();
  if (first.body.size() < 4) return std::nullopt;
  return base::load_be32(first.body.data());
}

}  // namespace dataplane::rtp::rtcp
