#pragma once
/// \file
/// An EAL without huge pages for a whole test program: it can be started only once per process.

#include <gtest/gtest.h>

#include <optional>

#include "dataplane/eal.h"

namespace dataplane {

class EalEnvironment : public ::testing::Environment {
 public:
  explicit EalEnvironment(EalOptions options) : options_(std::move(options)) { options_.hugepages = false; }

  void SetUp() override {
    auto eal = Eal::start(options_);
    ASSERT_TRUE(eal) << eal.error().text;
    eal_.emplace(*std::move(eal));
  }
  void TearDown() override { eal_.reset(); }
  [[nodiscard]] Eal& eal() { return *eal_; }

 private:
  EalOptions options_;
  std::optional<Eal> eal_;
};

}  // namespace dataplane
