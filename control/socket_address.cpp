#include "control/socket_address.h"

#include <algorithm>

#include "mediad/base/native_address.h"

namespace control {

namespace ip = boost::asio::ip;

ip::address to_asio(const base::IpAddress& address) {
  if (address.is_v6()) return ip::address_v6{address.octets};
  ip::address_v4::bytes_type octets;
  std::copy_n(address.octets.begin(), octets.size(), octets.begin());
  return ip::address_v4{octets};
}

base::IpAddress from_asio(const ip::address& address) {
  if (address.is_v4() || address.to_v6().is_v4_mapped()) {
    const auto octets =
        (address.is_v4() ? address.to_v4() : ip::make_address_v4(ip::v4_mapped, address.to_v6())).to_bytes();
    return base::IpAddress::v4(octets[0], octets[1], octets[2], octets[3]);
  }
  base::IpAddress result;
  result.family = base::IpFamily::kV6;
  result.octets = address.to_v6().to_bytes();
  return result;
}

base::SocketAddress from_kernel(const sockaddr_storage& address) {
  auto ours = base::from_native(reinterpret_cast<const sockaddr*>(&address)).value_or(base::SocketAddress{});
  ours.ip = from_asio(to_asio(ours.ip));
  return ours;
}

}  // namespace control
