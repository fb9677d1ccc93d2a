#include "codecs/g729/frame.h"

#include <gtest/gtest.h>

namespace codecs::g729 {
namespace {

TEST(Frame, PackingKeepsEveryBit) {
  for (std::size_t bit = 0; bit < 80; ++bit) {
    FrameOctets octets{};
    octets[bit / 8] = static_cast<std::uint8_t>(0x80 >> (bit % 8));
    EXPECT_EQ(pack(unpack(octets)), octets) << bit;
  }
}

TEST(Frame, FieldsStandInTheOrderOfTable8) {
  FrameParameters p{};
  p.lsp_first = 0x80;  // L0 is the first bit
  EXPECT_EQ(pack(p)[0], 0x80);
  p = {};
  p.parity = 1;  // after 8 + 10 + 8 bits
  EXPECT_EQ(pack(p)[3], 0x20);
  p = {};
  p.subframes[1].gains = 1;  // GB2 is the last
  EXPECT_EQ(pack(p)[9], 0x01);
}

TEST(Frame, ParityCoversTheSixHighBitsOfTheLag) {
  EXPECT_EQ(lag_parity(0), 1);
  EXPECT_EQ(lag_parity(0x03), 1);
  EXPECT_EQ(lag_parity(0x04), 0);
  EXPECT_EQ(lag_parity(0xFF), 1);
}

}  // namespace
}  // namespace codecs::g729
