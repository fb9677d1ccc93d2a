#include "control/sip/wire/name_addr.h"

#include <gtest/gtest.h>

#include "control/sip/wire/chars.h"

namespace control::sip {
namespace {

TEST(NameAddr, TakesListsWithCommasInQuotesAndUris) {
  std::string_view list =
      "\"Bell, A\" <sip:a,b@example.com;lr>;q=0.5 , sip:c@example.com;expires=60,<tel:+1>";
  const auto first = NameAddr::take(list);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->display_name(), "Bell, A");
  EXPECT_EQ(first->uri.user, "a,b");
  EXPECT_EQ(first->param("Q"), "0.5");
  ASSERT_TRUE(take(list, ','));
  const auto second = NameAddr::take(list);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->uri.text, "sip:c@example.com");
  EXPECT_EQ(second->param("expires"), "60");
  ASSERT_TRUE(take(list, ','));
  const auto third = NameAddr::take(list);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->uri.scheme, Uri::Scheme::kTel);
  EXPECT_TRUE(list.empty());
}

TEST(NameAddr, ParametersOfABareUriBelongToTheHeader) {
  const auto bare = NameAddr::parse("sip:a@example.com;transport=tcp");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->uri.params, "");
  EXPECT_EQ(bare->param("transport"), "tcp");
  const auto bracketed = NameAddr::parse("<sip:a@example.com;transport=tcp>");
  ASSERT_TRUE(bracketed);
  EXPECT_EQ(bracketed->uri.param("transport"), "tcp");
  EXPECT_EQ(bracketed->params, "");
}

TEST(NameAddr, ReadsOutboundContacts) {
  const auto contact = NameAddr::parse(
      "<sip:line1@192.0.2.2;transport=tcp;ob>;reg-id=1;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000>\"");
  ASSERT_TRUE(contact);
  EXPECT_EQ(contact->param("reg-id"), "1");
  EXPECT_EQ(contact->param("+sip.instance"), "\"<urn:uuid:00000000-0000-1000-8000>\"");
}

TEST(NameAddr, RefusesWhatTheGrammarDoes) {
  for (const auto* text :
       {"", "<>", "<sip:a@b", "sip:a@b>", "\"x <sip:a@b>", "a, b <sip:a@b>", "< sip:a@b>", "<sip:a@b >",
        "<sip:a@b>;", "<sip:a@b>;=1", "<sip:a@b>;q=", "<sip:a@b>;q=\"1", "<sip:a@b> x", "sip:a@b?x=y",
        "\"a\" sip:a@b", "<<sip:a@b>>", "\"a\"\"b\" <sip:a@b>", "sip:a@b sip:c@d"}) {
    EXPECT_FALSE(NameAddr::parse(text)) << text;
  }
}

TEST(NameAddr, LeniencyIsASwitchForEachDeparture) {
  EXPECT_TRUE(NameAddr::parse("< sip:a@b >", {.space_in_addr_spec = true}));
  EXPECT_TRUE(NameAddr::parse("Bell, A <sip:a@b>", {.unquoted_display_name = true}));
  EXPECT_TRUE(NameAddr::parse("sip:a@b?x=y", {.headers_in_bare_contact = true}));
  EXPECT_FALSE(NameAddr::parse("\"Bell <sip:a@b>", Leniency::all()));
}

}  // namespace
}  // namespace control::sip
