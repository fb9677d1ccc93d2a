#include "control/sip/wire/cseq.h"

#include <gtest/gtest.h>

namespace control::sip {
namespace {

TEST(CSeq, StaysBelowTwoToThe31) {
  ASSERT_TRUE(CSeq::parse("2147483647 INVITE"));
  EXPECT_EQ(CSeq::parse("0009   INVITE")->number, 9U);
  for (const auto* text : {"2147483648 INVITE", "36893488147419103232 REGISTER", "1", "1 ", "-1 INVITE",
                           "1INVITE", "x INVITE", "1 INVITE x", ""}) {
    EXPECT_FALSE(CSeq::parse(text)) << text;
  }
}

TEST(RAck, ReadsAllThree) {
  const auto rack = RAck::parse("776656 1 INVITE");
  ASSERT_TRUE(rack);
  EXPECT_EQ(rack->response_number, 776656U);
  EXPECT_EQ(rack->cseq.number, 1U);
  EXPECT_EQ(rack->cseq.method, "INVITE");
  EXPECT_FALSE(RAck::parse("776656 INVITE"));
}

}  // namespace
}  // namespace control::sip
