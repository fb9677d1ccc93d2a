#include "control/sip/transaction/client_fsm.h"

#include <gtest/gtest.h>

#include <vector>

namespace control::sip {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant kStart{1000s};
const Timers kTimers;

/// Instants (ms after the start) of each retransmission, then of the end.
template <typename Fsm>
std::vector<int> play_out(Fsm& fsm, Step& last) {
  std::vector<int> sent;
  while (const auto at = fsm.deadline()) {
    last = fsm.on_time(*at, kTimers);
    if (last.send || last.ended) sent.push_back(static_cast<int>((*at - kStart) / 1ms));
    if (last.ended) break;
  }
  return sent;
}

TEST(InviteClientFsm, RepeatsByTimerAUntilB) {
  InviteClientFsm fsm(false, kStart, kTimers);
  Step last;
  EXPECT_EQ(play_out(fsm, last), (std::vector<int>{500, 1500, 3500, 7500, 15500, 31500, 32000}));
  EXPECT_TRUE(last.timed_out);
}

TEST(InviteClientFsm, OverAStreamOnlyTimerBRuns) {
  InviteClientFsm fsm(true, kStart, kTimers);
  Step last;
  EXPECT_EQ(play_out(fsm, last), std::vector<int>{32000});
  EXPECT_TRUE(last.timed_out);
}

TEST(InviteClientFsm, ProvisionalStopsTheClock) {
  InviteClientFsm fsm(false, kStart, kTimers);
  EXPECT_EQ(fsm.on_response(100, kStart, kTimers), Step{.deliver = true});
  EXPECT_EQ(fsm.on_response(180, kStart, kTimers), Step{.deliver = true});
  EXPECT_FALSE(fsm.deadline());
}

TEST(InviteClientFsm, RefusalIsAcknowledgedEachTime) {
  InviteClientFsm fsm(false, kStart, kTimers);
  EXPECT_EQ(fsm.on_response(486, kStart, kTimers), (Step{.send_ack = true, .deliver = true}));
  EXPECT_EQ(fsm.on_response(486, kStart, kTimers), Step{.send_ack = true});
  EXPECT_EQ(fsm.on_response(200, kStart, kTimers), Step{});
  EXPECT_EQ(fsm.deadline(), kStart + 32s);
  EXPECT_EQ(fsm.on_time(kStart + 32s, kTimers), Step{.ended = true});
}

TEST(InviteClientFsm, EveryForksAnswerComesUp) {
  InviteClientFsm fsm(false, kStart, kTimers);
  EXPECT_EQ(fsm.on_response(200, kStart, kTimers), Step{.deliver = true});
  EXPECT_EQ(fsm.on_response(200, kStart + 1s, kTimers), Step{.deliver = true});
  EXPECT_EQ(fsm.on_response(180, kStart + 1s, kTimers), Step{});
  EXPECT_EQ(fsm.on_response(487, kStart + 1s, kTimers), Step{});
  EXPECT_EQ(fsm.on_time(kStart + 32s, kTimers), Step{.ended = true});
}

TEST(InviteClientFsm, CancelledWithoutAnAnswerEndsAfter64T1) {
  InviteClientFsm fsm(false, kStart, kTimers);
  (void)fsm.on_response(180, kStart, kTimers);
  fsm.on_cancelled(kStart + 10s, kTimers);
  EXPECT_EQ(fsm.on_response(180, kStart + 11s, kTimers), Step{.deliver = true});
  EXPECT_EQ(fsm.on_time(kStart + 42s, kTimers), (Step{.timed_out = true, .ended = true}));
}

TEST(NonInviteClientFsm, RepeatsByTimerEUntilF) {
  NonInviteClientFsm fsm(false, kStart, kTimers);
  Step last;
  EXPECT_EQ(play_out(fsm, last),
            (std::vector<int>{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000}));
  EXPECT_TRUE(last.timed_out);
}

TEST(NonInviteClientFsm, ProvisionalSlowsTheRepetition) {
  NonInviteClientFsm fsm(false, kStart, kTimers);
  (void)fsm.on_response(100, kStart, kTimers);
  Step last;
  EXPECT_EQ(play_out(fsm, last),
            (std::vector<int>{500, 4500, 8500, 12500, 16500, 20500, 24500, 28500, 32000}));
}

TEST(NonInviteClientFsm, FinalResponseIsTakenOnce) {
  NonInviteClientFsm fsm(false, kStart, kTimers);
  EXPECT_EQ(fsm.on_response(200, kStart, kTimers), Step{.deliver = true});
  EXPECT_EQ(fsm.on_response(200, kStart, kTimers), Step{});
  EXPECT_EQ(fsm.on_time(kStart + 5s, kTimers), Step{.ended = true});
  NonInviteClientFsm stream(true, kStart, kTimers);
  EXPECT_EQ(stream.on_response(200, kStart, kTimers), (Step{.deliver = true, .ended = true}));
}

}  // namespace
}  // namespace control::sip
