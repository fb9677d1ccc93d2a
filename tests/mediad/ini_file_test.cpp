#include "mediad/ini_file.h"

#include <gtest/gtest.h>

namespace mediad {
namespace {

TEST(IniFile, KeepsSectionKeyValueAndLine) {
  const auto entries = parse_ini(
      "# rtpengine.conf\n\n[rtpengine]\n interface = a/192.0.2.1; b/192.0.2.2 \r\nno-fallback\n; x = "
      "y\n[other]\nx==1");
  ASSERT_TRUE(entries) << entries.error().text;
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ((*entries)[0].section, "rtpengine");
  EXPECT_EQ((*entries)[0].key, "interface");
  EXPECT_EQ((*entries)[0].value, "a/192.0.2.1; b/192.0.2.2");
  EXPECT_EQ((*entries)[0].line, 4);
  EXPECT_EQ((*entries)[1].key, "no-fallback");
  EXPECT_EQ((*entries)[1].value, "");
  EXPECT_EQ((*entries)[2].section, "other");
  EXPECT_EQ((*entries)[2].value, "=1");
}

TEST(IniFile, NamesTheLineOfAMistake) {
  const std::pair<std::string, std::string> cases[] = {
      {"[rtpengine\n", "line 1: section '[rtpengine' lacks its ']'"},
      {"a = 1\ntwo words = 2\n", "line 2: 'two words = 2' is no key = value"},
      {"\n= 5\n", "line 2: '= 5' is no key = value"},
      {std::string{"a\0b = 1", 7}, "line 1: not a text file"},
      {std::string(kMaxIniSize + 1, 'a'), "file is larger than 1 MiB"},
  };
  for (const auto& [text, message] : cases) {
    const auto entries = parse_ini(text);
    ASSERT_FALSE(entries);
    EXPECT_EQ(entries.error().text, message);
  }
}

}  // namespace
}  // namespace mediad
