#include "mediad/port_plan.h"

#include <gtest/gtest.h>

namespace mediad {
namespace {

base::IpAddress ip(const char* text) {
  return *base::IpAddress::parse(text);
}

const std::vector<KernelAddress> kHost = {{"lo", ip("127.0.0.1"), true, false},
                                          {"eth0", ip("192.0.2.10"), false, false},
                                          {"eth0", ip("fe80::1"), false, true},
                                          {"eth1", ip("10.0.0.1"), false, false}};

TEST(PortPlan, BareMachineSharesEveryGlobalAddressAndLoopback) {
  Options options;
  const auto planned = plan_ports(kHost, options);
  ASSERT_TRUE(planned) << planned.error().text;
  ASSERT_EQ(options.interfaces.size(), 2u);
  ASSERT_EQ(options.ports.size(), 3u);
  EXPECT_EQ(options.ports[0].device, "eth0");
  EXPECT_EQ(options.ports[1].device, "lo");
  EXPECT_EQ(options.ports[1].addresses, (std::vector{ip("192.0.2.10"), ip("10.0.0.1")}));
  EXPECT_EQ(options.ports[2].device, "eth1");
}

TEST(PortPlan, OnlyLoopback) {
  Options options;
  ASSERT_TRUE(plan_ports({kHost[0]}, options));
  ASSERT_EQ(options.ports.size(), 1u);
  EXPECT_EQ(options.ports[0].addresses, std::vector{ip("127.0.0.1")});
}

TEST(PortPlan, AnyAddressOf127IsLoopback) {
  Options options;
  options.interfaces = {{"default", ip("127.0.0.9"), ip("127.0.0.9")}};
  ASSERT_TRUE(plan_ports(kHost, options));
  ASSERT_EQ(options.ports.size(), 1u);
  EXPECT_EQ(options.ports[0].device, "lo");
}

TEST(PortPlan, AnAddressOfOurOwnNeedsNoKernelInterface) {
  Options options;
  dataplane::PortConfig port;
  port.name = "media0";
  port.mode = dataplane::AddressMode::kOwned;
  port.addresses = {ip("198.51.100.2")};
  options.ports = {port};
  ASSERT_TRUE(plan_ports(kHost, options));
  ASSERT_EQ(options.interfaces.size(), 1u);
  EXPECT_EQ(options.interfaces[0].local, ip("198.51.100.2"));
  EXPECT_EQ(options.ports.size(), 1u);
}

TEST(PortPlan, NamesTheAddressThatNobodyHas) {
  Options options;
  options.interfaces = {{"external", ip("203.0.113.1"), ip("203.0.113.1")}};
  const auto planned = plan_ports(kHost, options);
  ASSERT_FALSE(planned);
  EXPECT_EQ(planned.error().text,
            "interface external/203.0.113.1: no port and no kernel interface that is up has this address");
}

}  // namespace
}  // namespace mediad
