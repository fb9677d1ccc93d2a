#include "dataplane/rtp/rtcp/source_description.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp::rtcp {
namespace {

using test::from_hex;

std::optional<std::string_view> cname(base::Octets body, std::uint8_t chunks, std::uint32_t ssrc) {
  return cname_of({PacketType::kSourceDescription, chunks, body}, ssrc);
}

TEST(SourceDescription, FindsTheCnameOfTheHostileCapture) {
  const auto octets = test::read_packets("asterisk-hostile-rtcp.txt").front().octets;
  auto it = Compound::parse(octets)->begin();
  ++it;
  ++it;
  EXPECT_EQ(cname_of(*it, 0x6a1b26d7), "nr");
  EXPECT_EQ(cname_of(*it, 1), std::nullopt);
}

TEST(SourceDescription, SkipsOtherItemsAndChunks) {
  const auto body = from_hex(
      "00000001 0201 61 0101 78 0000"  // NAME "a", CNAME "x", end and one of filling
      "00000002 0000 0000"             // no items
      "00000003 0102 6263 00000000");  // CNAME "bc"
  EXPECT_EQ(cname(body, 3, 1), "x");
  EXPECT_EQ(cname(body, 3, 2), std::nullopt);
  EXPECT_EQ(cname(body, 3, 3), "bc");
  EXPECT_EQ(cname(body, 2, 3), std::nullopt) << "beyond the chunks announced";
}

TEST(SourceDescription, BrokenItemsEndTheSearch) {
  EXPECT_EQ(cname(from_hex("00000001 01ff6162"), 1, 1), std::nullopt) << "longer than the packet";
  EXPECT_EQ(cname(from_hex("00000001 02016101"), 1, 1), std::nullopt) << "an item without its length";
  EXPECT_EQ(cname(from_hex("00000001"), 31, 1), std::nullopt);
  EXPECT_EQ(cname({}, 31, 0), std::nullopt);
}

TEST(SourceDescription, WhatItWritesItReads) {
  for (std::size_t length = 0; length <= kLongestCname; ++length) {
    const std::string name(length, 'n');
    std::vector<std::byte> octets(cname_chunk_size(name), std::byte{0xff});
    ASSERT_EQ(octets.size() % 4, 0u);
    write_cname_chunk(octets.data(), 77, name);
    ASSERT_EQ(cname(octets, 1, 77), name);
    ASSERT_EQ(octets.back(), std::byte{0}) << "a zero octet ends the items";
  }
}

}  // namespace
}  // namespace dataplane::rtp::rtcp
