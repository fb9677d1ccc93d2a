#include "dataplane/net/routes.h"

#include <gtest/gtest.h>

#include "tests/dataplane/net/captured.h"

namespace dataplane {
namespace {

using Kind = RouteAnswer::Kind;
using std::chrono::milliseconds;

base::IpAddress ip(const char* text) {
  return *base::IpAddress::parse(text);
}

class RoutesTest : public ::testing::Test {
 protected:
  const base::IpAddress shared_ = ip("192.0.2.2"), owned_ = ip("198.51.100.2"), peer_ = ip("192.0.2.1");
  const OwnedHost host_{kMacB, {{owned_, 24}}, ip("198.51.100.1"), {}};
  NeighbourBoard board_;
  Routes routes_{{nullptr, &host_}, board_, 64};
  base::Instant now_{std::chrono::seconds{100}};
};

TEST_F(RoutesTest, UnknownDestinationIsAskedForOncePerInterval) {
  EXPECT_EQ(routes_.find(shared_, peer_, now_).kind, Kind::kAskControl);
  EXPECT_EQ(routes_.find(shared_, peer_, now_ + milliseconds{20}).kind, Kind::kWait);
  EXPECT_EQ(routes_.find(shared_, peer_, now_ + NextHops::kAskEvery).kind, Kind::kAskControl);
}

TEST_F(RoutesTest, PeersFrameTeachesWhereItIs) {
  routes_.learn(0, parse_frame(from_hex(kUdp4)), now_);
  const auto answer = routes_.find(shared_, peer_, now_);
  ASSERT_EQ(answer.kind, Kind::kHop);
  EXPECT_EQ(answer.hop->mac, kMacA);
  EXPECT_EQ(answer.hop->port, 0);
  EXPECT_TRUE(answer.hop.current());
}

TEST_F(RoutesTest, KernelsAnswerOutranksTraffic) {
  routes_.set({peer_, 0, kMacB, true}, now_);
  const auto answer = routes_.find(shared_, peer_, now_);
  routes_.learn(0, parse_frame(from_hex(kUdp4)), now_);
  EXPECT_TRUE(answer.hop.current());
  EXPECT_EQ(answer.hop->mac, kMacB);
}

TEST_F(RoutesTest, AReferenceNoticesEveryChangeAndOnlyChanges) {
  routes_.set({peer_, 0, kMacA, true}, now_);
  const auto answer = routes_.find(shared_, peer_, now_);
  routes_.set({peer_, 0, kMacA, true}, now_);
  EXPECT_TRUE(answer.hop.current());
  routes_.set({peer_, 0, kMacB, true}, now_);
  EXPECT_FALSE(answer.hop.current());
  const auto later = routes_.find(shared_, peer_, now_);
  routes_.set({peer_, 0, {}, false}, now_);
  EXPECT_FALSE(later.hop.current());
  EXPECT_EQ(routes_.find(shared_, peer_, now_ + milliseconds{1}).kind, Kind::kWait);
}

TEST_F(RoutesTest, OwnedAddressAsksTheLink) {
  auto answer = routes_.find(owned_, ip("198.51.100.7"), now_);
  ASSERT_EQ(answer.kind, Kind::kAskLink);
  EXPECT_EQ(answer.port, 1);
  EXPECT_EQ(answer.neighbour, ip("198.51.100.7"));
  answer = routes_.find(owned_, peer_, now_);
  ASSERT_EQ(answer.kind, Kind::kAskLink);
  EXPECT_EQ(answer.neighbour, ip("198.51.100.1"));  // the gateway
  routes_.heard(1, {ip("198.51.100.1"), kMacA}, now_);
  answer = routes_.find(owned_, peer_, now_);
  ASSERT_EQ(answer.kind, Kind::kHop);
  EXPECT_EQ(answer.hop->mac, kMacA);
  EXPECT_EQ(answer.hop->port, 1);
  EXPECT_EQ(routes_.find(owned_, ip("2001:db8::1"), now_).kind, Kind::kNoRoute);
}

TEST_F(RoutesTest, WhatOneWorkerHeardAllKnow) {
  Routes other{{nullptr, &host_}, board_, 64};
  other.heard(1, {ip("198.51.100.1"), kMacA}, now_);
  const auto answer = routes_.find(owned_, peer_, now_);
  ASSERT_EQ(answer.kind, Kind::kHop);
  EXPECT_EQ(answer.hop->mac, kMacA);
}

TEST_F(RoutesTest, OwnedPortDoesNotLearnFromTraffic) {
  routes_.learn(1, parse_frame(from_hex(kUdp4)), now_);
  EXPECT_EQ(routes_.find(owned_, peer_, now_).kind, Kind::kAskLink);
}

TEST(NextHops, FullTableGivesUpTheOldestAndItsUserNotices) {
  NextHops hops{8};
  const base::Instant start{std::chrono::seconds{1}};
  std::vector<HopRef> references;
  for (std::uint8_t i = 0; i < 200; ++i)
    references.emplace_back(
        hops.put(0, base::IpAddress::v4(10, 0, 0, i), HopSource::kAnswer, 0, kMacA, start + milliseconds{i}));
  std::size_t current = 0;
  for (std::uint8_t i = 0; i < 200; ++i) {
    const auto* found = hops.find(0, base::IpAddress::v4(10, 0, 0, i));
    EXPECT_EQ(found != nullptr, references[i].current()) << int{i};
    if (found != nullptr) ++current;
  }
  EXPECT_EQ(current, 8u);
  EXPECT_TRUE(references.back().current());
}

TEST(NextHops, ScopesDoNotMix) {
  NextHops hops{64};
  hops.put(1, base::IpAddress::v4(10, 0, 0, 1), HopSource::kAnswer, 1, kMacA, {});
  EXPECT_EQ(hops.find(2, base::IpAddress::v4(10, 0, 0, 1)), nullptr);
}

}  // namespace
}  // namespace dataplane
