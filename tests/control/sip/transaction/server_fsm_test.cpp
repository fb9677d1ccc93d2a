#include "control/sip/transaction/server_fsm.h"

#include <gtest/gtest.h>

#include <vector>

namespace control::sip {
namespace {

using namespace std::chrono_literals;
using State = InviteServerFsm::State;

constexpr base::Instant kStart{1000s};
const Timers kTimers;

/// Instants (ms after the start) at which on_time asks to send, until it ends; the last is the end.
template <typename Fsm, typename OnTime>
std::vector<int> play_out(Fsm& fsm, OnTime on_time, Step& last) {
  std::vector<int> sent;
  while (const auto at = fsm.deadline()) {
    last = on_time(*at);
    const auto ms = static_cast<int>((*at - kStart) / 1ms);
    if (last.send || last.send_trying || last.ended) sent.push_back(ms);
    if (last.ended) break;
  }
  return sent;
}

TEST(InviteServerFsm, AnswersTryingWhenTheUserIsSlow) {
  InviteServerFsm fsm(false, kStart, kTimers);
  EXPECT_EQ(fsm.deadline(), kStart + 200ms);
  EXPECT_EQ(fsm.on_invite(), Step{});
  EXPECT_EQ(fsm.on_time(kStart + 200ms, kTimers), Step{.send_trying = true});
  EXPECT_EQ(fsm.on_invite(), Step{.send = true});
  EXPECT_FALSE(fsm.deadline());
}

TEST(InviteServerFsm, RefusalIsRepeatedByTimerGUntilH) {
  InviteServerFsm fsm(false, kStart, kTimers);
  EXPECT_EQ(fsm.on_response(486, kStart, kTimers), Step{.send = true});
  EXPECT_EQ(fsm.state(), State::kCompleted);
  EXPECT_EQ(fsm.on_invite(), Step{.send = true});
  Step last;
  const auto sent = play_out(
      fsm, [&](base::Instant at) { return fsm.on_time(at, kTimers); }, last);
  EXPECT_EQ(sent, (std::vector<int>{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000}));
  EXPECT_TRUE(last.timed_out);
}

TEST(InviteServerFsm, AckConfirmsAndTimerIEnds) {
  InviteServerFsm fsm(false, kStart, kTimers);
  (void)fsm.on_response(404, kStart, kTimers);
  EXPECT_EQ(fsm.on_ack(kStart + 100ms, kTimers), Step{});
  EXPECT_EQ(fsm.state(), State::kConfirmed);
  EXPECT_EQ(fsm.on_invite(), Step{});
  EXPECT_EQ(fsm.on_ack(kStart + 100ms, kTimers), Step{});
  Step last;
  EXPECT_EQ(play_out(
                fsm, [&](base::Instant at) { return fsm.on_time(at, kTimers); }, last),
            std::vector<int>{5100});
  EXPECT_FALSE(last.timed_out);
}

TEST(InviteServerFsm, OverAStreamNothingIsRepeated) {
  InviteServerFsm fsm(true, kStart, kTimers);
  (void)fsm.on_response(404, kStart, kTimers);
  EXPECT_EQ(fsm.deadline(), kStart + 32s);
  EXPECT_EQ(fsm.on_ack(kStart, kTimers), Step{.ended = true});
}

TEST(InviteServerFsm, AcceptedAbsorbsInvitesAndLetsTheUserRepeat2xx) {
  InviteServerFsm fsm(false, kStart, kTimers);
  EXPECT_EQ(fsm.on_response(180, kStart, kTimers), Step{.send = true});
  EXPECT_EQ(fsm.on_response(200, kStart, kTimers), Step{.send = true});
  EXPECT_EQ(fsm.state(), State::kAccepted);
  EXPECT_EQ(fsm.on_invite(), Step{});
  EXPECT_EQ(fsm.on_response(200, kStart, kTimers), Step{.send = true});
  EXPECT_EQ(fsm.on_response(486, kStart, kTimers), Step{});
  EXPECT_EQ(fsm.on_ack(kStart, kTimers), Step{.deliver = true});
  Step last;
  EXPECT_EQ(play_out(
                fsm, [&](base::Instant at) { return fsm.on_time(at, kTimers); }, last),
            std::vector<int>{32000});
  EXPECT_FALSE(last.timed_out);
}

TEST(NonInviteServerFsm, AnswersOnceAndAgainToRetransmissions) {
  NonInviteServerFsm fsm(false, kStart, kTimers);
  EXPECT_EQ(fsm.on_request(), Step{});
  EXPECT_EQ(fsm.on_response(200, kStart, kTimers), Step{.send = true});
  EXPECT_EQ(fsm.on_request(), Step{.send = true});
  EXPECT_EQ(fsm.on_response(500, kStart, kTimers), Step{});
  EXPECT_EQ(fsm.on_time(kStart + 31s), Step{});
  EXPECT_EQ(fsm.on_time(kStart + 32s), Step{.ended = true});
}

TEST(NonInviteServerFsm, ObeysRfc4320) {
  NonInviteServerFsm fsm(false, kStart, kTimers);
  EXPECT_EQ(fsm.on_response(180, kStart, kTimers), Step{});
  EXPECT_EQ(fsm.on_response(408, kStart, kTimers), Step{});
  EXPECT_EQ(fsm.on_response(100, kStart, kTimers), Step{.send = true});
  EXPECT_EQ(fsm.on_time(kStart + 32s), Step{.ended = true});
  EXPECT_EQ(fsm.on_response(200, kStart, kTimers), Step{});
}

TEST(NonInviteServerFsm, EndsAtOnceOverAStream) {
  NonInviteServerFsm fsm(true, kStart, kTimers);
  EXPECT_EQ(fsm.on_response(200, kStart, kTimers), (Step{.send = true, .ended = true}));
}

}  // namespace
}  // namespace control::sip
