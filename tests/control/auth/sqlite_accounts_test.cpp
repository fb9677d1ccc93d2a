#include "control/auth/sqlite_accounts.h"

#include <gtest/gtest.h>

#include "control/auth/digest.h"

namespace control {
namespace {

TEST(SqliteAccounts, KeepsHashesAndNoPassword) {
  auto accounts = SqliteAccounts::open(":memory:", "example.com");
  ASSERT_TRUE(accounts);
  Account alice;
  alice.user = "alice";
  alice.display_name = "Alice \"A\" O'Neil";
  alice.allowed_prefixes = {"0", "+49"};
  EXPECT_FALSE((*accounts)->put(alice, ""));
  ASSERT_TRUE((*accounts)->put(alice, "secret"));
  const auto found = (*accounts)->find("alice");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->ha1_md5, digest_ha1(DigestAlgorithm::kMd5, "alice", "example.com", "secret"));
  EXPECT_EQ(found->ha1_sha256, digest_ha1(DigestAlgorithm::kSha256, "alice", "example.com", "secret"));
  EXPECT_EQ(found->display_name, alice.display_name);
  EXPECT_EQ(found->allowed_prefixes, alice.allowed_prefixes);
  EXPECT_FALSE((*accounts)->find("bob"));
  EXPECT_FALSE((*accounts)->find("alice' OR '1'='1"));
}

TEST(SqliteAccounts, ChangesAndRemoves) {
  auto opened = SqliteAccounts::open(":memory:", "example.com");
  ASSERT_TRUE(opened);
  auto& accounts = **opened;
  Account a;
  for (const auto* user : {"b", "a"}) {
    a.user = user;
    ASSERT_TRUE(accounts.put(a, "p"));
  }
  const auto old = accounts.find("a")->ha1_md5;
  a.max_calls = 9;
  ASSERT_TRUE(accounts.put(a, ""));
  EXPECT_EQ(accounts.find("a")->ha1_md5, old);
  EXPECT_EQ(accounts.find("a")->max_calls, 9U);
  ASSERT_TRUE(accounts.put(a, "q"));
  EXPECT_NE(accounts.find("a")->ha1_md5, old);
  EXPECT_EQ(accounts.list().size(), 2U);
  EXPECT_TRUE(*accounts.remove("a"));
  EXPECT_FALSE(*accounts.remove("a"));
}

TEST(SqliteAccounts, SaysWhyAFileCannotBeOpened) {
  const auto accounts = SqliteAccounts::open("/nonexistent/accounts.db", "example.com");
  ASSERT_FALSE(accounts);
  EXPECT_NE(accounts.error().text.find("/nonexistent/accounts.db"), std::string::npos);
}

}  // namespace
}  // namespace control
