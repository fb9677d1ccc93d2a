// Session timers (RFC 4028): each leg has its own.
#include <gmock/gmock.h>

#include "tests/control/b2bua/b2bua_fixture.h"

namespace control {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class TimerTest : public B2buaTest {
 protected:
  /// A call whose sides say this of timers; bob answers with `callee`.
  sip::FakeSipPort::SentRequest talk_with(const std::string& caller, const std::string& callee) {
    from_caller("INVITE", "bob", audio(4000), caller);
    const auto sent = port.requests.back();
    answer_with(sent, 200, callee, audio(5000));
    to_tag = last().to_tag;
    from_caller("ACK", "bob");
    settle();
    return sent;
  }
  void answer_with(const sip::FakeSipPort::SentRequest& sent, std::uint16_t status, const std::string& fields,
                   const std::string& sdp = {}, const std::string& tag = "b") {
    sip::HeaderLines headers;
    headers.add("Contact", "<sip:phone@192.0.2.2>");
    if (!sdp.empty()) headers.add("Content-Type", "application/sdp");
    add_fields(headers, fields);
    b2bua.on_event(port.answer(sent, status, tag, headers, sdp), now);
  }
  [[nodiscard]] std::string said() const { return std::string(last().headers.text()); }
  [[nodiscard]] std::string asked() const { return std::string(port.requests.back().request.headers.text()); }
};

TEST_F(TimerTest, EachLegAgreesOnItsOwn) {
  talk_with("Supported: timer\r\nSession-Expires: 600\r\n",
            "Session-Expires: 300;refresher=uas\r\nRequire: timer\r\n");
  EXPECT_THAT(std::string(port.requests.at(0).request.headers.text()),
              testing::AllOf(HasSubstr("Supported: timer"), HasSubstr("Session-Expires: 1800\r\n"),
                             HasSubstr("Min-SE: 90\r\n")));
  EXPECT_THAT(said(), testing::AllOf(HasSubstr("Session-Expires: 600;refresher=uac\r\n"),
                                     HasSubstr("Require: timer")));
}

TEST_F(TimerTest, TooShortAnIntervalIsRefusedBeforeAnybodyRings) {
  const auto txn = from_caller("INVITE", "bob", audio(4000), "Supported: timer\r\nSession-Expires: 60\r\n");
  EXPECT_THAT(statuses(txn), ElementsAre(422));
  EXPECT_THAT(said(), HasSubstr("Min-SE: 90\r\n"));
  EXPECT_TRUE(port.requests.empty());
}

TEST_F(TimerTest, AsksAgainWithTheIntervalThatTheCalleeWants) {
  const auto txn = invite("bob");
  answer_with(port.requests.at(0), 422, "Min-SE: 7200\r\n");
  ASSERT_EQ(port.requests.size(), 2U);
  EXPECT_THAT(asked(), testing::AllOf(HasSubstr("Session-Expires: 7200\r\n"), HasSubstr("Min-SE: 7200\r\n"),
                                      HasSubstr("CSeq: 2 INVITE\r\n")));
  EXPECT_THAT(port.requests[1].request.body, HasSubstr("203.0.113.1"));
  answer_with(port.requests[1], 200, "", audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(200));
  EXPECT_THAT(std::string(port.acks.at(0).request.headers.text()), HasSubstr("CSeq: 2 ACK"));
}

TEST_F(TimerTest, ACalleeThatIsNeverContentIsNotAskedForEver) {
  const auto txn = invite("bob");
  for (unsigned i = 0; i < port.requests.size() && i < 9; ++i)
    answer_with(port.requests[i], 422, "Min-SE: 7200\r\n");
  EXPECT_EQ(port.requests.size(), 3U);
  EXPECT_THAT(statuses(txn), ElementsAre(422));
}

TEST_F(TimerTest, RefreshesByUpdateWhereItIsTaken) {
  talk_with("", "Allow: INVITE, ACK, BYE, UPDATE\r\nSession-Expires: 200;refresher=uac\r\n");
  pass(100s);
  EXPECT_EQ(port.requests.back().request.method, "UPDATE");
  EXPECT_TRUE(port.requests.back().request.body.empty());
  EXPECT_THAT(asked(), HasSubstr("Session-Expires: 200;refresher=uac\r\n"));
  answer_with(port.requests.back(), 200, "Session-Expires: 200;refresher=uac\r\n");
  pass(99s);
  EXPECT_EQ(methods().size(), 2U);
  pass(2s);
  EXPECT_THAT(methods(), ElementsAre("INVITE", "UPDATE", "UPDATE"));
}

TEST_F(TimerTest, RefreshesByAReInviteWithTheSameDescription) {
  const auto sent = talk_with("", "Allow: INVITE, ACK, BYE\r\nSession-Expires: 200;refresher=uac\r\n");
  pass(100s);
  const auto refresh = port.requests.back();
  EXPECT_EQ(refresh.request.method, "INVITE");
  EXPECT_EQ(refresh.request.body, sent.request.body);  // the same version: nothing has changed
  // RFC 3261 §14.2: ours is open.
  EXPECT_THAT(statuses(from_callee(sent, "INVITE", audio(5000))), ElementsAre(491));
  EXPECT_THAT(statuses(from_caller("INVITE", "bob", audio(4000))), ElementsAre(500));
  answer_with(refresh, 200, "Session-Expires: 200;refresher=uac\r\n", audio(5000));
  EXPECT_EQ(port.acks.size(), 2U);
  answer_with(refresh, 200, "Session-Expires: 200;refresher=uac\r\n", audio(5000));
  EXPECT_EQ(port.acks.size(), 3U);  // it came again
  EXPECT_EQ(methods().size(), 2U);  // the caller heard nothing of it
  EXPECT_EQ(b2bua.calls(), 1U);
}

TEST_F(TimerTest, EndsWhenThePeerDoesNotRefresh) {
  talk_with("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n", "");
  pass(267s);
  EXPECT_THAT(methods(), ElementsAre("INVITE"));
  pass(2s);  // RFC 4028 §10: 32 s before the end
  EXPECT_THAT(methods(), ElementsAre("INVITE", "BYE", "BYE"));
  EXPECT_THAT(asked(), HasSubstr("Reason: SIP;cause=408;text=\"Session expired\""));
  EXPECT_EQ(b2bua.counters().expired, 1U);
}

TEST_F(TimerTest, APeerThatRefreshesTalksOn) {
  talk_with("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n", "");
  for (int i = 0; i < 5; ++i) {
    pass(150s);
    const auto txn =
        from_caller("UPDATE", "bob", {}, "Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n");
    EXPECT_THAT(statuses(txn), ElementsAre(200));
    EXPECT_THAT(said(), HasSubstr("Session-Expires: 300;refresher=uac\r\n"));
  }
  EXPECT_THAT(methods(), ElementsAre("INVITE"));
  EXPECT_EQ(b2bua.calls(), 1U);
}

TEST_F(TimerTest, AReInviteRefreshesBothLegs) {
  talk_with("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n",
            "Session-Expires: 300;refresher=uas\r\nRequire: timer\r\n");
  pass(150s);
  const auto txn =
      from_caller("INVITE", "bob", audio(4000), "Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n");
  EXPECT_THAT(asked(), HasSubstr("Session-Expires: 300;refresher=uas\r\n"));
  answer_with(port.requests.back(), 200, "Session-Expires: 300;refresher=uas\r\nRequire: timer\r\n",
              audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(200));
  EXPECT_THAT(said(), HasSubstr("Session-Expires: 300;refresher=uac\r\n"));
  from_caller("ACK", "bob");
  pass(150s);
  EXPECT_EQ(b2bua.calls(), 1U);
}

TEST_F(TimerTest, ARefreshThatIsTooShortIsRefused) {
  talk_with("", "");
  EXPECT_THAT(statuses(from_caller("UPDATE", "bob", {}, "Supported: timer\r\nSession-Expires: 10\r\n")),
              ElementsAre(422));
}

TEST_F(TimerTest, ARefreshThatFindsNobodyEndsTheCall) {
  talk_with("", "Allow: UPDATE\r\nSession-Expires: 200;refresher=uac\r\n");
  pass(100s);
  answer_with(port.requests.back(), 481, "");
  EXPECT_THAT(methods(), ElementsAre("INVITE", "UPDATE", "BYE", "BYE"));
}

TEST_F(TimerTest, ARefusedRefreshIsTriedAgain) {
  talk_with("", "Allow: UPDATE\r\nSession-Expires: 200;refresher=uac\r\n");
  pass(100s);
  answer_with(port.requests.back(), 422, "Min-SE: 400\r\n");
  pass(4s);
  EXPECT_THAT(methods(), ElementsAre("INVITE", "UPDATE", "UPDATE"));
  EXPECT_THAT(asked(), HasSubstr("Session-Expires: 400;"));
}

}  // namespace
}  // namespace control
