#pragma once
/// \file
/// An EAL without huge pages for a whole test program: it can be started only once per process.

#include <gtest/gtest.h>

#include <optional>

#include "dataplane/eal.h"
#include "dataplane/pool.h"

namespace dataplane {

class EalEnvironment : public ::testing::Environment {
 public:
  explicit EalEnvironment(EalOptions options) : options_(std::move(options)) { options_.hugepages = false; }

  void SetUp() override {
    auto eal = Eal::start(options_);
    ASSERT_TRUE(eal) << eal.error().text;
    eal_.emplace(*std::move(eal));
    auto pool = PacketPool::create("test", kBuffers);
    ASSERT_TRUE(pool) << pool.error().text;
    pool_.emplace(*std::move(pool));
  }
  void TearDown() override {
    pool_.reset();
    eal_.reset();
  }
  [[nodiscard]] Eal& eal() { return *eal_; }
  /// The program's packet buffers, which must go before the EAL does.
  [[nodiscard]] static PacketPool& pool() { return *pool_; }
  static constexpr std::uint32_t kBuffers = 16383;

 private:
  EalOptions options_;
  std::optional<Eal> eal_;
  static inline std::optional<PacketPool> pool_;
};

}  // namespace dataplane
