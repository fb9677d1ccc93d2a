#include "control/placement.h"

#include <gmock/gmock.h>

#include <set>

namespace control {
namespace {

using testing::HasSubstr;

base::IpAddress ip(std::string_view text) {
  return *base::IpAddress::parse(text);
}

PlacementOptions two_workers() {
  PlacementOptions options;
  options.interfaces = {{"int", ip("10.0.0.1"), ip("10.0.0.1")},
                        {"ext", ip("192.0.2.1"), ip("203.0.113.1")},
                        {"ext", ip("2001:db8::1"), ip("2001:db8::1")},
                        {"alias", ip("10.0.0.1"), ip("10.9.9.9")}};
  options.port_min = base::UdpPort{30001};  // odd: the first pair begins at 30002
  options.port_max = base::UdpPort{30016};  // even: a last pair has no room for its RTCP
  options.workers = 2;
  options.worker_of = [](base::UdpPort port) { return static_cast<std::uint16_t>(port.number / 2 % 2); };
  return options;
}

TEST(MediaInterface, AllItsForms) {
  const auto full = MediaInterface::parse("pub/192.0.2.1!203.0.113.1");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->name, "pub");
  EXPECT_EQ(full->local, ip("192.0.2.1"));
  EXPECT_EQ(full->advertised, ip("203.0.113.1"));
  const auto plain = MediaInterface::parse("2001:db8::1");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->name, "default");
  EXPECT_EQ(plain->advertised, ip("2001:db8::1"));
  for (const auto* bad : {"", "/1.2.3.4", "a/b", "1.2.3.4!x", "1.2.3.4!2001:db8::1", "a/1.2.3.4!"}) {
    const auto refused = MediaInterface::parse(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_THAT(refused.error().text, HasSubstr('"' + std::string{bad} + '"'));
  }
}

TEST(Placement, PairsAreEvenWholeDistinctAndOfTheirWorker) {
  Placement placement{two_workers()};
  const auto interfaces = placement.candidates("int", base::IpFamily::kV4);
  std::vector<PortLease> leases;
  std::set<std::uint16_t> seen;
  for (std::uint16_t worker = 0; worker < 2; ++worker) {
    for (auto lease = placement.take(interfaces, worker); !lease.empty();
         lease = placement.take(interfaces, worker)) {
      EXPECT_EQ(lease.rtp().number % 2, 0);
      EXPECT_EQ(lease.rtcp().number, lease.rtp().number + 1);
      EXPECT_GE(lease.rtp().number, 30002);
      EXPECT_LE(lease.rtcp().number, 30016);
      EXPECT_EQ(placement.options().worker_of(lease.rtp()), worker);
      EXPECT_TRUE(seen.insert(lease.rtp().number).second);
      leases.push_back(std::move(lease));
    }
  }
  EXPECT_EQ(seen.size(), 7U);
  EXPECT_EQ(placement.usage()[0].free_pairs, 0U);
  EXPECT_EQ(placement.usage()[3].free_pairs, 0U) << "another name for the same address has the same ports";
  EXPECT_EQ(placement.usage()[1].free_pairs, 7U);
  leases.clear();
  EXPECT_EQ(placement.usage()[0].free_pairs, 7U);
}

TEST(Placement, APairComesBackLast) {
  auto options = two_workers();
  options.workers = 1;
  options.worker_of = [](base::UdpPort) { return 0; };
  Placement placement{std::move(options)};
  const auto interfaces = placement.candidates("int", base::IpFamily::kV4);
  const auto first = placement.take(interfaces, 0).rtp();  // and back at once
  for (int i = 0; i < 6; ++i) EXPECT_NE(placement.take(interfaces, 0).rtp(), first);
  EXPECT_EQ(placement.take(interfaces, 0).rtp(), first);
}

TEST(Placement, NameAndFamilyChooseTheInterface) {
  const Placement placement{two_workers()};
  const auto first = [&](std::string_view name, std::optional<base::IpFamily> family) {
    return placement.candidates(name, family).at(0)->local;
  };
  EXPECT_EQ(first("ext", base::IpFamily::kV6), ip("2001:db8::1"));
  EXPECT_EQ(first("ext", base::IpFamily::kV4), ip("192.0.2.1"));
  EXPECT_EQ(first("", base::IpFamily::kV4), ip("10.0.0.1")) << "the first is the default";
  EXPECT_EQ(first("int", base::IpFamily::kV6), ip("10.0.0.1")) << "the name counts more than the family";
  EXPECT_EQ(first("unknown", base::IpFamily::kV6), ip("2001:db8::1"));
  EXPECT_EQ(placement.candidates("ext", std::nullopt).size(), 2U);
  EXPECT_TRUE(placement.knows("alias"));
  EXPECT_FALSE(placement.knows("unknown"));
}

TEST(Placement, TheLeastLoadedWorkerThatHasRoomIsChosen) {
  Placement placement{two_workers()};
  const auto interfaces = placement.candidates("int", base::IpFamily::kV4);
  const std::array sides = {interfaces, interfaces};
  placement.add_load(0, 10);
  EXPECT_EQ(placement.choose_worker(sides, 1), 1);
  placement.add_load(1, 20);
  EXPECT_EQ(placement.choose_worker(sides, 1), 0);
  EXPECT_EQ(placement.choose_worker(sides, 2), 1) << "worker 0 has three pairs, four are wanted";
  EXPECT_EQ(placement.choose_worker(sides, 3), std::nullopt);
}

}  // namespace
}  // namespace control
