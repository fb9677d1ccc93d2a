#include "codecs/g729/encoder.h"

#include <gtest/gtest.h>

#include "tests/codecs/g729/vectors.h"

namespace codecs::g729 {
namespace {

class EncoderVector : public testing::TestWithParam<const char*> {};

TEST_P(EncoderVector, IsBitExact) {
  const Vector v = load_vector(GetParam());

  EncoderState state = initial_encoder();
  for (std::size_t f = 0; f < v.in.size() / kFrame; ++f) {
    const FrameParameters p =
        encode_frame(state, std::span<const Word16, kFrame>(v.in.data() + f * kFrame, kFrame));
    const FrameParameters expected = unpack(std::span<const std::uint8_t, kSpeechOctets>(v.bits[f].octets));
    ASSERT_EQ(p, expected) << f;
  }
}

INSTANTIATE_TEST_SUITE_P(AnnexA, EncoderVector,
                         testing::Values("a_algthm", "a_fixed", "a_lsp", "a_tame", "a_test"),
                         [](const auto& vector) { return std::string(vector.param); });

}  // namespace
}  // namespace codecs::g729
