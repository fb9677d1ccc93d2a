#include "mediad/base/spsc_ring.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace base {
namespace {

TEST(SpscRing, FullRingLeavesTheValueWithTheProducer) {
  SpscRing<std::unique_ptr<int>> ring{2};
  for (int i = 0; i < 2; ++i) {
    auto value = std::make_unique<int>(i);
    ASSERT_TRUE(ring.push(value));
    EXPECT_EQ(value, nullptr);
  }
  auto refused = std::make_unique<int>(9);
  EXPECT_FALSE(ring.push(refused));
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(**ring.pop(), 0);
  EXPECT_TRUE(ring.push(refused));
  EXPECT_EQ(**ring.pop(), 1);
  EXPECT_EQ(**ring.pop(), 9);
  EXPECT_FALSE(ring.pop());
}

TEST(SpscRing, KeepsOrderAcrossThreads) {
  SpscRing<std::unique_ptr<int>> ring{64};
  constexpr int kCount = 20000;
  std::thread producer([&] {
    for (int i = 0; i < kCount;) {
      auto value = std::make_unique<int>(i);
      if (ring.push(value))
        ++i;
      else
        std::this_thread::yield();
    }
  });
  for (int i = 0; i < kCount;) {
    if (auto value = ring.pop()) {
      ASSERT_EQ(**value, i);
      ++i;
    } else {
      std::this_thread::yield();
    }
  }
  producer.join();
}

}  // namespace
}  // namespace base
