#include "control/sip/wire/header_id.h"

#include <gtest/gtest.h>

namespace control::sip {
namespace {

TEST(HeaderId, EveryNameLeadsBackToItsId) {
  for (int i = 1; i <= static_cast<int>(HeaderId::kWwwAuthenticate); ++i) {
    const auto id = static_cast<HeaderId>(i);
    EXPECT_FALSE(name_of(id).empty()) << i;
    EXPECT_EQ(header_id_of(name_of(id)), id) << name_of(id);
  }
}

TEST(HeaderId, CaseAndCompactFormsAreTheSame) {
  EXPECT_EQ(header_id_of("cALL-iD"), HeaderId::kCallId);
  EXPECT_EQ(header_id_of("I"), HeaderId::kCallId);
  EXPECT_EQ(header_id_of("v"), HeaderId::kVia);
  EXPECT_EQ(header_id_of("m"), HeaderId::kContact);
  EXPECT_EQ(header_id_of("x"), HeaderId::kSessionExpires);
  EXPECT_EQ(header_id_of("z"), HeaderId::kOther);
  EXPECT_EQ(header_id_of("C%6Fntact"), HeaderId::kOther);
  EXPECT_EQ(header_id_of(""), HeaderId::kOther);
}

}  // namespace
}  // namespace control::sip
