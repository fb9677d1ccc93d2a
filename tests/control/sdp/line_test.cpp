#include "control/sdp/line.h"

#include <gtest/gtest.h>

namespace control::sdp {
namespace {

std::string joined(const Section& section) {
  std::string text;
  for (const auto& line : section.lines()) text.append(line.text()).append("|");
  return text;
}

Section section_of(std::initializer_list<const char*> lines) {
  Section section;
  for (const auto* line : lines) section.append(Line(line));
  return section;
}

TEST(Line, SplitsAttributesAtTheFirstColon) {
  const Line candidate("a=candidate:1 1 udp 2122260223 2001:db8::1 5000 typ host");
  EXPECT_EQ(candidate.type(), 'a');
  EXPECT_EQ(candidate.attribute_name(), "candidate");
  EXPECT_EQ(candidate.attribute_value(), "1 1 udp 2122260223 2001:db8::1 5000 typ host");
  EXPECT_TRUE(candidate.is_attribute("candidate"));
  EXPECT_FALSE(candidate.is_attribute("cand"));

  const Line property("a=rtcp-mux");
  EXPECT_EQ(property.attribute_name(), "rtcp-mux");
  EXPECT_EQ(property.attribute_value(), "");

  const Line connection("c=IN IP6 ::1");
  EXPECT_EQ(connection.attribute_name(), "");
  EXPECT_EQ(connection.value(), "IN IP6 ::1");
}

TEST(Line, PrintsAttributes) {
  EXPECT_EQ(Line::attribute("ptime", "20").text(), "a=ptime:20");
  EXPECT_EQ(Line::attribute("rtcp-mux").text(), "a=rtcp-mux");
  EXPECT_EQ(Line('b', "AS:64").text(), "b=AS:64");
}

TEST(Section, SetInsertsWhereTheGrammarWantsIt) {
  auto session = section_of({"v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0", "a=tool:x"});
  session.set('c', "IN IP4 198.51.100.1");
  EXPECT_EQ(joined(session), "v=0|o=- 1 1 IN IP4 192.0.2.1|s=-|c=IN IP4 198.51.100.1|t=0 0|a=tool:x|");
  session.set('c', "IN IP4 198.51.100.2");
  EXPECT_EQ(joined(session), "v=0|o=- 1 1 IN IP4 192.0.2.1|s=-|c=IN IP4 198.51.100.2|t=0 0|a=tool:x|");
}

TEST(Section, SetAttributeReplacesTheFirstAndRemovesOthers) {
  auto media = section_of({"a=ptime:30", "a=sendrecv", "a=ptime:40", "a=ptimes:1"});
  media.set_attribute("ptime", "20");
  EXPECT_EQ(joined(media), "a=ptime:20|a=sendrecv|a=ptimes:1|");
  media.set_attribute("rtcp-mux");
  EXPECT_EQ(joined(media), "a=ptime:20|a=sendrecv|a=ptimes:1|a=rtcp-mux|");
  media.remove_attribute("ptimes");
  EXPECT_EQ(joined(media), "a=ptime:20|a=sendrecv|a=rtcp-mux|");
  EXPECT_EQ(media.attribute("ptime"), "20");
  EXPECT_EQ(media.attribute("maxptime"), std::nullopt);
}

}  // namespace
}  // namespace control::sdp
