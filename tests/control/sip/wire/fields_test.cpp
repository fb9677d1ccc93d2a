#include "control/sip/wire/fields.h"

#include <gtest/gtest.h>

namespace control::sip {
namespace {

TEST(SessionExpires, ReadsRefresher) {
  EXPECT_EQ(SessionExpires::parse("4000;refresher=uac")->refresher, SessionExpires::Refresher::kUac);
  EXPECT_EQ(SessionExpires::parse("90")->seconds, 90U);
  EXPECT_EQ(SessionExpires::parse("99999999999")->seconds, 4294967295U);
  EXPECT_FALSE(SessionExpires::parse("x"));
  EXPECT_FALSE(SessionExpires::parse("90;refresher=both"));
}

TEST(Replaces, NeedsBothTags) {
  const auto replaces = Replaces::parse("98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff;early-only");
  ASSERT_TRUE(replaces);
  EXPECT_EQ(replaces->call_id, "98732@sip.example.com");
  EXPECT_EQ(replaces->to_tag, "ff87ff");
  EXPECT_TRUE(replaces->early_only);
  EXPECT_FALSE(Replaces::parse("98732@sip.example.com;from-tag=r33th4x0r"));
}

TEST(Reason, ReadsCause) {
  const auto reason = Reason::parse("Q.850;cause=16;text=\"Terminated\"");
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->protocol, "Q.850");
  EXPECT_EQ(reason->cause, 16U);
}

TEST(MediaType, ReadsParameters) {
  const auto type = MediaType::parse("multipart/mixed;boundary=\"a b\"");
  ASSERT_TRUE(type);
  EXPECT_TRUE(type->is("MULTIPART", "mixed"));
  for (const auto* text : {"", "text", "text/", "/plain", "text/plain x", "text/plain;"})
    EXPECT_FALSE(MediaType::parse(text)) << text;
}

TEST(Date, IsAlwaysGmt) {
  const auto* text = "Sat, 13 Nov 2010 23:29:00 GMT";
  ASSERT_TRUE(parse_date(text));
  EXPECT_EQ(print_date(*parse_date(text)), text);
  EXPECT_EQ(parse_date(text)->time_since_epoch().count(), 1289690940);
  for (const auto* bad : {"Fri, 01 Jan 2010 16:00:00 EST", "Fri, 32 Jan 2010 16:00:00 GMT",
                          "Fri, 31 Feb 2010 16:00:00 GMT", ""}) {
    EXPECT_FALSE(parse_date(bad)) << bad;
  }
}

}  // namespace
}  // namespace control::sip
