#include "dataplane/rtp/rtcp/compound.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp::rtcp {
namespace {

using test::from_hex;

std::vector<PacketType> types(const Compound& compound) {
  std::vector<PacketType> list;
  for (const Packet packet : compound) list.push_back(packet.type);
  return list;
}

TEST(Compound, WalksTheHostileCapture) {
  const auto packets = test::read_packets("asterisk-hostile-rtcp.txt");
  ASSERT_EQ(packets.size(), 2u);
  for (const auto& packet : packets) {
    const auto compound = Compound::parse(packet.octets, Framing::kFull);
    ASSERT_TRUE(compound);
    EXPECT_EQ(types(*compound), (std::vector{PacketType::kSenderReport, PacketType::kReceiverReport,
                                             PacketType::kSourceDescription}));
    EXPECT_EQ(compound->sender(), 0x6a1b26d7u);
  }
}

TEST(Compound, EveryTruncationOfItIsRefusedOrEndsBetweenPackets) {
  const auto whole = test::read_packets("asterisk-hostile-rtcp.txt").front().octets;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto compound = Compound::parse(base::Octets{whole}.first(size));
    EXPECT_EQ(compound.has_value(), size == 52 || size == 84) << size;
  }
}

TEST(Compound, PaddingIsCutFromTheLastPacketOnly) {
  const auto octets = from_hex("80c90001 00000001  a0c90002 00000002 00000004");
  const auto compound = Compound::parse(octets, Framing::kFull);
  ASSERT_TRUE(compound);
  auto it = compound->begin();
  EXPECT_EQ((*it).body.size(), 4u);
  ++it;
  EXPECT_EQ((*it).body.size(), 4u);
  EXPECT_EQ(base::load_be32((*it).body.data()), 2u);
  ++it;
  EXPECT_EQ(it, compound->end());
}

struct Case {
  const char* what;
  const char* hex;
  bool reduced;  // accepted as reduced size
};

class Framed : public testing::TestWithParam<Case> {};

TEST_P(Framed, ByRfc3550A2) {
  const auto octets = from_hex(GetParam().hex);
  EXPECT_FALSE(Compound::parse(octets, Framing::kFull)) << GetParam().what;
  EXPECT_EQ(Compound::parse(octets, Framing::kReducedSize).has_value(), GetParam().reduced)
      << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Framed,
    testing::Values(Case{"nothing", "", false}, Case{"three octets", "80c900", false},
                    Case{"version 1", "40c90001 00000001", false},
                    Case{"version 1 in the second", "80c90001 00000001 40ca0000", false},
                    Case{"an RTP type", "80000001 00000001", false},
                    Case{"longer than the datagram", "80c90002 00000001", false},
                    Case{"trailing octets", "80c90001 00000001 80", false},
                    Case{"trailing word without header", "80c90001 00000001 00000000", false},
                    Case{"padding before the last", "a0c90002 00000001 00000004 80ca0000", false},
                    Case{"padding of nothing", "a0c90002 00000001 00000000", false},
                    Case{"padding not in words", "a0c90002 00000001 00000003", false},
                    Case{"padding that eats the header", "a0c90001 0000000c", false},
                    Case{"feedback alone, RFC 5506", "81ce0002 00000001 00000002", true},
                    Case{"a lone BYE", "80cb0000", true}));

TEST(Compound, ABareHeaderHasNoSender) {
  const auto octets = from_hex("80cb0000");
  EXPECT_EQ(Compound::parse(octets)->sender(), std::nullopt);
}

}  // namespace
}  // namespace dataplane::rtp::rtcp
