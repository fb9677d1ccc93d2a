#include "control/routing/sqlite_routing.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "control/routing/number_target.h"

namespace control {
namespace {

class SqliteRoutingTest : public testing::Test {
 protected:
  using Numbers = SqliteRouting::Numbers;
  SqliteRoutingTest() : file_("/tmp/mediad-routing-" + std::to_string(::getpid()) + ".db") { remove_files(); }
  ~SqliteRoutingTest() override { remove_files(); }
  void remove_files() const {
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_ + suffix);
  }
  std::string file_;
};

TEST_F(SqliteRoutingTest, KeepsWhatItIsGiven) {
  {
    const auto routing = SqliteRouting::open(file_);
    ASSERT_TRUE(routing);
    auto& r = **routing;
    EXPECT_TRUE(r.put_number(Numbers::kDid, "4930123", ToUser{"101"}));
    EXPECT_TRUE(r.put_number(Numbers::kDid, "4930123", ToGroup{"sales"}));  // replaces
    EXPECT_TRUE(r.put_number(Numbers::kExtension, "9", ToTrunkNumber{"carrier", "112"}));
    EXPECT_TRUE(r.put_group("sales", {{"101", "102"}, true}));
    EXPECT_TRUE(r.put_trunk(
        {{"carrier", "sip:gw.example.net", true, false},
         {"carrier", {*base::IpAddress::parse("192.0.2.7"), *base::IpAddress::parse("2001:db8::7")}, "gw"}}));
    EXPECT_TRUE(r.put_trunk(
        {{"off", "sip:off.example.net", false, true}, {"off", {*base::IpAddress::parse("192.0.2.8")}, {}}}));
    EXPECT_TRUE(r.put_login({"carrier", {"we", "pw", "realm"}, true, 300, 30}));
    EXPECT_TRUE(r.put_login({"off", {"we", "pw"}, false, 300, 0}));
    EXPECT_TRUE(r.put_route("0", {"carrier", 1, 2}, 1, "49"));
    EXPECT_TRUE(r.put_route("0", {"off", 0, 1}, 1, "49"));
  }
  const auto routing = SqliteRouting::open(file_);
  ASSERT_TRUE(routing);
  const auto data = (*routing)->load();
  EXPECT_EQ(print_number_target(data.table.dids.at("4930123")), "group:sales");
  EXPECT_EQ(print_number_target(data.table.extensions.at("9")), "trunk:carrier:112");
  EXPECT_EQ(data.table.groups.at("sales").users, (std::vector<std::string>{"101", "102"}));
  EXPECT_TRUE(data.table.groups.at("sales").one_after_another);
  EXPECT_FALSE(data.table.trunks.at("off").enabled);
  ASSERT_EQ(data.logins.size(), 2U);
  EXPECT_EQ(data.logins[0].credentials.password, "");  // its realm is known: the hash will do
  EXPECT_EQ(data.logins[0].credentials.ha1_md5, digest_ha1(DigestAlgorithm::kMd5, "we", "realm", "pw"));
  EXPECT_TRUE(data.logins[0].registers);
  EXPECT_EQ(data.logins[0].options_seconds, 30U);
  EXPECT_EQ(data.logins[1].credentials.password, "pw");
  ASSERT_EQ(data.identities.size(), 1U);  // who is switched off is nobody
  EXPECT_EQ(data.identities[0].addresses.size(), 2U);
  EXPECT_EQ(data.identities[0].tls_name, "gw");
  ASSERT_EQ(data.table.routes.size(), 1U);
  EXPECT_EQ(data.table.routes[0].strip, 1U);
  EXPECT_EQ(data.table.routes[0].prepend, "49");
  ASSERT_EQ(data.table.routes[0].choices.size(), 2U);
  EXPECT_EQ(data.table.routes[0].choices[0].trunk, "off");  // by priority
}

TEST_F(SqliteRoutingTest, RemovesAndSaysIfThereWasNothing) {
  const auto routing = SqliteRouting::open(file_);
  ASSERT_TRUE(routing);
  auto& r = **routing;
  ASSERT_TRUE(r.put_number(Numbers::kDid, "1", ToUser{"101"}));
  EXPECT_FALSE(*r.remove_number(Numbers::kExtension, "1"));
  EXPECT_TRUE(*r.remove_number(Numbers::kDid, "1"));
  EXPECT_FALSE(*r.remove_number(Numbers::kDid, "1"));
  EXPECT_FALSE(*r.remove_trunk("'; DROP TABLE trunk; --"));
  EXPECT_TRUE(r.load().table.dids.empty());
}

}  // namespace
}  // namespace control
