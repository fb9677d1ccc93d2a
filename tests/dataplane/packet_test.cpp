#include "dataplane/packet.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "dataplane/pool.h"
#include "tests/dataplane/eal_environment.h"

namespace dataplane {
namespace {

EalEnvironment* const environment =
    static_cast<EalEnvironment*>(::testing::AddGlobalTestEnvironment(new EalEnvironment{EalOptions{}}));

class PacketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto pool = PacketPool::create("packets", 63);
    ASSERT_TRUE(pool) << pool.error().text;
    pool_.emplace(*std::move(pool));
  }

  std::optional<PacketPool> pool_;
};

TEST_F(PacketTest, NewOneIsEmptyWithAllItsHeadroom) {
  const Packet packet = pool_->allocate();
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet.size(), 0u);
  EXPECT_EQ(packet.headroom(), kPacketHeadroom);
  EXPECT_EQ(packet.tailroom(), kPacketRoom);
}

TEST_F(PacketTest, GoesBackToThePoolWithItsOwner) {
  {
    std::vector<Packet> all;
    while (auto packet = pool_->allocate()) all.push_back(std::move(packet));
    EXPECT_EQ(all.size(), 63u);
    EXPECT_EQ(pool_->available(), 0u);
    all.front() = std::move(all.back());  // the one overwritten is freed, the other lives on
    EXPECT_EQ(pool_->available(), 1u);
  }
  EXPECT_EQ(pool_->available(), 63u);
}

TEST_F(PacketTest, NarrowedHeaderBecomesRoomForANewOne) {
  Packet packet = pool_->allocate();
  ASSERT_TRUE(packet.resize(60));
  for (std::size_t i = 0; i < 60; ++i) packet.octets()[i] = std::byte{static_cast<std::uint8_t>(i)};
  packet.narrow(42, 12);
  EXPECT_EQ(packet.size(), 12u);
  EXPECT_EQ(packet.octets()[0], std::byte{42});
  std::byte* header = packet.prepend(62);
  ASSERT_NE(header, nullptr);
  EXPECT_EQ(packet.size(), 74u);
  EXPECT_EQ(header[62], std::byte{42});
  EXPECT_EQ(packet.headroom(), kPacketHeadroom + 42u - 62u);
}

TEST_F(PacketTest, LimitsOfTheBufferAreRefusals) {
  Packet packet = pool_->allocate();
  EXPECT_EQ(packet.prepend(kPacketHeadroom + 1), nullptr);
  EXPECT_FALSE(packet.resize(kPacketRoom + 1));
  EXPECT_EQ(packet.size(), 0u);
  EXPECT_TRUE(packet.resize(kPacketRoom));
  EXPECT_EQ(packet.tailroom(), 0u);
}

TEST(Eal, SecondStartIsAnError) {
  EXPECT_FALSE(Eal::start({}));
  EXPECT_FALSE(environment->eal().hugepages());
}

}  // namespace
}  // namespace dataplane
