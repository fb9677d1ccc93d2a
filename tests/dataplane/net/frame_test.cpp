#include "dataplane/net/frame.h"

#include <gtest/gtest.h>

#include "dataplane/net/checksum.h"
#include "tests/dataplane/net/captured.h"

namespace dataplane {
namespace {

TEST(ParseFrame, UdpOverIpv4) {
  const auto octets = from_hex(kUdp4);
  const auto frame = parse_frame(octets);
  ASSERT_EQ(frame.kind, FrameKind::kUdp);
  EXPECT_EQ(frame.source.to_string(), "192.0.2.1:4000");
  EXPECT_EQ(frame.destination.to_string(), "192.0.2.2:20000");
  EXPECT_EQ(frame.source_mac, kMacA);
  EXPECT_EQ(frame.tos, 0xB8);
  EXPECT_EQ(frame.hop_limit, 64);
  EXPECT_EQ(base::as_text(base::Octets{octets}.subspan(frame.payload_offset, frame.payload_size)),
            "mediad-odd");
  EXPECT_TRUE(udp_checksum_good(octets, frame));
}

TEST(ParseFrame, UdpOverIpv6) {
  const auto octets = from_hex(kUdp6);
  const auto frame = parse_frame(octets);
  ASSERT_EQ(frame.kind, FrameKind::kUdp);
  EXPECT_EQ(frame.source.to_string(), "[2001:db8::1]:4000");
  EXPECT_EQ(frame.destination.to_string(), "[2001:db8::2]:20000");
  EXPECT_EQ(frame.tos, 0xB8);
  EXPECT_EQ(base::as_text(base::Octets{octets}.subspan(frame.payload_offset, frame.payload_size)),
            "mediad six");
  EXPECT_TRUE(udp_checksum_good(octets, frame));
}

TEST(ParseFrame, EthernetPaddingIsNoPayload) {
  auto octets = from_hex(kUdp4Odd);
  octets.resize(60);
  const auto frame = parse_frame(octets);
  ASSERT_EQ(frame.kind, FrameKind::kUdp);
  EXPECT_EQ(frame.payload_size, 3);
  EXPECT_TRUE(udp_checksum_good(octets, frame));
}

TEST(ParseFrame, PriorityTagIsSkippedAndAnotherVlanIsNotOurs) {
  auto octets = from_hex(kUdp4);
  const auto tag = from_hex("8100a000");
  octets.insert(octets.begin() + 12, tag.begin(), tag.end());
  EXPECT_EQ(parse_frame(octets).kind, FrameKind::kUdp);
  EXPECT_EQ(parse_frame(octets).destination.port.number, 20000);
  octets[15] = std::byte{100};
  EXPECT_EQ(parse_frame(octets).drop, Drop::kNotIp);
}

TEST(ParseFrame, HostProtocolsAreTold) {
  EXPECT_EQ(parse_frame(from_hex(kArpRequest)).kind, FrameKind::kArp);
  EXPECT_EQ(parse_frame(from_hex(kPortUnreachable)).kind, FrameKind::kIcmp);
  EXPECT_EQ(parse_frame(from_hex(kSolicitation)).kind, FrameKind::kIcmpv6);
  const auto report = parse_frame(from_hex(kListenerReport));  // behind a hop-by-hop header
  EXPECT_EQ(report.kind, FrameKind::kIcmpv6);
  EXPECT_EQ(report.transport_offset, 14 + 40 + 8);
  EXPECT_EQ(report.payload_size, 48);
}

// Every prefix of a good frame is a named drop: a capture may cut anywhere.
TEST(ParseFrame, NoCutFrameIsBelieved) {
  for (const auto hex : {kUdp4, kUdp6, kListenerReport}) {
    const auto octets = from_hex(hex);
    for (std::size_t size = 0; size < octets.size(); ++size) {
      // Its own heap block, so that a sanitizer sees a read behind the end.
      const std::vector<std::byte> cut{octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size)};
      const auto frame = parse_frame(cut);
      EXPECT_EQ(frame.kind, FrameKind::kDropped) << size;
      EXPECT_EQ(frame.drop, size < kEthernetHeader ? Drop::kNotIp : Drop::kBadIpHeader) << size;
    }
  }
}

struct BadCase {
  const char* what;
  std::size_t offset;
  std::uint8_t value;
  Drop drop;
  bool fix_ip_checksum;
};

class BadIpv4 : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadIpv4, IsDroppedByName) {
  const auto& bad = GetParam();
  auto octets = from_hex(kUdp4);
  octets[bad.offset] = std::byte{bad.value};
  if (bad.fix_ip_checksum) {
    base::store_be16(octets.data() + 24, 0);
    checksum_store(octets.data() + 24, checksum_add(0, base::Octets{octets}.subspan(14, 20)));
  }
  const auto frame = parse_frame(octets);
  EXPECT_EQ(frame.kind, FrameKind::kDropped);
  EXPECT_EQ(frame.drop, bad.drop);
}

INSTANTIATE_TEST_SUITE_P(
    Ipv4, BadIpv4,
    ::testing::Values(BadCase{"ethertype", 12, 0x88, Drop::kNotIp, false},
                      BadCase{"version", 14, 0x65, Drop::kBadIpHeader, true},
                      BadCase{"header shorter than 20", 14, 0x44, Drop::kBadIpHeader, true},
                      BadCase{"header longer than the packet", 14, 0x4F, Drop::kBadIpHeader, true},
                      BadCase{"total length beyond the frame", 17, 39, Drop::kBadIpHeader, true},
                      BadCase{"total length below the header", 17, 19, Drop::kBadIpHeader, true},
                      BadCase{"no room for UDP", 17, 27, Drop::kBadUdpHeader, true},
                      BadCase{"checksum", 25, 0, Drop::kBadIpHeader, false},
                      BadCase{"first fragment", 20, 0x20, Drop::kFragment, true},
                      BadCase{"later fragment", 21, 1, Drop::kFragment, true},
                      BadCase{"TCP", 23, 6, Drop::kNotUdp, true},
                      BadCase{"multicast source", 26, 224, Drop::kBadIpHeader, true},
                      BadCase{"UDP length beyond the packet", 39, 19, Drop::kBadUdpHeader, false},
                      BadCase{"UDP length below the header", 39, 7, Drop::kBadUdpHeader, false}),
    [](const auto& test) {
      std::string name = test.param.what;
      for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
      return name;
    });

TEST(ParseFrame, Ipv4OptionsAreSteppedOver) {
  auto octets = from_hex(kUdp4);
  const auto options = from_hex("01010101");
  octets.insert(octets.begin() + 34, options.begin(), options.end());
  octets[14] = std::byte{0x46};
  octets[17] = std::byte{42};
  base::store_be16(octets.data() + 24, 0);
  checksum_store(octets.data() + 24, checksum_add(0, base::Octets{octets}.subspan(14, 24)));
  const auto frame = parse_frame(octets);
  ASSERT_EQ(frame.kind, FrameKind::kUdp);
  EXPECT_EQ(frame.payload_offset, 46);
  EXPECT_TRUE(udp_checksum_good(octets, frame));
}

TEST(ParseFrame, Ipv6FragmentAndEndlessExtensionsAreDropped) {
  auto octets = from_hex(kUdp6);
  octets[20] = std::byte{44};
  EXPECT_EQ(parse_frame(octets).drop, Drop::kFragment);
  octets[20] = std::byte{59};  // no next header
  EXPECT_EQ(parse_frame(octets).drop, Drop::kNotUdp);
  octets = from_hex(kUdp6);
  std::vector<std::byte> options(8 * 5);  // five empty hop-by-hop headers, one more than is looked at
  options[32] = std::byte{17};
  octets.insert(octets.begin() + 54, options.begin(), options.end());
  octets[20] = std::byte{0};
  octets[19] = std::byte{18 + 40};
  EXPECT_EQ(parse_frame(octets).drop, Drop::kBadIpHeader);
}

TEST(UdpChecksum, OneFlippedBitIsSeen) {
  for (const auto hex : {kUdp4Odd, kUdp6}) {
    auto octets = from_hex(hex);
    octets.back() ^= std::byte{1};
    EXPECT_FALSE(udp_checksum_good(octets, parse_frame(octets)));
  }
}

TEST(UdpChecksum, NoneIsAllowedInIpv4Only) {
  for (const auto hex : {kUdp4, kUdp6}) {
    auto octets = from_hex(hex);
    const auto frame = parse_frame(octets);
    base::store_be16(octets.data() + frame.transport_offset + 6, 0);
    EXPECT_EQ(udp_checksum_good(octets, frame), hex == kUdp4);
  }
}

// RFC 1071 §3 works through these octets.
TEST(Checksum, ExampleOfTheRfc) {
  const auto octets = from_hex("0001f203f4f5f6f7");
  std::byte field[2];
  checksum_store(field, checksum_add(0, octets));
  EXPECT_EQ(base::load_be16(field), 0x220D);
}

TEST(Checksum, EveryLengthAgreesWithTheWordByWordSum) {
  std::vector<std::byte> octets(300);
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::byte>(255 - i * 7 % 256);
  for (std::size_t size = 0; size <= octets.size(); ++size) {
    std::uint32_t expected = 0;
    for (std::size_t i = 0; i < size; ++i)
      expected += std::to_integer<std::uint32_t>(octets[i]) << (i % 2 == 0 ? 8 : 0);
    while (expected > 0xFFFF) expected = (expected & 0xFFFF) + (expected >> 16);
    std::byte field[2];
    checksum_store(field, checksum_add(0, base::Octets{octets}.first(size)));
    EXPECT_EQ(base::load_be16(field), static_cast<std::uint16_t>(~expected)) << size;
  }
}

// RFC 1624: what a right checksum says of the payload, without reading the payload.
TEST(UdpChecksum, TellsTheSumOfThePayload) {
  for (const auto hex : {kUdp4, kUdp4Odd, kUdp6}) {
    const auto octets = from_hex(hex);
    const auto frame = parse_frame(octets);
    const auto payload = base::Octets{octets}.subspan(frame.payload_offset, frame.payload_size);
    EXPECT_EQ(checksum_fold(sum_of_verified_payload(octets, frame)), checksum_fold(checksum_add(0, payload)));
    EXPECT_EQ(verify_udp_checksum(octets, frame), checksum_add(0, payload));
  }
}

TEST(UdpChecksum, ChangedOctetsAreExchangedInTheSum) {
  auto octets = from_hex(kUdp4Odd);
  const base::MutableOctets all{octets};
  auto sum = checksum_subtract(checksum_add(0, all), all.first(12));
  for (auto& octet : all.first(12)) octet ^= std::byte{0x5A};
  sum = checksum_add(sum, all.first(12));
  EXPECT_EQ(checksum_fold(sum), checksum_fold(checksum_add(0, all)));
}

}  // namespace
}  // namespace dataplane
