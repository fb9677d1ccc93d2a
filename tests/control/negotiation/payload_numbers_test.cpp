#include "control/negotiation/payload_numbers.h"

#include <gtest/gtest.h>

namespace control {
namespace {

const codecs::Format kPcmu{"PCMU", {8000}, 1, {}};
const codecs::Format kOpus{"opus", {48000}, 2, "useinbandfec=1"};
const codecs::Format kEvent{"telephone-event", {8000}, 1, "0-15"};

TEST(PayloadNumbers, OfferedNumbersStayStaticOnesAreUsedOthersAreDynamic) {
  PayloadNumbers numbers;
  numbers.begin({{96, kEvent}});
  EXPECT_EQ(numbers.add(kOpus), 97);
  EXPECT_EQ(numbers.keep({96, kEvent}), 96);
  EXPECT_EQ(numbers.add(kPcmu), 0);
}

TEST(PayloadNumbers, KeepsANumberForLife) {  // RFC 3264 §8.3.2
  PayloadNumbers numbers;
  numbers.begin({});
  EXPECT_EQ(numbers.add(kOpus), 96);
  for (int i = 0; i < 2; ++i) {
    numbers.begin({{96, kEvent}});
    EXPECT_EQ(numbers.keep({96, kEvent}), 97);  // 96 meant opus here before
    EXPECT_EQ(numbers.add(kOpus), 96);
  }
}

TEST(PayloadNumbers, WhatTheOtherSideCallsItHolds) {
  PayloadNumbers numbers;
  numbers.learn({111, kOpus});
  numbers.begin({{96, kOpus}});
  EXPECT_EQ(numbers.keep({96, kOpus}), 111);
}

TEST(PayloadNumbers, SameEncodingTwiceGetsTwoNumbers) {
  PayloadNumbers numbers;
  auto stereo = kOpus;
  stereo.fmtp = "stereo=1";
  numbers.begin({{111, kOpus}, {112, stereo}});
  EXPECT_EQ(numbers.keep({111, kOpus}), 111);
  EXPECT_EQ(numbers.keep({112, stereo}), 112);
  numbers.begin({});
  EXPECT_EQ(numbers.add(stereo), 112);
  EXPECT_EQ(numbers.add(kOpus), 111);
}

TEST(PayloadNumbers, APreferredNumberOfTheOfferIsNotTaken) {
  PayloadNumbers numbers;
  numbers.begin({{101, kOpus}});
  EXPECT_EQ(numbers.add(kEvent, 101), 96);
  PayloadNumbers others;
  others.begin({});
  EXPECT_EQ(others.add(kEvent, 101), 101);
}

TEST(PayloadNumbers, RunsOut) {
  PayloadNumbers numbers;
  numbers.begin({});
  int given = 0;
  for (std::uint32_t hz = 1; hz < 100; ++hz) given += numbers.add({"x", {hz}, 1, {}}).has_value() ? 1 : 0;
  EXPECT_EQ(given, 32 + 29);  // 96..127 and 35..63
}

}  // namespace
}  // namespace control
