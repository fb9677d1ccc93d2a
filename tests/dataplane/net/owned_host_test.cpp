#include "dataplane/net/owned_host.h"

#include <gtest/gtest.h>

#include <cstring>

#include "dataplane/net/arp.h"
#include "dataplane/net/checksum.h"
#include "dataplane/net/neighbour_discovery.h"
#include "tests/dataplane/net/captured.h"

namespace dataplane {
namespace {

base::IpAddress ip(const char* text) {
  return *base::IpAddress::parse(text);
}

// Host B of the capture is played by us.
const OwnedHost& host_b() {
  static const OwnedHost host{
      kMacB, {{ip("192.0.2.2"), 24}, {ip("2001:db8::2"), 64}}, ip("192.0.2.254"), ip("2001:db8::fe")};
  return host;
}

struct Reacted {
  HostReaction reaction;
  std::vector<std::byte> answer;
};

Reacted react(const OwnedHost& host, const std::vector<std::byte>& frame) {
  auto room = frame;
  room.resize(std::max(frame.size(), kHostFrameRoom));
  const auto reaction = host.react(room, frame.size(), parse_frame(frame));
  room.resize(reaction.answer_size);
  return {reaction, room};
}

TEST(OwnedHost, AnswersArpAsLinuxDoes) {
  const auto [reaction, answer] = react(host_b(), from_hex(kArpRequest));
  EXPECT_EQ(answer, from_hex(kArpReply));
  ASSERT_TRUE(reaction.neighbour);  // who asks is known
  EXPECT_EQ(reaction.neighbour->ip, ip("192.0.2.1"));
  EXPECT_EQ(reaction.neighbour->mac, kMacA);
}

TEST(OwnedHost, AnswersSolicitationAsLinuxDoes) {
  const auto [reaction, answer] = react(host_b(), from_hex(kSolicitation));
  EXPECT_EQ(answer, from_hex(kAdvertisement));
  ASSERT_TRUE(reaction.neighbour);
  EXPECT_EQ(reaction.neighbour->ip, ip("2001:db8::1"));
  EXPECT_EQ(reaction.neighbour->mac, kMacA);
}

TEST(OwnedHost, AsksAsLinuxDoes) {
  const OwnedHost host{kMacA, {{ip("192.0.2.1"), 24}, {ip("2001:db8::1"), 64}}, {}, {}};
  std::vector<std::byte> room(kHostFrameRoom);
  room.resize(host.write_question(room, ip("192.0.2.2")));
  EXPECT_EQ(room, from_hex(kArpRequest));
  room.resize(kHostFrameRoom);
  room.resize(host.write_question(room, ip("2001:db8::2")));
  EXPECT_EQ(room, from_hex(kSolicitation));
}

TEST(OwnedHost, HearsAnswers) {
  const OwnedHost host{kMacA, {{ip("192.0.2.1"), 24}, {ip("2001:db8::1"), 64}}, {}, {}};
  for (const auto hex : {kArpReply, kAdvertisement}) {
    const auto [reaction, answer] = react(host, from_hex(hex));
    EXPECT_TRUE(answer.empty());
    ASSERT_TRUE(reaction.neighbour);
    EXPECT_EQ(reaction.neighbour->mac, kMacB);
  }
}

// RFC 4861 §7.2.4: who probes has no address yet, so all nodes are told, unsolicited.
TEST(OwnedHost, DefendsItsAddressAgainstAProbe) {
  const auto [reaction, answer] = react(host_b(), from_hex(kDuplicateProbe));
  ASSERT_EQ(answer.size(), kNeighbourFrame);
  const auto parsed = parse_frame(answer);
  EXPECT_EQ(parsed.destination.ip, ip("ff02::1"));
  EXPECT_EQ(base::load_be32(answer.data() + 58), 1u << 29);  // override, not solicited
  EXPECT_FALSE(reaction.neighbour);
  ASSERT_TRUE(parse_neighbour(answer, parsed));
}

TEST(OwnedHost, IgnoresWhatIsForOthers) {
  const OwnedHost other{kMacB, {{ip("192.0.2.9"), 24}, {ip("2001:db8::9"), 64}}, {}, {}};
  for (const auto hex : {kArpRequest, kSolicitation, kDuplicateProbe, kPortUnreachable}) {
    const auto [reaction, answer] = react(other, from_hex(hex));
    EXPECT_TRUE(answer.empty());
    EXPECT_FALSE(reaction.neighbour);
  }
}

TEST(OwnedHost, ForgedNeighbourMessagesAreIgnored) {
  auto hop_limit = from_hex(kSolicitation);  // from beyond a router
  hop_limit[21] = std::byte{254};
  auto checksum = from_hex(kSolicitation);
  checksum[57] ^= std::byte{1};
  auto option = from_hex(kSolicitation);  // an option of length zero (RFC 4861 §4.6)
  option[79] = std::byte{0};
  base::store_be16(option.data() + 56, 0);
  const auto parsed = parse_frame(option);
  checksum_store(option.data() + 56,
                 checksum_add(pseudo_header_sum(parsed.source.ip, parsed.destination.ip, 58, 32),
                              base::Octets{option}.subspan(54)));
  for (const auto& frame : {hop_limit, checksum, option}) EXPECT_TRUE(react(host_b(), frame).answer.empty());
}

std::vector<std::byte> ping4(std::size_t size) {
  auto frame = from_hex("02000000000b02000000000a0800450000001234400040010000c0000201c0000202");
  frame.resize(34 + 8 + size, std::byte{0x5A});
  base::store_be32(frame.data() + 34, 0x08000000);
  base::store_be32(frame.data() + 38, 0x00070001);
  base::store_be16(frame.data() + 16, static_cast<std::uint16_t>(28 + size));
  checksum_store(frame.data() + 24, checksum_add(0, base::Octets{frame}.subspan(14, 20)));
  checksum_store(frame.data() + 36, checksum_add(0, base::Octets{frame}.subspan(34)));
  return frame;
}

TEST(OwnedHost, AnswersPing) {
  for (const std::size_t size : {0, 1, 56, 1400}) {
    const auto request = ping4(size);
    const auto [reaction, answer] = react(host_b(), request);
    ASSERT_EQ(answer.size(), request.size());
    const auto parsed = parse_frame(answer);
    ASSERT_EQ(parsed.kind, FrameKind::kIcmp);  // with a right IP checksum
    EXPECT_EQ(parsed.source.ip, ip("192.0.2.2"));
    EXPECT_EQ(parsed.destination.ip, ip("192.0.2.1"));
    EXPECT_EQ(std::memcmp(answer.data(), kMacA.data(), 6), 0);
    EXPECT_EQ(parsed.source_mac, kMacB);
    EXPECT_EQ(base::load_u8(answer.data() + 34), 0);
    EXPECT_EQ(checksum_fold(checksum_add(0, base::Octets{answer}.subspan(34))), 0xFFFF);
    EXPECT_TRUE(std::equal(answer.begin() + 38, answer.end(), request.begin() + 38));
  }
}

TEST(OwnedHost, DoesNotAnswerABrokenPing) {
  auto frame = ping4(56);
  frame.back() ^= std::byte{1};
  EXPECT_TRUE(react(host_b(), frame).answer.empty());
}

TEST(OwnedHost, AnnouncesEveryAddress) {
  std::vector<std::byte> room(kHostFrameRoom);
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0;; ++i) {
    const auto size = host_b().write_announcement(room, i);
    if (size == 0) break;
    sizes.push_back(size);
    const auto parsed = parse_frame(base::Octets{room}.first(size));
    ASSERT_NE(parsed.kind, FrameKind::kDropped);
    if (size == kArpFrame) {
      EXPECT_EQ(parse_arp(base::Octets{room}.subspan(14, 28))->sender_ip, ip("192.0.2.2"));
    }
  }
  // IPv4 twice; 2001:db8::2 and the link-local address a report and an advertisement each.
  EXPECT_EQ(sizes, (std::vector<std::size_t>{kArpFrame, kArpFrame, kListenerFrame, kNeighbourFrame,
                                             kListenerFrame, kNeighbourFrame}));
}

// The kernel's report for two groups and ours for one of them agree in all that does not depend on the
// number.
TEST(OwnedHost, ReportsItsGroupAsLinuxDoes) {
  const auto linux_report = from_hex(kListenerReport);
  std::vector<std::byte> ours(kListenerFrame);
  write_listener_report(ours.data(), kMacA, solicited_node_group(ip("2001:db8::1")));
  const auto parsed = parse_frame(ours);
  ASSERT_EQ(parsed.kind, FrameKind::kIcmpv6);
  EXPECT_EQ(parsed.source.ip, parse_frame(linux_report).source.ip);
  EXPECT_TRUE(std::equal(ours.begin() + 54, ours.begin() + 64, linux_report.begin() + 54));
  EXPECT_TRUE(std::equal(ours.begin() + 70, ours.end(), linux_report.begin() + 90));
  const auto sum = pseudo_header_sum(parsed.source.ip, parsed.destination.ip, 58, parsed.payload_size);
  EXPECT_EQ(checksum_fold(checksum_add(sum, base::Octets{ours}.subspan(62))), 0xFFFF);
}

TEST(OwnedHost, NextHopIsTheNeighbourOrTheGateway) {
  EXPECT_EQ(host_b().next_hop_to(ip("192.0.2.77")), ip("192.0.2.77"));
  EXPECT_EQ(host_b().next_hop_to(ip("198.51.100.1")), ip("192.0.2.254"));
  EXPECT_EQ(host_b().next_hop_to(ip("2001:db8::77")), ip("2001:db8::77"));
  EXPECT_EQ(host_b().next_hop_to(ip("2001:db8:1::1")), ip("2001:db8::fe"));
  const OwnedHost lonely{kMacB, {{ip("10.1.2.3"), 23}}, {}, {}};
  EXPECT_EQ(lonely.next_hop_to(ip("10.1.3.250")), ip("10.1.3.250"));
  EXPECT_FALSE(lonely.next_hop_to(ip("10.1.4.1")));
}

}  // namespace
}  // namespace dataplane
