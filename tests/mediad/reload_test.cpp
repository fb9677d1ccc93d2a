#include "mediad/reload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mediad {
namespace {

TEST(Reload, TakesWhatMayChangeAndNamesTheRest) {
  Options running;
  Options fresh;
  fresh.timeout = std::chrono::seconds{5};
  fresh.log_level = 7;
  fresh.workers = 3;
  fresh.port_min = {1000};
  EXPECT_THAT(take_over(fresh, running), ::testing::UnorderedElementsAre("workers", "port-min"));
  EXPECT_EQ(running.timeout.count(), 5);
  EXPECT_EQ(running.log_level, 7);
  EXPECT_EQ(running.workers, 1);
  EXPECT_EQ(running.port_min.number, 30000);
  EXPECT_TRUE(take_over(running, running).empty());
}

}  // namespace
}  // namespace mediad
