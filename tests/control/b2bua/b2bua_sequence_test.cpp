#include "tests/control/b2bua/b2bua_sequence.h"

#include <gtest/gtest.h>

#include <random>

namespace control {
namespace {

TEST(B2buaSequences, NothingIsLeftOfAnyOrderOfEvents) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    std::mt19937 random{seed};
    std::vector<std::uint8_t> octets(3 * (5 + seed % 50));
    for (auto& octet : octets) octet = static_cast<std::uint8_t>(random());
    B2buaSequence sequence;
    ASSERT_EQ(sequence.play(octets), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace control
