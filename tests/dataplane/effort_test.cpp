#include "dataplane/effort.h"

#include <gtest/gtest.h>

namespace dataplane {
namespace {

using std::chrono::milliseconds;

/// A worker whose turns take a share of the time.
struct Worker {
  base::Instant now{std::chrono::hours{1}};
  std::uint64_t busy_ns{0}, idle_ns{0};
  Effort effort{now};

  void work(double share, base::Duration time) {
    for (base::Duration done{0}; done < time; done += milliseconds{1}) {
      now += milliseconds{1};
      busy_ns += static_cast<std::uint64_t>(share * 1e6);
      idle_ns += static_cast<std::uint64_t>((1 - share) * 1e6);
      effort.update(now, busy_ns, idle_ns);
    }
  }
};

TEST(Effort, SinksWhileTheWorkerIsTooBusyAndNeverBelowNothing) {
  Worker worker;
  worker.work(0.9, milliseconds{300});
  EXPECT_EQ(worker.effort.ceiling(), 7);
  worker.work(0.99, milliseconds{5000});
  EXPECT_EQ(worker.effort.ceiling(), 0);
}

TEST(Effort, StaysWhereItIsBetweenTheThresholds) {
  Worker worker;
  worker.work(0.9, milliseconds{400});
  worker.work(0.75, milliseconds{60000});
  EXPECT_EQ(worker.effort.ceiling(), 6);
}

TEST(Effort, RisesSlowlyOnceTheWorkerIsQuiet) {
  Worker worker;
  worker.work(0.9, milliseconds{400});
  worker.work(0.3, milliseconds{1900});
  EXPECT_EQ(worker.effort.ceiling(), 6);
  worker.work(0.7, milliseconds{200});  // not quiet: patience starts anew
  worker.work(0.3, milliseconds{1900});
  EXPECT_EQ(worker.effort.ceiling(), 6);
  worker.work(0.3, milliseconds{400});
  EXPECT_EQ(worker.effort.ceiling(), 7);
  worker.work(0.3, milliseconds{20000});
  EXPECT_EQ(worker.effort.ceiling(), codecs::kMostComplexity);
}

TEST(Effort, AnIdleWorkerHasNothingToShed) {
  Worker worker;
  worker.work(0, milliseconds{5000});
  EXPECT_EQ(worker.effort.ceiling(), codecs::kMostComplexity);
}

}  // namespace
}  // namespace dataplane
