#include "dataplane/session_table.h"

#include <gtest/gtest.h>

#include "dataplane/session.h"
#include "tests/dataplane/session_lab.h"

namespace dataplane {
namespace {

SessionHandle session(std::uint64_t id, std::uint16_t first_port, const std::string& ip = "10.0.0.1") {
  auto plan = relay_plan();
  for (auto& endpoint : plan.endpoints) {
    endpoint.local_ip = *base::IpAddress::parse(ip);
    endpoint.local_rtp = {first_port};
    endpoint.local_rtcp = {static_cast<std::uint16_t>(first_port + 1)};
    first_port = static_cast<std::uint16_t>(first_port + 2);
  }
  return *build_session({id}, plan);
}

TEST(SessionTable, FindsByAddressAndPort) {
  const std::array local{*base::IpAddress::parse("10.0.0.1"), *base::IpAddress::parse("2001:db8::1")};
  SessionTable table{local};
  auto a = session(1, 20000);
  auto b = session(2, 20000, "2001:db8::1");
  ASSERT_TRUE(table.add(*a));
  ASSERT_TRUE(table.add(*b));
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.index_of(local[1]), 1u);
  EXPECT_EQ(table.index_of(*base::IpAddress::parse("10.0.0.2")), SessionTable::kNone);
  EXPECT_EQ(table.find(0, 20000).endpoint(), &a->body.endpoints[0]);
  EXPECT_FALSE(table.find(0, 20000).rtcp());
  EXPECT_TRUE(table.find(0, 20001).rtcp());
  EXPECT_EQ(table.find(0, 20002).endpoint(), &a->body.endpoints[1]);
  EXPECT_EQ(table.find(1, 20003).endpoint(), &b->body.endpoints[1]);
  EXPECT_FALSE(table.find(0, 20004));
  EXPECT_EQ(table.find(SessionId{2}), b.get());
  table.remove(*a);
  EXPECT_FALSE(table.find(0, 20000));
  EXPECT_EQ(table.find(SessionId{1}), nullptr);
  EXPECT_EQ(table.any(), b.get());
  table.remove(*b);
  EXPECT_EQ(table.any(), nullptr);
}

TEST(SessionTable, RefusesWhatIsTakenAndLeavesNoTrace) {
  const std::array local{*base::IpAddress::parse("10.0.0.1")};
  SessionTable table{local};
  auto a = session(1, 20002);
  auto overlapping = session(2, 20000);
  auto same_id = session(1, 30000);
  auto foreign = session(3, 40000, "10.9.9.9");
  ASSERT_TRUE(table.add(*a));
  EXPECT_FALSE(table.add(*overlapping));
  EXPECT_FALSE(table.find(0, 20000));
  EXPECT_EQ(table.find(0, 20002).endpoint(), &a->body.endpoints[0]);
  EXPECT_FALSE(table.add(*same_id));
  EXPECT_FALSE(table.add(*foreign));
  EXPECT_EQ(table.size(), 1u);
}

TEST(SessionTable, IdsThatShareABucketAreToldApart) {
  const std::array local{*base::IpAddress::parse("10.0.0.1")};
  SessionTable table{local};
  std::vector<SessionHandle> sessions;
  for (std::uint64_t i = 0; i < 3; ++i) {
    sessions.push_back(session(5 + i * 16384, static_cast<std::uint16_t>(20000 + 4 * i)));
    ASSERT_TRUE(table.add(*sessions.back()));
  }
  table.remove(*sessions[1]);
  EXPECT_EQ(table.find(SessionId{5}), sessions[0].get());
  EXPECT_EQ(table.find(SessionId{5 + 16384}), nullptr);
  EXPECT_EQ(table.find(SessionId{5 + 2 * 16384}), sessions[2].get());
}

}  // namespace
}  // namespace dataplane
