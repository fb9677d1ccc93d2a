// From INVITE to the answer or the refusal.
#include <gmock/gmock.h>

#include "tests/control/b2bua/b2bua_fixture.h"

namespace control {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(B2buaTest, CallsAnchorsAnswersAndHangsUp) {
  const auto txn = invite("bob");
  ASSERT_EQ(port.requests.size(), 1U);
  const auto sent = port.requests[0];
  EXPECT_EQ(sent.request.uri, "sip:bob@192.0.2.2");
  EXPECT_EQ(sent.target.flow, sip::FakeSipPort::flow_of(2));
  EXPECT_THAT(sent.request.body, HasSubstr("203.0.113.1"));  // ours, not the caller's
  EXPECT_THAT(sent.request.body, testing::Not(HasSubstr("198.51.100.1")));
  EXPECT_THAT(std::string(sent.request.headers.text()), HasSubstr("Max-Forwards: 69"));
  answer(sent, 180);
  answer(sent, 200, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(180, 200));
  EXPECT_THAT(last().body, HasSubstr("203.0.113.1"));
  ASSERT_EQ(port.acks.size(), 1U);
  to_tag = last().to_tag;
  from_caller("ACK", "bob");
  const auto bye = from_caller("BYE", "bob");
  EXPECT_THAT(statuses(bye), ElementsAre(200));
  EXPECT_THAT(methods(), ElementsAre("INVITE", "BYE"));
  EXPECT_EQ(b2bua.calls(), 1U);  // until the callee's answer to the BYE
  answer(port.requests[1], 200);
  EXPECT_EQ(b2bua.calls(), 0U);
  EXPECT_EQ(ports_in_use(), 0U);
  EXPECT_THAT(b2bua.trace("in").value_or(""), HasSubstr("BYE"));
}

TEST_F(B2buaTest, PassesEarlyMediaOn) {
  const auto txn = invite("bob");
  answer(port.requests[0], 183, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(183));
  EXPECT_THAT(last().body, HasSubstr("m=audio"));
  const auto early_tag = last().to_tag;
  answer(port.requests[0], 200, audio(5000));
  EXPECT_EQ(last().to_tag, early_tag);
}

TEST_F(B2buaTest, RepeatsItsAnswerUntilTheAckAndGivesUp) {
  const auto txn = invite("bob");
  answer(port.requests[0], 200, audio(5000));
  to_tag = last().to_tag;
  pass(500ms);
  pass(1000ms);
  EXPECT_THAT(statuses(txn), ElementsAre(200, 200, 200));
  pass(40s);  // RFC 3261 §13.3.1.4: 64*T1 without ACK end the session
  EXPECT_EQ(statuses(txn).size(), 11U);
  EXPECT_THAT(methods(), ElementsAre("INVITE", "BYE", "BYE"));
  EXPECT_EQ(b2bua.counters().unacknowledged, 1U);
}

TEST_F(B2buaTest, AcknowledgesARepeatedAnswerAgain) {
  const auto sent = talk();
  answer(sent, 200, audio(5000));
  EXPECT_EQ(port.acks.size(), 2U);
  EXPECT_EQ(port.acks[0].request.headers.text(), port.acks[1].request.headers.text());
}

TEST_F(B2buaTest, CancelsWhenTheCallerGivesUp) {
  const auto txn = invite("bob");
  answer(port.requests[0], 180);
  b2bua.on_event(
      sip::Cancel{txn, port.receive("CANCEL sip:bob@192.0.2.100 SIP/2.0\r\nVia: SIP/2.0/UDP "
                                    "192.0.2.77;branch=z9hG4bK1\r\nFrom: <sip:ann@192.0.2.77>;tag=a\r\nTo: "
                                    "<sip:bob@192.0.2.100>\r\nCall-ID: in\r\nCSeq: 1 CANCEL\r\n\r\n")
                           .message},
      now);
  EXPECT_THAT(statuses(txn), ElementsAre(180, 487));
  ASSERT_EQ(port.cancels.size(), 1U);
  EXPECT_EQ(port.cancels[0].first, port.requests[0].txn);
  answer(port.requests[0], 487);
  EXPECT_EQ(b2bua.calls(), 0U);
  EXPECT_EQ(ports_in_use(), 0U);
}

TEST_F(B2buaTest, HangsUpAnAnswerThatCrossedTheCancel) {
  const auto txn = invite("bob");
  b2bua.on_event(sip::Cancel{txn, {}}, now);
  answer(port.requests[0], 200, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(487));
  EXPECT_EQ(port.acks.size(), 1U);
  EXPECT_THAT(methods(), ElementsAre("INVITE", "BYE"));
  EXPECT_EQ(b2bua.calls(), 0U);
  EXPECT_EQ(ports_in_use(), 0U);
}

TEST_F(B2buaTest, RingsEverybodyAndStopsTheOthers) {
  const auto txn = invite("both");
  ASSERT_EQ(port.requests.size(), 2U);
  answer(port.requests[0], 180, {}, "b");
  answer(port.requests[1], 180, {}, "c");
  answer(port.requests[1], 200, audio(5000), "c");
  EXPECT_THAT(statuses(txn), ElementsAre(180, 180, 200));
  ASSERT_EQ(port.cancels.size(), 1U);
  EXPECT_EQ(port.cancels[0].first, port.requests[0].txn);
  EXPECT_THAT(port.cancels[0].second, HasSubstr("cause=200"));  // RFC 3326: no missed call
  EXPECT_EQ(ports_in_use(), 2U);                                // one stream, both sides
}

TEST_F(B2buaTest, HangsUpTheSlowerOfTwoAnswers) {
  invite("both");
  answer(port.requests[0], 200, audio(5000), "b");
  answer(port.requests[1], 200, audio(5002), "c");
  EXPECT_THAT(methods(), ElementsAre("INVITE", "INVITE", "BYE"));
  EXPECT_EQ(port.acks.size(), 2U);
}

TEST_F(B2buaTest, HuntsOneAfterAnother) {
  const auto txn = invite("hunt");
  ASSERT_EQ(port.requests.size(), 1U);
  answer(port.requests[0], 180);
  pass(20s);
  ASSERT_EQ(port.cancels.size(), 1U);
  answer(port.requests[0], 487);
  ASSERT_EQ(port.requests.size(), 2U);
  EXPECT_EQ(port.requests[1].request.uri, "sip:carol@192.0.2.3");
  answer(port.requests[1], 486);
  EXPECT_EQ(statuses(txn).back(), 486);
}

TEST_F(B2buaTest, GivesUpWhenNobodyAnswers) {
  const auto txn = invite("bob");
  answer(port.requests[0], 180);
  pass(181s);
  EXPECT_THAT(statuses(txn), ElementsAre(180, 480));
  EXPECT_EQ(port.cancels.size(), 1U);
}

TEST_F(B2buaTest, AnswersALateOfferWithTheAck) {
  const auto txn = invite("bob", {});
  EXPECT_TRUE(port.requests.at(0).request.body.empty());
  answer(port.requests[0], 200, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(200));
  EXPECT_THAT(last().body, HasSubstr("203.0.113.1"));
  EXPECT_TRUE(port.acks.empty());
  to_tag = last().to_tag;
  from_caller("ACK", "bob", audio(4000));
  ASSERT_EQ(port.acks.size(), 1U);
  EXPECT_THAT(port.acks[0].request.body, HasSubstr("203.0.113.1"));
}

TEST_F(B2buaTest, RefusesWhatNoCodecServes) {
  const auto txn = invite("bob");
  answer(port.requests[0], 200,
         "v=0\r\no=- 1 1 IN IP4 198.51.100.2\r\ns=-\r\nc=IN IP4 198.51.100.2\r\nt=0 0\r\n");
  EXPECT_THAT(statuses(txn), ElementsAre(488));
  EXPECT_THAT(methods(), ElementsAre("INVITE", "BYE"));
}

TEST_F(B2buaTest, RefusesWhenThePortsRanOut) {
  service->set_draining(true);
  const auto txn = invite("bob");
  EXPECT_THAT(statuses(txn), ElementsAre(503));
  EXPECT_THAT(std::string(last().headers.text()), HasSubstr("Retry-After: "));
  EXPECT_TRUE(port.requests.empty());
}

struct Final {
  std::uint16_t callee;
  int caller;
};
class FinalAnswers : public B2buaTest, public testing::WithParamInterface<Final> {};

TEST_P(FinalAnswers, ReachTheCaller) {
  const auto txn = invite("bob");
  answer(port.requests.at(0), GetParam().callee, {}, "b", GetParam().callee == 503 ? "7" : "");
  EXPECT_THAT(statuses(txn), ElementsAre(GetParam().caller));
  if (GetParam().callee == 503) {
    EXPECT_THAT(std::string(last().headers.text()), HasSubstr("Retry-After: 7"));
  }
  EXPECT_EQ(b2bua.calls(), 0U);
  EXPECT_EQ(ports_in_use(), 0U);
}
INSTANTIATE_TEST_SUITE_P(Table, FinalAnswers,
                         testing::Values(Final{302, 480}, Final{401, 403}, Final{403, 403}, Final{404, 404},
                                         Final{407, 403}, Final{408, 480}, Final{480, 480}, Final{486, 486},
                                         Final{488, 488}, Final{500, 500}, Final{503, 503}, Final{603, 603}));

TEST_F(B2buaTest, APhoneThatIsSilentIsNotReachable) {
  const auto txn = invite("bob");
  b2bua.on_event(sip::TxnFailed{port.requests.at(0).txn, sip::TxnFailed::Cause::kTimeout}, now);
  EXPECT_THAT(statuses(txn), ElementsAre(480));
}

TEST_F(B2buaTest, ATrunkThatIsSilentIsOutOfOrder) {
  const auto txn = invite("out");
  EXPECT_EQ(port.requests.at(0).request.uri, "sip:4930@192.0.2.88");
  EXPECT_THAT(std::string(port.requests[0].request.headers.text()),
              HasSubstr("P-Asserted-Identity: <sip:ann@"));
  b2bua.on_event(sip::TxnFailed{port.requests[0].txn, sip::TxnFailed::Cause::kTimeout}, now);
  EXPECT_THAT(statuses(txn), ElementsAre(503));
}

TEST_F(B2buaTest, ADeclineStopsEverybody) {
  const auto txn = invite("both");
  answer(port.requests[0], 603, {}, "b");
  EXPECT_THAT(statuses(txn), ElementsAre(603));
  EXPECT_EQ(port.cancels.size(), 1U);
}

}  // namespace
}  // namespace control
