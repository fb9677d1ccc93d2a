#include "mediad/base/ip_address.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(IpAddress, ReadsAndPrintsBothFamilies) {
  for (const auto* text : {"192.0.2.1", "0.0.0.0", "2001:db8::1", "::", "fe80::1"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
}

TEST(IpAddress, RefusesWhatIsNeither) {
  for (const auto* text : {"", "192.0.2", "192.0.2.256", "[::1]", "fe80::1%eth0", "example.org", "1.2.3.4 ",
                           "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpAddress, KnowsItsKind) {
  EXPECT_TRUE(IpAddress::parse("127.0.0.9")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
  EXPECT_FALSE(IpAddress::parse("::2")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("224.0.0.1")->is_multicast());
  EXPECT_TRUE(IpAddress::parse("ff02::1")->is_multicast());
  EXPECT_TRUE(IpAddress::parse("::")->is_unspecified());
  EXPECT_EQ(IpAddress::v4(192, 0, 2, 1), IpAddress::parse("192.0.2.1"));
}

TEST(SocketAddress, ReadsAndPrints) {
  for (const auto* text : {"192.0.2.1:5060", "[2001:db8::1]:0"}) {
    const auto address = SocketAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  for (const auto* text : {"192.0.2.1", "2001:db8::1:5060", "[192.0.2.1]:5060", "192.0.2.1:65536",
                           "192.0.2.1:", "192.0.2.1:5 ", ":5060"}) {
    EXPECT_FALSE(SocketAddress::parse(text)) << text;
  }
}

}  // namespace
}  // namespace base
