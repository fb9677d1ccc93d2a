#include "dataplane/rtp/learning.h"

#include <gtest/gtest.h>

namespace dataplane::rtp {
namespace {

using namespace std::chrono_literals;
using base::Instant;
using base::SocketAddress;

SocketAddress at(const char* text) {
  return *SocketAddress::parse(text);
}

const SocketAddress kSignalled = at("192.0.2.10:4000");
const SocketAddress kSamePeerOtherPort = at("192.0.2.10:61000");
const SocketAddress kNated = at("198.51.100.7:30123");
const SocketAddress kStranger = at("203.0.113.66:5004");
const SocketAddress kStrangerWithThePort = at("203.0.113.66:4000");

SourcePolicy policy(Learning learning) {
  SourcePolicy p;
  p.learning = learning;
  return p;
}

/// Packets every 20 ms from `from`, `count` of them, all expected to be judged `expected`; moves `now` on.
void stream(AddressLearner& learner, const SocketAddress& from, int count, Instant& now,
            Admission expected = Admission::kAccept) {
  for (int i = 0; i < count; ++i) {
    now += 20ms;
    ASSERT_EQ(learner.judge(from, now), expected) << from.to_string() << " packet " << i;
  }
}

class Heuristic : public testing::Test {
 protected:
  AddressLearner learner{policy(Learning::kHeuristic), kSignalled};
  Instant now{1000s};
};

TEST_F(Heuristic, SendsToTheSignalledAddressUntilAPacketTells) {
  EXPECT_EQ(learner.remote(), kSignalled);
  EXPECT_EQ(learner.source(), std::nullopt);
  EXPECT_EQ(learner.judge(kNated, now), Admission::kLearn);
  EXPECT_EQ(learner.remote(), kNated);
}

TEST_F(Heuristic, TheSignalledAddressEndsTheSearch) {
  EXPECT_EQ(learner.judge(kSignalled, now), Admission::kLearn);
  stream(learner, kStranger, 50, now, Admission::kStranger);
  stream(learner, kSamePeerOtherPort, 50, now, Admission::kStranger);
  EXPECT_EQ(learner.remote(), kSignalled);
}

TEST_F(Heuristic, AStrangerWhoCameFirstLosesToTheSignalledHostAtAnyTime) {
  EXPECT_EQ(learner.judge(kStranger, now), Admission::kLearn);
  stream(learner, kStranger, 1000, now);  // 20 s of ringing
  EXPECT_EQ(learner.judge(kSamePeerOtherPort, now), Admission::kLearn) << "same host, port rewritten by NAT";
  stream(learner, kStranger, 10, now, Admission::kStranger);
  EXPECT_EQ(learner.judge(kSignalled, now), Admission::kLearn);
  stream(learner, kSamePeerOtherPort, 10, now, Admission::kStranger);
}

TEST_F(Heuristic, ASprayNeverTakesAStreamOver) {
  // RTP bleed: the victim is behind NAT, so nothing ranks it above the stranger but that it is there.
  EXPECT_EQ(learner.judge(kNated, now), Admission::kLearn);
  for (int i = 0; i < 200; ++i) {
    stream(learner, kNated, 1, now);
    EXPECT_EQ(learner.judge(kStranger, now + 1ms), Admission::kStranger);
    EXPECT_EQ(learner.judge(kStranger, now + 2ms), Admission::kStranger);
    EXPECT_EQ(learner.judge(kStranger, now + 3ms), Admission::kStranger);
  }
  EXPECT_EQ(learner.remote(), kNated);
}

TEST_F(Heuristic, AnEstablishedStreamMayFallSilent) {
  EXPECT_EQ(learner.judge(kNated, now), Admission::kLearn);
  stream(learner, kNated, kEstablishedPackets, now);
  now += 30s;  // silence suppression
  stream(learner, kStranger, 200, now, Admission::kStranger);
  stream(learner, kStrangerWithThePort, 200, now, Admission::kStranger);
  stream(learner, kNated, 10, now);
}

TEST_F(Heuristic, ASprayThatCameFirstGivesWayToAStream) {
  EXPECT_EQ(learner.judge(kStranger, now), Admission::kLearn);
  now += 20s;
  stream(learner, kNated, kChallengePackets - 1, now, Admission::kStranger);
  now += 20ms;
  EXPECT_EQ(learner.judge(kNated, now), Admission::kLearn);
  stream(learner, kNated, 20, now);
  EXPECT_EQ(learner.remote(), kNated);
}

TEST_F(Heuristic, AChallengeMustBeUnbroken) {
  EXPECT_EQ(learner.judge(kNated, now), Admission::kLearn);
  for (int i = 0; i < 3; ++i) {
    now += 300ms;  // slow to start, three packets in all
    EXPECT_EQ(learner.judge(kStranger, now), Admission::kStranger);
    EXPECT_EQ(learner.judge(kStranger, now), Admission::kStranger);
    EXPECT_EQ(learner.judge(kNated, now), Admission::kAccept);
  }
  EXPECT_EQ(learner.remote(), kNated);
}

TEST_F(Heuristic, TwoSpraysDoNotHelpEachOther) {
  EXPECT_EQ(learner.judge(kNated, now), Admission::kLearn);
  now += 1s;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(learner.judge(kStranger, now), Admission::kStranger);
    EXPECT_EQ(learner.judge(at("203.0.113.67:5004"), now), Admission::kStranger);
  }
}

TEST_F(Heuristic, ThePortDecidesOnlyBetweenNewcomers) {
  EXPECT_EQ(learner.judge(kStranger, now), Admission::kLearn);
  EXPECT_EQ(learner.judge(at("198.51.100.7:4000"), now), Admission::kLearn) << "NAT that keeps ports";

  AddressLearner other(policy(Learning::kHeuristic), kSignalled);
  EXPECT_EQ(other.judge(kNated, now), Admission::kLearn);
  stream(other, kNated, kEstablishedPackets, now);
  EXPECT_EQ(other.judge(kStrangerWithThePort, now), Admission::kStranger);
}

TEST_F(Heuristic, EveryPartOfAnAddressCounts) {
  const auto v6 = at("[2001:db8::1]:4000");
  AddressLearner l(policy(Learning::kHeuristic), v6);
  EXPECT_EQ(l.judge(v6, now), Admission::kLearn);
  for (const char* other :
       {"[2001:db8::2]:4000", "[2001:db9::1]:4000", "[2001:db8::1]:4001", "32.1.13.184:4000"}) {
    EXPECT_EQ(l.judge(at(other), now), Admission::kStranger) << other;
  }
  EXPECT_EQ(l.judge(v6, now), Admission::kAccept);
}

TEST_F(Heuristic, NothingSignalledYet) {
  AddressLearner early(policy(Learning::kHeuristic), std::nullopt);
  EXPECT_EQ(early.remote(), std::nullopt);
  EXPECT_EQ(early.judge(kStranger, now), Admission::kLearn);
  EXPECT_EQ(early.remote(), kStranger);
  stream(early, kStranger, 500, now);
  early.resignal(policy(Learning::kHeuristic), kSignalled, now);  // the answer
  EXPECT_EQ(early.remote(), kSignalled) << "what was signalled counts until a packet tells better";
  EXPECT_EQ(early.judge(kNated, now), Admission::kLearn) << "the source before the answer ranks below any";
  stream(early, kStranger, 10, now, Admission::kStranger);
}

TEST_F(Heuristic, OnHoldTheOldWayNothingIsSignalled) {
  AddressLearner held(policy(Learning::kHeuristic), at("0.0.0.0:4000"));
  EXPECT_EQ(held.remote(), std::nullopt);
}

TEST_F(Heuristic, ARefreshChangesNothing) {
  learner.judge(kNated, now);
  stream(learner, kNated, 20, now);
  learner.resignal(policy(Learning::kHeuristic), kSignalled, now);
  EXPECT_EQ(learner.remote(), kNated);
  stream(learner, kStranger, 10, now, Admission::kStranger);
  stream(learner, kNated, 10, now);
}

TEST_F(Heuristic, AReInviteToAnotherPhoneBehindNat) {
  learner.judge(kNated, now);
  stream(learner, kNated, 100, now);
  learner.resignal(policy(Learning::kHeuristic), at("192.0.2.20:5000"), now);
  EXPECT_EQ(learner.judge(kNated, now), Admission::kLearn)
      << "the old phone still talks: better than silence";
  stream(learner, kNated, 20, now);
  const auto new_phone = at("198.51.100.99:7777");
  EXPECT_EQ(learner.judge(new_phone, now), Admission::kLearn);
  stream(learner, kNated, 20, now, Admission::kStranger);
  stream(learner, new_phone, 20, now);
}

TEST_F(Heuristic, AReInviteOfThePhoneThatStaysWhereItIs) {
  learner.judge(kNated, now);
  stream(learner, kNated, 100, now);
  learner.resignal(policy(Learning::kHeuristic), at("192.0.2.10:4002"), now);
  EXPECT_EQ(learner.judge(kNated, now), Admission::kLearn);
  now += kLearningWindow;
  stream(learner, kNated, 20, now);
  stream(learner, kStranger, 20, now, Admission::kStranger);
}

TEST_F(Heuristic, WithoutStrictStrangersAreHeardButNotSentTo) {
  auto lenient = policy(Learning::kHeuristic);
  lenient.strict = false;
  AddressLearner l(lenient, kSignalled);
  l.judge(kNated, now);
  stream(l, kNated, 20, now);
  stream(l, kStranger, 20, now);
  EXPECT_EQ(l.remote(), kNated);
}

TEST_F(Heuristic, HandoverNeedsAStreamAndAnEnd) {
  auto handover = policy(Learning::kHeuristic);
  handover.media_handover = true;
  AddressLearner l(handover, kSignalled);
  l.judge(kSignalled, now);
  for (int i = 0; i < 50; ++i) {  // both at once: nobody is handed over
    stream(l, kSignalled, 1, now);
    stream(l, kStranger, 1, now, Admission::kStranger);
  }
  stream(l, kNated, kChallengePackets - 1, now, Admission::kStranger);
  now += 20ms;
  EXPECT_EQ(l.judge(kNated, now), Admission::kLearn);
  EXPECT_EQ(l.remote(), kNated);
}

TEST_F(Heuristic, AsymmetricIsSentWhereItSaid) {
  for (const auto learning : {Learning::kHeuristic, Learning::kOff, Learning::kImmediate}) {
    auto asymmetric = policy(learning);
    asymmetric.asymmetric = true;
    AddressLearner l(asymmetric, kSignalled);
    EXPECT_EQ(l.judge(kNated, now), Admission::kAccept);
    EXPECT_EQ(l.remote(), kSignalled);
    stream(l, kNated, 20, now);
    stream(l, kStranger, 20, now, Admission::kStranger);
  }
}

TEST_F(Heuristic, RtcpBelievesTheHostThatRtpComesFrom) {
  AddressLearner rtcp(policy(Learning::kHeuristic), at("10.0.0.5:4001"));
  EXPECT_EQ(rtcp.judge(kStranger, now), Admission::kLearn);
  rtcp.set_companion(kNated.ip);
  EXPECT_EQ(rtcp.judge(at("198.51.100.7:30124"), now), Admission::kLearn);
  EXPECT_EQ(rtcp.judge(kStranger, now), Admission::kStranger);
}

TEST_F(Heuristic, NoRtcpFromAStrangerBesideAKnownStream) {
  AddressLearner rtcp(policy(Learning::kHeuristic), at("10.0.0.5:4001"));
  EXPECT_FALSE(rtcp.set_companion(kNated.ip));
  stream(rtcp, kStranger, 5, now, Admission::kStranger);
  EXPECT_EQ(rtcp.remote(), at("10.0.0.5:4001"));
  EXPECT_EQ(rtcp.judge(at("10.0.0.5:4001"), now), Admission::kLearn);
}

TEST_F(Heuristic, AStrangersRtcpIsForgottenWhenTheStreamComes) {
  AddressLearner rtcp(policy(Learning::kHeuristic), at("10.0.0.5:4001"));
  rtcp.judge(kStranger, now);
  stream(rtcp, kStranger, kEstablishedPackets, now);
  EXPECT_TRUE(rtcp.set_companion(kNated.ip));
  EXPECT_EQ(rtcp.remote(), at("10.0.0.5:4001"));
  EXPECT_EQ(rtcp.judge(kStranger, now), Admission::kStranger);
}

TEST(LearningOff, OnlyTheSignalledAddress) {
  Instant now{};
  AddressLearner l(policy(Learning::kOff), kSignalled);
  stream(l, kStranger, 5, now, Admission::kStranger);
  stream(l, kSignalled, 5, now);
  EXPECT_EQ(l.remote(), kSignalled);
  l.resignal(policy(Learning::kOff), kNated, now);
  EXPECT_EQ(l.remote(), kNated);
  stream(l, kSignalled, 5, now, Admission::kStranger);

  auto lenient = policy(Learning::kOff);
  lenient.strict = false;
  AddressLearner any(lenient, kSignalled);
  stream(any, kStranger, 5, now);
  EXPECT_EQ(any.remote(), kSignalled);

  AddressLearner none(policy(Learning::kOff), std::nullopt);
  stream(none, kStranger, 5, now, Admission::kStranger);
}

TEST(LearningImmediate, TheFirstSourceStays) {
  Instant now{};
  AddressLearner l(policy(Learning::kImmediate), kSignalled);
  EXPECT_EQ(l.judge(kNated, now), Admission::kLearn);
  stream(l, kSignalled, 5, now, Admission::kStranger);
  l.resignal(policy(Learning::kImmediate), at("192.0.2.20:5000"), now);
  EXPECT_EQ(l.judge(at("192.0.2.20:5000"), now), Admission::kLearn);
}

TEST(LearningDelayed, WhateverSendsAfterThreeSeconds) {
  Instant now{};
  AddressLearner l(policy(Learning::kDelayed), kSignalled);
  stream(l, kStranger, 50, now);
  stream(l, kNated, 100, now);
  EXPECT_EQ(l.remote(), kSignalled);
  now += 20ms;
  EXPECT_EQ(l.judge(kNated, now), Admission::kLearn);
  EXPECT_EQ(l.remote(), kNated);
  stream(l, kStranger, 50, now, Admission::kStranger);
}

}  // namespace
}  // namespace dataplane::rtp
