#include "control/sip/resolve/locate.h"

#include <gtest/gtest.h>

namespace control::sip {
namespace {

using Type = DnsQuestion::Type;

std::uint32_t draw_zero(std::uint32_t) {
  return 0;
}

/// A zone, and what one URI leads to in it as "transport address:port".
struct Zone {
  std::map<std::string, std::vector<NaptrRecord>> naptr;
  std::map<std::string, std::vector<SrvRecord>> srv;
  std::map<std::string, std::vector<std::string>> addresses;
  UsableTransports usable;
  std::vector<std::string> asked;
  std::string tls_name;

  std::vector<std::string> locate(const std::string& uri) {
    Locator locator(uri, usable, draw_zero);
    asked.clear();
    while (const auto question = locator.next()) {
      const auto& name = question->name;
      switch (question->type) {
        case Type::kNaptr:
          asked.push_back("NAPTR " + name);
          locator.answer_naptr(naptr[name]);
          break;
        case Type::kSrv:
          asked.push_back("SRV " + name);
          locator.answer_srv(name, srv[name]);
          break;
        case Type::kAddress: {
          asked.push_back("A " + name);
          std::vector<base::IpAddress> found;
          for (const auto& text : addresses[name]) found.push_back(*base::IpAddress::parse(text));
          locator.answer_addresses(name, found);
          break;
        }
      }
      if (asked.size() > 100) break;
    }
    std::vector<std::string> places;
    for (const auto& place : locator.destinations()) {
      places.push_back(std::string(via_name(place.transport)) + ' ' + place.address.to_string());
      tls_name = place.tls_name;
    }
    return places;
  }
};

using Places = std::vector<std::string>;

TEST(Locator, AsksNothingForNumbers) {
  Zone zone;
  EXPECT_EQ(zone.locate("sip:a@192.0.2.1"), Places{"UDP 192.0.2.1:5060"});
  EXPECT_EQ(zone.locate("sip:a@192.0.2.1:5080;transport=tcp"), Places{"TCP 192.0.2.1:5080"});
  EXPECT_EQ(zone.locate("sips:a@[2001:db8::1]"), Places{"TLS [2001:db8::1]:5061"});
  EXPECT_EQ(zone.locate("sip:a@example.com;maddr=192.0.2.9"), Places{"UDP 192.0.2.9:5060"});
  EXPECT_TRUE(zone.asked.empty());
}

TEST(Locator, APortSkipsNaptrAndSrv) {
  Zone zone;
  zone.addresses["example.com"] = {"192.0.2.1", "2001:db8::1"};
  EXPECT_EQ(zone.locate("sip:example.com:5070"), (Places{"UDP 192.0.2.1:5070", "UDP [2001:db8::1]:5070"}));
  EXPECT_EQ(zone.asked, Places{"A example.com"});
}

TEST(Locator, FollowsNaptrInItsOrder) {
  Zone zone;
  zone.naptr["example.com"] = {{20, 10, "s", "SIP+D2U", "_sip._udp.example.com"},
                               {10, 20, "s", "SIP+D2T", "_sip._tcp.example.com"},
                               {10, 10, "s", "SIPS+D2T", "_sips._tcp.example.com"},
                               {5, 10, "s", "SIP+D2S", "_sip._sctp.example.com"},
                               {5, 10, "u", "E2U+sip", "x"}};
  zone.srv["_sips._tcp.example.com"] = {{0, 0, 5061, "a.example.com"}};
  zone.srv["_sip._tcp.example.com"] = {{0, 0, 5060, "a.example.com"}};
  zone.srv["_sip._udp.example.com"] = {{0, 0, 5060, "b.example.com"}};
  zone.addresses["a.example.com"] = {"192.0.2.1"};
  zone.addresses["b.example.com"] = {"192.0.2.2"};
  EXPECT_EQ(zone.locate("sip:u@example.com"),
            (Places{"TLS 192.0.2.1:5061", "TCP 192.0.2.1:5060", "UDP 192.0.2.2:5060"}));
  EXPECT_EQ(zone.locate("sips:u@example.com"), Places{"TLS 192.0.2.1:5061"});
  EXPECT_EQ(zone.tls_name, "example.com");
  zone.usable.tls = false;
  EXPECT_EQ(zone.locate("sip:u@example.com").front(), "TCP 192.0.2.1:5060");
}

TEST(Locator, AsksForEveryTransportWithoutNaptr) {
  Zone zone;
  zone.srv["_sip._tcp.example.com"] = {{10, 0, 5060, "a.example.com"}, {5, 0, 5062, "b.example.com"}};
  zone.addresses["a.example.com"] = {"192.0.2.1"};
  zone.addresses["b.example.com"] = {"192.0.2.2"};
  EXPECT_EQ(zone.locate("sip:u@example.com"), (Places{"TCP 192.0.2.2:5062", "TCP 192.0.2.1:5060"}));
  EXPECT_EQ(zone.asked.size(), 6U);
}

TEST(Locator, FallsBackToTheDomainsAddress) {
  Zone zone;
  zone.addresses["example.com"] = {"192.0.2.7"};
  EXPECT_EQ(zone.locate("sip:u@example.com"), Places{"UDP 192.0.2.7:5060"});
  EXPECT_EQ(zone.locate("sip:u@example.com;transport=tls"), Places{"TLS 192.0.2.7:5061"});
  EXPECT_EQ(zone.locate("sip:u@nowhere.example"), Places{});
}

TEST(Locator, ADotMeansNo) {
  Zone zone;
  zone.srv["_sip._udp.example.com"] = {{0, 0, 0, "."}};
  EXPECT_EQ(zone.locate("sip:u@example.com;transport=udp"), Places{});
}

TEST(Locator, IsBounded) {
  Zone zone;
  for (int i = 0; i < 100; ++i) {
    zone.srv["_sip._udp.example.com"].push_back({0, 0, 5060, "h" + std::to_string(i)});
    zone.addresses["h" + std::to_string(i)] = {"192.0.2.1", "192.0.2.2"};
  }
  EXPECT_EQ(zone.locate("sip:u@example.com;transport=udp").size(), 2U);
  EXPECT_LE(zone.asked.size(), 1 + Locator::kMaxDestinations);
}

TEST(Locator, OtherSchemesLeadNowhere) {
  Zone zone;
  EXPECT_EQ(zone.locate("tel:+1555"), Places{});
  EXPECT_EQ(zone.locate("rubbish"), Places{});
}

TEST(OrderSrv, PriorityFirstThenByWeight) {
  const std::vector<SrvRecord> records{{1, 10, 1, "a"}, {0, 30, 2, "b"}, {0, 70, 3, "c"}, {0, 0, 4, "d"}};
  const auto first = [&](std::uint32_t mark) {
    return order_srv(records, [&](std::uint32_t n) { return std::min(n, mark); }).front().target;
  };
  EXPECT_EQ(first(0), "d");
  EXPECT_EQ(first(30), "b");
  EXPECT_EQ(first(31), "c");
  EXPECT_EQ(first(100), "c");
  EXPECT_EQ(order_srv(records, draw_zero).back().target, "a");
}

}  // namespace
}  // namespace control::sip
