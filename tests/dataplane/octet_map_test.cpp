#include "dataplane/octet_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "codecs/registry.h"

namespace dataplane {
namespace {

const codecs::Codec& kMu = *codecs::find("PCMU");
const codecs::Codec& kA = *codecs::find("PCMA");

TEST(OctetMap, SilenceAndTheLoudestStayThat) {
  const auto& map = *octet_map(kMu, kA);
  EXPECT_EQ(map[0xFF], 0xD5);  // the smallest positive value of each law, G.711 tables 1a and 2a
  EXPECT_EQ(map[0x80], 0xAA);  // the largest positive one
  EXPECT_EQ(map[0x00], 0x2A);  // the largest negative one
  EXPECT_EQ((*octet_map(kA, kMu))[0xAA], 0x80);
}

// G.711 clause 5: of the octets that one law can tell apart most stay apart in the other, and there and back
// and there again is as good as there.
TEST(OctetMap, IsStableThereAndBack) {
  const auto& there = *octet_map(kMu, kA);
  const auto& back = *octet_map(kA, kMu);
  for (const auto octet : there) EXPECT_EQ(there[back[octet]], octet);
  const std::set<std::uint8_t> kept{there.begin(), there.end()};
  EXPECT_GT(kept.size(), 200u);
}

TEST(OctetMap, OtherPairsHaveNone) {
  EXPECT_EQ(octet_map(kMu, kMu), nullptr);
  EXPECT_EQ(octet_map(kMu, *codecs::find("G722")), nullptr);
  EXPECT_EQ(octet_map(*codecs::find("G729"), kA), nullptr);
}

TEST(OctetMap, TheSignIsKept) {
  for (const auto* map : {octet_map(kMu, kA), octet_map(kA, kMu)}) {
    std::array<std::byte, 256> octets;
    for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = std::byte(i);
    map_octets(*map, octets);
    for (std::size_t i = 0; i < octets.size(); ++i) {
      if (map == octet_map(kMu, kA) && i == 0x7F) continue;  // minus zero, which the A-law does not have
      EXPECT_EQ(std::to_integer<std::size_t>(octets[i]) & 0x80, i & 0x80) << i;
    }
  }
}

}  // namespace
}  // namespace dataplane
