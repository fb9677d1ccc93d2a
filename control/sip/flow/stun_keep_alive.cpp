#include "control/sip/flow/stun_keep_alive.h"

#include <array>
#include <cstring>

#include "mediad/base/byte_io.h"

namespace control::sip {
namespace {

constexpr std::size_t kHeaderOctets = 20;
constexpr std::uint32_t kMagicCookie = 0x2112A442;
constexpr std::uint16_t kBindingRequest = 0x0001;
constexpr std::uint16_t kBindingResponse = 0x0101;
constexpr std::uint16_t kXorMappedAddress = 0x0020;

}  // namespace

std::optional<std::string> answer_stun(std::string_view datagram, const base::SocketAddress& from) {
  if (!may_be_stun(datagram)) return std::nullopt;
  const auto in = base::as_octets(datagram);
  const std::size_t length = base::load_be16(in.data() + 2);
  if (base::load_be16(in.data()) != kBindingRequest || base::load_be32(in.data() + 4) != kMagicCookie ||
      length % 4 != 0 || kHeaderOctets + length != in.size()) {
    return std::nullopt;
  }
  const std::size_t value_octets = 4 + from.ip.size();
  std::array<std::byte, kHeaderOctets + 4 + 4 + 16> out{};
  base::store_be16(out.data(), kBindingResponse);
  base::store_be16(out.data() + 2, static_cast<std::uint16_t>(4 + value_octets));
  std::memcpy(out.data() + 4, in.data() + 4, 16);  // cookie and transaction id
  std::byte* attribute = out.data() + kHeaderOctets;
  base::store_be16(attribute, kXorMappedAddress);
  base::store_be16(attribute + 2, static_cast<std::uint16_t>(value_octets));
  base::store_u8(attribute + 5, from.ip.is_v4() ? 1 : 2);
  base::store_be16(attribute + 6, static_cast<std::uint16_t>(from.port.number ^ (kMagicCookie >> 16)));
  // RFC 5389 §15.2: the address is combined with the cookie and, for IPv6, the transaction id behind it.
  for (std::size_t i = 0; i < from.ip.size(); ++i)
    attribute[8 + i] = std::byte{from.ip.octets[i]} ^ out[4 + i];
  return std::string(base::as_text({out.data(), kHeaderOctets + 4 + value_octets}));
}

}  // namespace control::sip
