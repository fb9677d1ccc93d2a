#include "mediad/keys.h"

#include <gtest/gtest.h>

#include <set>

namespace mediad {
namespace {

TEST(Keys, AreListedOnceEachWithHelp) {
  std::set<std::string_view> seen;
  for (const auto& key : keys()) {
    EXPECT_TRUE(seen.insert(key.name).second) << key.name;
    EXPECT_FALSE(key.help.empty()) << key.name;
    EXPECT_EQ(key.apply == nullptr, key.kind == KeyKind::kIgnored) << key.name;
    EXPECT_EQ(find_key(key.name), &key);
  }
}

TEST(Keys, KnowTheNearest) {
  EXPECT_EQ(nearest_key("interfce"), "interface");
  EXPECT_EQ(nearest_key("listenng"), "listen-ng");
  EXPECT_EQ(nearest_key("portmax"), "port-max");
  EXPECT_EQ(find_key("interfce"), nullptr);
  EXPECT_FALSE(nearest_key(std::string(100000, 'x')).empty());
}

}  // namespace
}  // namespace mediad
