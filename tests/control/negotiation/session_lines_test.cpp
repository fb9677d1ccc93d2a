#include "control/negotiation/session_lines.h"

#include <gtest/gtest.h>

namespace control {
namespace {

sdp::SessionDescription description(std::string_view user, int version, std::string_view rest = "") {
  auto parsed = sdp::SessionDescription::parse("v=0\no=" + std::string(user) + " 5 " +
                                               std::to_string(version) + " IN IP4 192.0.2.1\ns=call of " +
                                               std::string(user) + "\nt=0 0\n" + std::string(rest));
  EXPECT_TRUE(parsed);
  return *std::move(parsed);
}

const base::IpAddress kOurs = *base::IpAddress::parse("2001:db8::5");

TEST(SessionLines, TouchesNothingUnasked) {
  SessionLines lines;
  auto out = description("alice", 1);
  const auto before = out.print();
  lines.write(out, {}, kOurs);
  EXPECT_EQ(out.print(), before);
}

TEST(SessionLines, OriginAddress) {
  SessionLines lines;
  auto out = description("alice", 1);
  lines.write(out, {.origin = true}, kOurs);
  EXPECT_EQ(out.origin().to_string(), "alice 5 1 IN IP6 2001:db8::5");
}

TEST(SessionLines, NamesStayWhatThisSideSawFirst) {
  SessionLines lines;
  const ReplaceFlags flags{.username = true, .session_name = true};
  auto first = description("alice", 1);
  lines.write(first, flags, kOurs);
  auto second = description("carol", 1);
  lines.write(second, flags, kOurs);
  EXPECT_EQ(second.origin().username, "alice");
  EXPECT_EQ(second.session.find('s')->value(), "call of alice");
}

TEST(SessionLines, VersionGrowsWithChangesOnly) {
  SessionLines lines;
  const ReplaceFlags flags{.sdp_version = true};
  const auto version = [&](int theirs, std::string_view rest) {
    auto out = description("alice", theirs, rest);
    lines.write(out, flags, kOurs);
    return out.origin().version;
  };
  EXPECT_EQ(version(7, "a=x\n"), "7");
  EXPECT_EQ(version(9, "a=x\n"), "7");
  EXPECT_EQ(version(3, "a=y\n"), "8");
}

TEST(SessionLines, VersionCanBeMadeToGrow) {
  SessionLines lines;
  const ReplaceFlags flags{.force_increment_version = true};
  for (const auto* expected : {"7", "8", "9"}) {
    auto out = description("alice", 7);
    lines.write(out, flags, kOurs);
    EXPECT_EQ(out.origin().version, expected);
  }
}

}  // namespace
}  // namespace control
