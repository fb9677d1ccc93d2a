// An answered call: hold, glare, INFO, the end.
#include <gmock/gmock.h>

#include "tests/control/b2bua/b2bua_fixture.h"

namespace control {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(B2buaTest, HoldsAndResumes) {
  talk();
  for (const auto* direction : {"sendonly", "sendrecv"}) {
    const auto txn = from_caller("INVITE", "bob", audio(4000, "0", std::string("a=") + direction + "\r\n"));
    const auto sent = port.requests.back();
    EXPECT_EQ(sent.request.method, "INVITE");
    if (std::string(direction) == "sendonly") {
      EXPECT_THAT(sent.request.body, HasSubstr("a=sendonly"));
    }
    const auto acks = port.acks.size();
    answer(sent, 200, audio(5000, "0", std::string(direction) == "sendonly" ? "a=recvonly\r\n" : ""));
    EXPECT_EQ(port.acks.size(), acks + 1);
    EXPECT_THAT(statuses(txn), ElementsAre(200));
    from_caller("ACK", "bob");
  }
  EXPECT_EQ(b2bua.calls(), 1U);
  EXPECT_EQ(service->live_calls(), 1U);
}

TEST_F(B2buaTest, TheCalleeMayHoldToo) {
  const auto sent = talk();
  const auto txn = from_callee(sent, "INVITE", audio(5000, "0", "a=sendonly\r\n"));
  const auto to_caller = port.requests.back();
  EXPECT_THAT(to_caller.request.body, HasSubstr("a=sendonly"));
  answer(to_caller, 200, audio(4000, "0", "a=recvonly\r\n"), "a");
  EXPECT_THAT(statuses(txn), ElementsAre(200));
}

TEST_F(B2buaTest, OneOfferAtATime) {
  const auto sent = talk();
  from_caller("INVITE", "bob", audio(4000));
  // RFC 3261 §14.2: ours to the callee is open.
  EXPECT_THAT(statuses(from_callee(sent, "INVITE", audio(5000))), ElementsAre(491));
  EXPECT_THAT(statuses(from_caller("INVITE", "bob", audio(4000))), ElementsAre(500));
  EXPECT_THAT(std::string(last().headers.text()), HasSubstr("Retry-After: "));
  EXPECT_EQ(b2bua.counters().glares, 1U);
}

TEST_F(B2buaTest, PassesARefusedReInviteBackAndTalksOn) {
  talk();
  const auto txn = from_caller("INVITE", "bob", audio(4000));
  answer(port.requests.back(), 491);
  EXPECT_THAT(statuses(txn), ElementsAre(491));
  EXPECT_EQ(b2bua.calls(), 1U);
  const auto again = from_caller("INVITE", "bob", audio(4000));
  answer(port.requests.back(), 200, audio(5000));
  EXPECT_THAT(statuses(again), ElementsAre(200));
}

TEST_F(B2buaTest, EndsWhenTheOtherSideKnowsTheDialogNoMore) {
  talk();
  const auto txn = from_caller("INVITE", "bob", audio(4000));
  answer(port.requests.back(), 481);
  EXPECT_THAT(statuses(txn), ElementsAre(481));
  EXPECT_THAT(methods(), ElementsAre("INVITE", "INVITE", "BYE", "BYE"));
}

TEST_F(B2buaTest, UpdatesWithAndWithoutAnOffer) {
  talk();
  EXPECT_THAT(statuses(from_caller("UPDATE", "bob")), ElementsAre(200));
  EXPECT_THAT(methods(), ElementsAre("INVITE"));
  const auto txn = from_caller("UPDATE", "bob", audio(4000));
  answer(port.requests.back(), 200, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(200));
  pass(2s);
  EXPECT_THAT(statuses(txn), ElementsAre(200));  // not an INVITE: nothing to acknowledge
}

TEST_F(B2buaTest, PassesInfoThrough) {
  talk();
  const auto txn = from_caller("INFO", "bob");
  EXPECT_EQ(port.requests.back().request.method, "INFO");
  answer(port.requests.back(), 200);
  EXPECT_THAT(statuses(txn), ElementsAre(200));
}

TEST_F(B2buaTest, TheCalleeHangsUp) {
  const auto sent = talk();
  EXPECT_THAT(statuses(from_callee(sent, "BYE")), ElementsAre(200));
  EXPECT_THAT(methods(), ElementsAre("INVITE", "BYE"));
  answer(port.requests.back(), 200, {}, "a");
  EXPECT_EQ(b2bua.calls(), 0U);
}

TEST_F(B2buaTest, HangsUpOnTheCallerOnlyAfterItsAck) {
  invite("bob");
  const auto sent = port.requests.at(0);
  answer(sent, 200, audio(5000));
  to_tag = last().to_tag;
  from_callee(sent, "BYE");
  EXPECT_THAT(methods(), ElementsAre("INVITE"));  // RFC 3261 §15
  from_caller("ACK", "bob");
  EXPECT_THAT(methods(), ElementsAre("INVITE", "BYE"));
}

TEST_F(B2buaTest, EndsWithItsMedia) {
  talk();
  b2bua.check_media(now);
  EXPECT_EQ(methods().size(), 1U);
  now += 61s;  // no packet ever came
  service->check_time(now);
  b2bua.check_media(now);
  EXPECT_THAT(methods(), ElementsAre("INVITE", "BYE", "BYE"));
  EXPECT_THAT(std::string(port.requests.back().request.headers.text()), HasSubstr("Reason: SIP;cause=408"));
  EXPECT_EQ(b2bua.counters().media_lost, 1U);
}

TEST_F(B2buaTest, RefusesStaleAndForeignRequests) {
  talk();
  cseq = 0;
  EXPECT_THAT(statuses(from_caller("INFO", "bob")), ElementsAre(500));  // CSeq 1 again
  cseq = 10;
  EXPECT_THAT(statuses(from_caller("SUBSCRIBE", "bob")), ElementsAre(405));
  to_tag = "made-up";
  EXPECT_THAT(statuses(from_caller("BYE", "bob")), ElementsAre(481));
  EXPECT_EQ(b2bua.calls(), 1U);
}

}  // namespace
}  // namespace control
