#include "dataplane/net/header_template.h"

#include <gtest/gtest.h>

#include "tests/dataplane/net/captured.h"

namespace dataplane {
namespace {

base::SocketAddress at(const char* text) {
  return *base::SocketAddress::parse(text);
}

std::vector<std::byte> frame_of(HeaderTemplate& header, base::Octets payload) {
  std::vector<std::byte> frame(header.size() + payload.size());
  std::copy(payload.begin(), payload.end(), frame.begin() + static_cast<std::ptrdiff_t>(header.size()));
  header.write(frame.data(), payload);
  return frame;
}

// What Linux sent, but for the identification with its don't-fragment bit, and so the header checksum.
TEST(HeaderTemplate, Ipv4IsWhatLinuxSends) {
  HeaderTemplate header{kMacA, kMacB, at("192.0.2.1:4000"), at("192.0.2.2:20000"), 0xB8};
  for (const auto hex : {kUdp4, kUdp4Odd}) {
    auto expected = from_hex(hex);
    auto written = frame_of(header, base::Octets{expected}.subspan(42));
    const auto parsed = parse_frame(written);
    ASSERT_EQ(parsed.kind, FrameKind::kUdp);  // with a right header checksum
    for (auto* frame : {&expected, &written}) std::fill_n(frame->begin() + 18, 4, std::byte{0});
    for (auto* frame : {&expected, &written}) std::fill_n(frame->begin() + 24, 2, std::byte{0});
    EXPECT_EQ(written, expected);
  }
}

TEST(HeaderTemplate, Ipv6IsWhatLinuxSends) {
  HeaderTemplate header{kMacA, kMacB, at("[2001:db8::1]:4000"), at("[2001:db8::2]:20000"), 0xB8};
  auto expected = from_hex(kUdp6);
  expected[15] = std::byte{0x80}, expected[16] = std::byte{0}, expected[17] = std::byte{0};  // no flow label
  EXPECT_EQ(frame_of(header, base::Octets{expected}.subspan(62)), expected);
}

TEST(HeaderTemplate, IdentificationMovesOn) {
  HeaderTemplate header{kMacA, kMacB, at("192.0.2.1:4000"), at("192.0.2.2:20000"), 0};
  const auto first = frame_of(header, base::as_octets("x"));
  const auto second = frame_of(header, base::as_octets("x"));
  EXPECT_NE(base::load_be16(first.data() + 18), base::load_be16(second.data() + 18));
  EXPECT_EQ(parse_frame(second).kind, FrameKind::kUdp);
}

// Of 65536 two-octet payloads one has the checksum zero, which must go out as 0xFFFF (RFC 768).
TEST(HeaderTemplate, ChecksumIsNeverZeroAndAlwaysRight) {
  HeaderTemplate header{kMacA, kMacB, at("[2001:db8::1]:4000"), at("[2001:db8::2]:20000"), 0};
  std::byte payload[2];
  int all_ones = 0;
  for (std::uint32_t value = 0; value < 65536; ++value) {
    base::store_be16(payload, static_cast<std::uint16_t>(value));
    const auto frame = frame_of(header, payload);
    const auto checksum = base::load_be16(frame.data() + 60);
    ASSERT_NE(checksum, 0);
    if (checksum == 0xFFFF) ++all_ones;
    ASSERT_TRUE(udp_checksum_good(frame, parse_frame(frame)));
  }
  EXPECT_EQ(all_ones, 1);
}

TEST(HeaderTemplate, EmptyOneSaysSo) {
  EXPECT_FALSE(HeaderTemplate{});
  EXPECT_EQ(HeaderTemplate{}.size(), 0u);
}

}  // namespace
}  // namespace dataplane
