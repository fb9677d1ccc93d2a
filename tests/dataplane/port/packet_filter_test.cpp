#include "dataplane/port/packet_filter.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "dataplane/net/frame.h"
#include "tests/dataplane/net/captured.h"

namespace dataplane {
namespace {

// The kernel itself runs the program: over the octets that go through a pair of local sockets.
class Filtered {
 public:
  explicit Filtered(const FilterPlan& plan) {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends_.data()), 0);
    const auto attached = attach_filter({&ends_[1], 1}, plan);
    EXPECT_TRUE(attached) << attached.error().text;
  }
  Filtered(const Filtered&) = delete;
  Filtered& operator=(const Filtered&) = delete;
  ~Filtered() {
    for (const int end : ends_) ::close(end);
  }

  bool passes(const std::vector<std::byte>& frame) {
    (void)::send(ends_[0], frame.data(), frame.size(), 0);
    std::array<std::byte, 2048> buffer;
    return ::recv(ends_[1], buffer.data(), buffer.size(), 0) == static_cast<ssize_t>(frame.size());
  }
  bool passes(std::string_view hex) { return passes(from_hex(hex)); }

 private:
  std::array<int, 2> ends_{};
};

base::IpAddress ip(const char* text) {
  return *base::IpAddress::parse(text);
}

TEST(PacketFilter, SharedTakesMediaAlone) {
  Filtered filtered{{AddressMode::kShared, {ip("192.0.2.2"), ip("2001:db8::2")}, {20000}, {29999}}};
  EXPECT_TRUE(filtered.passes(kUdp4));
  EXPECT_TRUE(filtered.passes(kUdp6));
  for (const auto hex : {kArpRequest, kArpReply, kSolicitation, kListenerReport, kPortUnreachable})
    EXPECT_FALSE(filtered.passes(hex));
}

TEST(PacketFilter, SharedLooksAtThePortRangeBothEndsIncluded) {
  for (const auto hex : {kUdp4, kUdp6}) {
    const std::vector<base::IpAddress> addresses{ip("192.0.2.2"), ip("2001:db8::2")};
    EXPECT_TRUE(Filtered({AddressMode::kShared, addresses, {20000}, {20000}}).passes(hex));
    EXPECT_FALSE(Filtered({AddressMode::kShared, addresses, {20001}, {29999}}).passes(hex));
    EXPECT_FALSE(Filtered({AddressMode::kShared, addresses, {10000}, {19999}}).passes(hex));
  }
}

TEST(PacketFilter, AnyOfManyAddresses) {
  std::vector<base::IpAddress> addresses;
  for (std::uint8_t i = 10; i < 100; ++i) addresses.push_back(base::IpAddress::v4(10, 0, 0, i));
  for (std::uint8_t i = 10; i < 100; ++i) {
    addresses.push_back(ip("2001:db8::"));
    addresses.back().octets[15] = i;
  }
  Filtered others{{AddressMode::kShared, addresses, {20000}, {29999}}};
  EXPECT_FALSE(others.passes(kUdp4));
  EXPECT_FALSE(others.passes(kUdp6));
  addresses.push_back(ip("192.0.2.2"));
  addresses.push_back(ip("2001:db8::2"));
  Filtered ours{{AddressMode::kShared, addresses, {20000}, {29999}}};
  EXPECT_TRUE(ours.passes(kUdp4));
  EXPECT_TRUE(ours.passes(kUdp6));
}

TEST(PacketFilter, LaterFragmentIsRefusedWhereThePortCounts) {
  auto frame = from_hex(kUdp4);
  frame[21] = std::byte{1};
  EXPECT_FALSE(Filtered({AddressMode::kShared, {}, {0}, {65535}}).passes(frame));
}

TEST(PacketFilter, OwnedTakesWhatAHostMustAnswer) {
  Filtered filtered{{AddressMode::kOwned, {ip("192.0.2.2"), ip("2001:db8::2")}, {}, {}}};
  for (const auto hex : {kUdp4, kUdp6, kArpRequest, kArpReply, kSolicitation, kListenerReport})
    EXPECT_TRUE(filtered.passes(hex));
  EXPECT_FALSE(filtered.passes(kPortUnreachable));  // for 192.0.2.1
  EXPECT_FALSE(filtered.passes(kAdvertisement));    // for 2001:db8::1
}

TEST(PacketFilter, CutFramesAreRefused) {
  Filtered filtered{{AddressMode::kShared, {ip("192.0.2.2"), ip("2001:db8::2")}, {20000}, {29999}}};
  auto frame = from_hex(kUdp4);
  frame.resize(37);
  EXPECT_FALSE(filtered.passes(frame));
  frame.resize(13);
  EXPECT_FALSE(filtered.passes(frame));
}

}  // namespace
}  // namespace dataplane
