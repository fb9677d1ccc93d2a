#include "codecs/l16.h"

#include <gtest/gtest.h>

#include "tests/codecs/coding.h"

namespace codecs {
namespace {

using test::Pcm;

TEST(L16, SamplesTravelInNetworkOrder) {
  const L16Codec codec{{8000}, 1};
  const Pcm pcm{0x0102, -2, -32768};
  const auto packets = test::encode_all(codec, *codec.make_encoder({}), pcm, 3);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0], (test::Packet{std::byte{0x01}, std::byte{0x02}, std::byte{0xFF}, std::byte{0xFE},
                                      std::byte{0x80}, std::byte{0x00}}));
  EXPECT_EQ(test::decode_all(codec, *codec.make_decoder({}), packets, 3), pcm);
}

TEST(L16, StereoIsAveragedAndToldTwice) {
  const L16Codec codec{{8000}, 2};
  Pcm pcm(80);
  const std::vector<std::byte> payload{std::byte{0x7F}, std::byte{0xFF}, std::byte{0x7F}, std::byte{0xFD},
                                       std::byte{0x80}, std::byte{0x00}, std::byte{0x00}, std::byte{0x00}};
  const auto job = test::decode_one(codec, *codec.make_decoder({}), payload, pcm);
  ASSERT_EQ(job.samples, 2U);
  EXPECT_EQ(pcm[0], 32766);
  EXPECT_EQ(pcm[1], -16384);
  EXPECT_EQ(codec.duration_ticks(payload), 2U);
  const auto packets = test::encode_all(codec, *codec.make_encoder({}), Pcm{7}, 1);
  EXPECT_EQ(packets[0], (test::Packet{std::byte{0}, std::byte{7}, std::byte{0}, std::byte{7}}));
}

TEST(L16, RefusesBrokenSamples) {
  const L16Codec codec{{16000}, 2};
  Pcm pcm(1920, 3);
  const auto decoder = codec.make_decoder({.fmtp = "", .sample_rate = {16000}});
  const std::vector<std::byte> payload(4 * 1921);
  for (const std::size_t octets : {1U, 2U, 3U, 6U, 4U * 1921U}) {
    EXPECT_FALSE(test::decode_one(codec, *decoder, {payload.data(), octets}, pcm).ok) << octets;
    EXPECT_EQ(codec.duration_ticks({payload.data(), octets}), 0U) << octets;
  }
  EXPECT_EQ(pcm[0], 3);
}

TEST(L16, PacketsFitIntoAnEthernetFrame) {
  EXPECT_EQ((L16Codec{{48000}, 1}.fit_ptime(20)), 15);
  EXPECT_EQ((L16Codec{{48000}, 2}.fit_ptime(20)), 7);
  EXPECT_EQ((L16Codec{{16000}, 1}.fit_ptime(20)), 20);
  EXPECT_EQ((L16Codec{{48000}, 1}.make_encoder({.fmtp = "", .sample_rate = {48000}, .ptime_ms = 20})),
            nullptr);
}

}  // namespace
}  // namespace codecs
