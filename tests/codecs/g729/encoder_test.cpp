#include "codecs/g729/encoder.h"

#include <gtest/gtest.h>

#include "tests/codecs/g729/vectors.h"

namespace codecs::g729 {
namespace {

class EncoderVector : public testing::TestWithParam<const char*> {};

TEST_P(EncoderVector, IsBitExact) {
  const Vector v = load_vector(GetParam());
  ASSERT_FALSE(v.in.empty());
  const bool annex_b = GetParam()[0] == 'b';
  EncoderState state = initial_encoder(annex_b);
  for (std::size_t f = 0; f < v.in.size() / kFrame; ++f) {
    const SentFrame sent =
        encode_frame(state, std::span<const Word16, kFrame>(v.in.data() + f * kFrame, kFrame));
    const ReceivedFrame expected = received(v.bits[f]);
    ASSERT_EQ(sent.type, expected.type) << f;
    ASSERT_EQ(sent.speech, expected.speech) << f;
    ASSERT_EQ(sent.sid, expected.sid) << f;
  }
}

INSTANTIATE_TEST_SUITE_P(AnnexA, EncoderVector,
                         testing::Values("a_algthm", "a_fixed", "a_lsp", "a_tame", "a_test"),
                         [](const auto& vector) { return std::string(vector.param); });
INSTANTIATE_TEST_SUITE_P(AnnexB, EncoderVector, testing::Values("b_tstseq1", "b_tstseq2", "b_tstseq4"),
                         [](const auto& vector) { return std::string(vector.param); });

}  // namespace
}  // namespace codecs::g729
