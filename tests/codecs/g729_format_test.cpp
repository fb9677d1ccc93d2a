#include "codecs/g729_format.h"

#include <gtest/gtest.h>

#include <array>

namespace codecs::g729 {
namespace {

PacketLayout layout(std::size_t octets) {
  static const std::array<std::byte, 200> payload{};
  return layout_of({payload.data(), octets});
}

// RFC 3551 §4.5.6: voice frames, then at most one comfort-noise frame.
TEST(G729Format, ReadsTheLayoutFromTheSize) {
  EXPECT_EQ(layout(20).voice, 2U);
  EXPECT_FALSE(layout(20).sid);
  EXPECT_EQ(layout(22).frames(), 3U);
  EXPECT_TRUE(layout(22).sid);
  EXPECT_EQ(layout(2).frames(), 1U);
  for (const std::size_t octets : {0, 1, 3, 5, 9, 11, 14, 19}) EXPECT_EQ(layout(octets).frames(), 0U);
  EXPECT_EQ(layout(120).frames(), 12U);
  EXPECT_EQ(layout(122).frames(), 0U);
}

// RFC 4856 §2.1.9: yes unless told otherwise. RFC 7261 §3: no is answered with no.
TEST(G729Format, AnnexBIsOnUnlessRefused) {
  EXPECT_TRUE(annexb(""));
  EXPECT_TRUE(annexb("annexb=yes"));
  EXPECT_FALSE(annexb("annexb=no"));
  EXPECT_FALSE(annexb("annexB=NO"));
  EXPECT_EQ(answer_fmtp("annexb=no"), "annexb=no");
  EXPECT_EQ(answer_fmtp(""), "annexb=yes");
}

TEST(G729Format, NoiseFramesMustNotReachWhoRefusedThem) {
  EXPECT_TRUE(interchangeable("annexb=no", "annexb=no"));
  EXPECT_TRUE(interchangeable("annexb=no", ""));
  EXPECT_FALSE(interchangeable("", "annexb=no"));
  EXPECT_TRUE(interchangeable("", "annexb=yes"));
}

struct WriterCase {
  const char* name;
  const char* frames;  // v = voice, s = SID, - = nothing
  std::uint32_t size;
  std::uint32_t skipped;
};

class Writer : public testing::TestWithParam<WriterCase> {};

TEST_P(Writer, PutsOneRunIntoThePacket) {
  const auto& expected = GetParam();
  constexpr std::array<std::byte, kVoiceOctets> code{};
  std::array<std::byte, 64> payload;
  PacketWriter writer{payload};
  for (const char* f = expected.frames; *f != '\0'; ++f) {
    const std::size_t octets = *f == 'v' ? kVoiceOctets : *f == 's' ? kSidOctets : 0;
    ASSERT_TRUE(writer.add({code.data(), octets}));
  }
  EXPECT_EQ(writer.size(), expected.size);
  EXPECT_EQ(writer.size() > 0 ? writer.skipped() : 0, expected.skipped);
}

INSTANTIATE_TEST_SUITE_P(G729Format, Writer,
                         testing::Values(WriterCase{"speech", "vv", 20, 0}, WriterCase{"end", "vs", 12, 0},
                                         WriterCase{"noise", "s-", 2, 0}, WriterCase{"pause", "--", 0, 0},
                                         WriterCase{"late_noise", "-s", 2, 80},
                                         WriterCase{"onset", "-v", 10, 80},
                                         WriterCase{"noise_then_onset", "sv", 10, 80},
                                         WriterCase{"noise_after_pause", "v-s", 10, 0},
                                         WriterCase{"long_onset", "s-vv", 20, 160}),
                         [](const auto& row) { return row.param.name; });

TEST(G729Format, AFullBufferIsAnAnswer) {
  constexpr std::array<std::byte, kVoiceOctets> code{};
  std::array<std::byte, 15> payload;
  PacketWriter writer{payload};
  EXPECT_TRUE(writer.add(code));
  EXPECT_FALSE(writer.add(code));
}

}  // namespace
}  // namespace codecs::g729
