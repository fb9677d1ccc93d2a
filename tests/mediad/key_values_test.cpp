#include "mediad/key_values.h"

#include <gtest/gtest.h>

namespace mediad {
namespace {

TEST(KeyValues, Interface) {
  const auto plain = parse_interface("192.0.2.1");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->name, "default");
  EXPECT_EQ(plain->advertised, plain->local);

  const auto nat = parse_interface("external/10.0.0.5!203.0.113.7");
  ASSERT_TRUE(nat);
  EXPECT_EQ(nat->name, "external");
  EXPECT_EQ(nat->local.to_string(), "10.0.0.5");
  EXPECT_EQ(nat->advertised.to_string(), "203.0.113.7");

  const auto v6 = parse_interface("six/[2001:db8::1]");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->local.to_string(), "2001:db8::1");

  for (const auto* bad : {"", "/192.0.2.1", "a/", "eth0", "10.0.0.1!2001:db8::1", "0.0.0.0", "224.0.0.1"}) {
    EXPECT_FALSE(parse_interface(bad)) << bad;
  }
}

TEST(KeyValues, Listener) {
  const auto any = parse_listener("2223");
  ASSERT_TRUE(any);
  ASSERT_EQ(any->size(), 2u);
  EXPECT_EQ((*any)[0].to_string(), "0.0.0.0:2223");
  EXPECT_EQ((*any)[1].to_string(), "[::]:2223");
  ASSERT_TRUE(parse_listener("127.0.0.1:2223"));
  EXPECT_EQ((*parse_listener("localhost:2223"))[0].to_string(), "127.0.0.1:2223");
  for (const auto* bad : {"", "0", "70000", "127.0.0.1", "127.0.0.1:0", "host:2223"}) {
    EXPECT_FALSE(parse_listener(bad)) << bad;
  }
}

TEST(KeyValues, SipListener) {
  const auto udp = parse_sip_listener("udp:192.0.2.1:5060");
  ASSERT_TRUE(udp);
  EXPECT_EQ(udp->transport, control::sip::Transport::kUdp);
  EXPECT_EQ(udp->address.to_string(), "192.0.2.1:5060");
  EXPECT_EQ(udp->advertised, "");
  const auto wss = parse_sip_listener("wss:[::]:443!pbx.example.net");
  ASSERT_TRUE(wss);
  EXPECT_EQ(wss->transport, control::sip::Transport::kWss);
  EXPECT_EQ(wss->advertised, "pbx.example.net");
  // A wildcard has no name that peers could call.
  for (const auto* bad :
       {"", "5060", "192.0.2.1:5060", "sctp:192.0.2.1:5060", "udp:192.0.2.1", "udp:0.0.0.0:5060"}) {
    EXPECT_FALSE(parse_sip_listener(bad)) << bad;
  }
}

TEST(KeyValues, Port) {
  const auto port = parse_port(
      "media0:driver=af_packet,device=veth1,address=192.0.2.2/24,address=2001:db8::2/"
      "64,gateway=192.0.2.1,mtu=1400");
  ASSERT_TRUE(port) << port.error().text;
  EXPECT_EQ(port->name, "media0");
  EXPECT_EQ(port->device, "veth1");
  EXPECT_EQ(port->mode, dataplane::AddressMode::kOwned);
  ASSERT_EQ(port->addresses.size(), 2u);
  EXPECT_EQ(port->prefix_lengths, (std::vector<std::uint8_t>{24, 64}));
  EXPECT_EQ(port->gateway_v4->to_string(), "192.0.2.1");
  EXPECT_EQ(port->mtu, 1400);

  const auto with_options = parse_port("p:driver=pcap,device=rx_pcap=in.pcap,tx_pcap=out.pcap");
  ASSERT_TRUE(with_options);
  EXPECT_EQ(with_options->device, "rx_pcap=in.pcap,tx_pcap=out.pcap");

  for (const auto* bad : {"", "media0", "media0:", ":driver=tap", "m:driver=warp", "m:address=192.0.2.2",
                          "m:address=192.0.2.2/33", "m:gateway=x", "m:mtu=10", "m:colour=red"}) {
    EXPECT_FALSE(parse_port(bad)) << bad;
  }
}

TEST(KeyValues, Scalars) {
  EXPECT_EQ(*parse_number("42", 0, 100), 42);
  for (const auto* bad : {"", "4x", " 4", "101", "-1", "99999999999999999999"}) {
    EXPECT_FALSE(parse_number(bad, 0, 100)) << bad;
  }
  EXPECT_TRUE(*parse_flag(""));
  EXPECT_FALSE(*parse_flag("no"));
  EXPECT_FALSE(parse_flag("maybe"));
  EXPECT_EQ(*parse_cpus("1,4-6"), (std::vector<int>{1, 4, 5, 6}));
  for (const auto* bad : {"", "4-2", "a", "1,,2"}) EXPECT_FALSE(parse_cpus(bad)) << bad;
  EXPECT_EQ(*parse_learning("delayed"), dataplane::Learning::kDelayed);
  EXPECT_EQ(parse_learning("never").error().text, "'never' is none of off, immediate, delayed, heuristic");
  EXPECT_EQ(*parse_idle("busy"), dataplane::IdleMode::kBusy);
  EXPECT_EQ(*parse_g729_engine("bcg729"), "bcg729");
}

}  // namespace
}  // namespace mediad
