#include "mediad/base/byte_io.h"

#include <gtest/gtest.h>

#include <array>

namespace base {
namespace {

TEST(ByteIo, StoresNetworkOrderAtAnyAlignment) {
  std::array<std::byte, 16> octets{};
  store_be16(&octets[1], 0x0102);
  store_be32(&octets[3], 0x03040506);
  store_be64(&octets[7], 0x0708090A0B0C0D0EULL);
  for (std::size_t i = 1; i < 15; ++i) EXPECT_EQ(std::to_integer<std::size_t>(octets[i]), i);
  EXPECT_EQ(load_be16(&octets[1]), 0x0102);
  EXPECT_EQ(load_be32(&octets[3]), 0x03040506u);
  EXPECT_EQ(load_be64(&octets[7]), 0x0708090A0B0C0D0EULL);
}

TEST(ByteIo, TextAndOctetsShareStorage) {
  const std::string_view text = "v=0";
  EXPECT_EQ(as_text(as_octets(text)).data(), text.data());
  EXPECT_EQ(as_text(as_octets(text)), text);
}

}  // namespace
}  // namespace base
