#include "dataplane/rtp/header.h"

#include <gtest/gtest.h>

#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp {
namespace {

using test::from_hex;

TEST(RtpHeader, ReadsAPlainPcmuPacket) {
  const auto packet = from_hex("8080 5f91 000000a0 34d01d16 ffffffff");
  const auto h = parse(packet);
  ASSERT_TRUE(h);
  EXPECT_TRUE(h->marker);
  EXPECT_EQ(h->payload_type, 0);
  EXPECT_EQ(h->sequence, 0x5f91);
  EXPECT_EQ(h->timestamp, 160u);
  EXPECT_EQ(h->ssrc, 0x34d01d16u);
  EXPECT_FALSE(h->has_extension());
  EXPECT_EQ(h->padding, 0);
  EXPECT_EQ(h->payload.data(), packet.data() + 12);
  EXPECT_EQ(h->payload.size(), 4u);
}

TEST(RtpHeader, ReadsCsrcsExtensionAndPaddingTogether) {
  const auto packet = from_hex(
      "b2 08 0001 00000002 00000003"  // V=2 P X CC=2
      "11111111 22222222"             // CSRCs
      "bede 0001 10aa0000"            // RFC 8285 one-byte form, one word
      "d5d5d5 00 00 03");             // payload of three, padding of three
  const auto h = parse(packet);
  ASSERT_TRUE(h);
  EXPECT_EQ(h->csrc_count, 2);
  EXPECT_EQ(h->extension_profile, 0xbede);
  ASSERT_EQ(h->extension.size(), 4u);
  EXPECT_EQ(h->extension.data(), packet.data() + 24);
  EXPECT_EQ(h->payload.size(), 3u);
  EXPECT_EQ(h->payload.data(), packet.data() + 28);
  EXPECT_EQ(h->padding, 3);
}

TEST(RtpHeader, ReadsChromesHeaderExtensions) {
  int seen = 0;
  for (const auto& packet : test::read_packets("chrome-stun-dtls-srtp.txt")) {
    const auto h = parse(packet.octets);
    if (!h) continue;
    ++seen;
    EXPECT_EQ(h->payload_type, 111);
    EXPECT_EQ(h->ssrc, 0x6d1c3cfau);
    EXPECT_EQ(h->extension_profile, 0xbede);
    EXPECT_EQ(12 + 4 + h->extension.size() + h->payload.size(), packet.octets.size());
  }
  EXPECT_EQ(seen, 3);
}

TEST(RtpHeader, AcceptsAnEmptyPayload) {
  const auto h = parse(from_hex("80 0d 0001 00000002 00000003"));
  ASSERT_TRUE(h);
  EXPECT_TRUE(h->payload.empty());
  // Padding only, as browsers probe for bandwidth.
  EXPECT_TRUE(parse(from_hex("a0 60 0001 00000002 00000003 00000004")));
  // An extension of no words is one.
  const auto empty_extension = parse(from_hex("90 60 0001 00000002 00000003 bede0000"));
  ASSERT_TRUE(empty_extension);
  EXPECT_TRUE(empty_extension->has_extension());
  EXPECT_TRUE(empty_extension->extension.empty());
}

struct BadPacket {
  const char* what;
  const char* hex;
};

class RefusedPacket : public testing::TestWithParam<BadPacket> {};

TEST_P(RefusedPacket, IsRefused) {
  EXPECT_FALSE(parse(from_hex(GetParam().hex))) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Rfc3550A1, RefusedPacket,
    testing::Values(BadPacket{"nothing", ""}, BadPacket{"eleven octets", "8000000100000002000000"},
                    BadPacket{"version 1", "40 00 0001 00000002 00000003"},
                    BadPacket{"version 3", "c0 00 0001 00000002 00000003"},
                    BadPacket{"a sender report", "80 c8 0006 00000002 00000003"},
                    BadPacket{"type 64 with marker, RTCP by RFC 5761", "80 c0 0001 00000002 00000003"},
                    BadPacket{"CSRCs beyond the end", "82 00 0001 00000002 00000003 00000004"},
                    BadPacket{"no room for the extension's header", "90 00 0001 00000002 00000003 bede"},
                    BadPacket{"extension beyond the end", "90 00 0001 00000002 00000003 bede0002 00000000"},
                    BadPacket{"padding of nothing", "a0 00 0001 00000002 00000003 00000000"},
                    BadPacket{"padding more than the payload", "a0 00 0001 00000002 00000003 00000005"},
                    BadPacket{"padding bit and no payload", "a0 00 0001 00000002 00000003"}));

TEST(RtpHeader, EveryTruncationIsRefusedOrShorter) {
  const auto packet =
      from_hex("b2 08 0001 00000002 00000003 11111111 22222222 bede0001 10aa0000 d5d5d5 000003");
  for (std::size_t size = 0; size < packet.size(); ++size) {
    const auto h = parse(base::Octets{packet}.first(size));
    if (!h) continue;
    EXPECT_LE(h->payload.size() + h->padding + 28, size);
  }
}

TEST(RtpHeader, RewritesOneFieldAndLeavesTheOthers) {
  auto packet = from_hex("90 88 0001 00000002 00000003 bede0000 d5");
  set_payload_type(packet.data(), 0x65);
  set_sequence(packet.data(), 0xfffe);
  set_timestamp(packet.data(), 0x89abcdef);
  set_ssrc(packet.data(), 0xdeadbeef);
  EXPECT_EQ(packet, from_hex("90 e5 fffe 89abcdef deadbeef bede0000 d5"));
  set_marker(packet.data(), false);
  EXPECT_EQ(packet, from_hex("90 65 fffe 89abcdef deadbeef bede0000 d5"));
  set_marker(packet.data(), true);
  set_payload_type(packet.data(), 0xff);  // seven bits are all there is
  EXPECT_EQ(packet, from_hex("90 ff fffe 89abcdef deadbeef bede0000 d5"));
}

TEST(RtpHeader, WhatItWritesItReads) {
  std::vector<std::byte> packet(kFixedHeaderSize, std::byte{0xff});
  write_header(packet.data(),
               {.ssrc = 7, .timestamp = 0xfffffff0, .sequence = 65535, .payload_type = 101, .marker = true});
  const auto h = parse(packet);
  ASSERT_TRUE(h);
  EXPECT_EQ(h->ssrc, 7u);
  EXPECT_EQ(h->timestamp, 0xfffffff0u);
  EXPECT_EQ(h->sequence, 65535);
  EXPECT_EQ(h->payload_type, 101);
  EXPECT_TRUE(h->marker);
}

TEST(RtpHeader, TellsRtcpByTheTypesOfRfc5761) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    const std::byte packet[2] = {std::byte{0x80}, static_cast<std::byte>(octet)};
    EXPECT_EQ(looks_like_rtcp(packet), octet >= 192 && octet <= 223) << octet;
  }
}

}  // namespace
}  // namespace dataplane::rtp
