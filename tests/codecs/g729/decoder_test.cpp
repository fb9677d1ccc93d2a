#include "codecs/g729/decoder.h"

#include <gtest/gtest.h>

#include "tests/codecs/g729/vectors.h"

namespace codecs::g729 {
namespace {

class DecoderVector : public testing::TestWithParam<std::string> {};

TEST_P(DecoderVector, IsBitExact) {
  const Vector v = load_vector(GetParam());
  ASSERT_FALSE(v.bits.empty());
  DecoderState state = initial_decoder();
  for (std::size_t f = 0; f < v.bits.size(); ++f) {
    std::array<Word16, kFrame> out;
    decode_frame(state, received(v.bits[f]), out);
    for (std::size_t n = 0; n < kFrame; ++n) ASSERT_EQ(out[n], v.out[f * kFrame + n]) << f << ':' << n;
  }
}

INSTANTIATE_TEST_SUITE_P(AnnexA, DecoderVector, testing::ValuesIn(kAnnexA),
                         [](const auto& vector) { return vector.param; });
INSTANTIATE_TEST_SUITE_P(AnnexB, DecoderVector, testing::ValuesIn(kAnnexB),
                         [](const auto& vector) { return vector.param; });

TEST(Decoder, FadesOutWhenFramesStayAway) {
  const Vector v = load_vector("a_test");
  DecoderState state = initial_decoder();
  std::array<Word16, kFrame> out;
  for (std::size_t f = 0; f < 60; ++f) decode_frame(state, received(v.bits[f]), out);
  for (int f = 0; f < 200; ++f) decode_frame(state, {FrameType::kErased, {}, {}}, out);
  for (const Word16 x : out) EXPECT_LT(std::abs(x), 40);
}

}  // namespace
}  // namespace codecs::g729
