#include "mediad/base/native_address.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(NativeAddress, ComesBackAsItWent) {
  for (const auto* text :
       {"192.0.2.1:5060", "0.0.0.0:0", "[2001:db8::1]:65535", "[::ffff:192.0.2.1]:20000"}) {
    const auto address = *SocketAddress::parse(text);
    const auto native = to_native(address);
    EXPECT_EQ(from_native(native.get()), address) << text;
    EXPECT_EQ(native.size, address.ip.is_v4() ? sizeof(sockaddr_in) : sizeof(sockaddr_in6)) << text;
  }
}

TEST(NativeAddress, IsInTheOrderOfTheNetwork) {
  const auto native = to_native(*SocketAddress::parse("192.0.2.1:5060"));
  const auto& in = reinterpret_cast<const sockaddr_in&>(native.storage);
  EXPECT_EQ(in.sin_family, AF_INET);
  EXPECT_EQ(in.sin_port, htons(5060));
  EXPECT_EQ(in.sin_addr.s_addr, htonl(0xC0000201));
}

TEST(NativeAddress, OtherFamiliesHaveNone) {
  NativeAddress native;
  native.storage.ss_family = AF_UNIX;
  EXPECT_FALSE(from_native(native.get()));
  EXPECT_FALSE(from_native(nullptr));
}

}  // namespace
}  // namespace base
