// Before the answer: PRACK (RFC 3262), UPDATE in early dialogs (RFC 3311), forked provisional responses.
#include <gmock/gmock.h>

#include "tests/control/b2bua/b2bua_fixture.h"

namespace control {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class EarlyTest : public B2buaTest {
 protected:
  void provisional(std::uint16_t status, unsigned rseq, const std::string& sdp = {},
                   const std::string& tag = "b") {
    sip::HeaderLines headers;
    headers.add("Contact", "<sip:phone@192.0.2.2>").add("Allow", "INVITE, ACK, BYE, PRACK, UPDATE");
    if (rseq != 0) headers.add("Require", "100rel").add(sip::HeaderId::kRSeq, rseq);
    if (!sdp.empty()) headers.add("Content-Type", "application/sdp");
    b2bua.on_event(port.answer(port.requests.at(0), status, tag, headers, sdp), now);
  }
  /// RSeq of our last response to the caller; 0 without one.
  [[nodiscard]] unsigned rseq() const {
    const auto text = std::string(last().headers.text());
    const auto at = text.find("RSeq: ");
    return at == text.npos ? 0 : static_cast<unsigned>(std::stoul(text.substr(at + 6)));
  }
  sip::TxnId prack(unsigned number, const std::string& sdp = {}, const std::string& of = "1 INVITE") {
    return from_caller("PRACK", "bob", sdp, "RAck: " + std::to_string(number) + ' ' + of + "\r\n");
  }
  sip::TxnId invite_with(const std::string& more, const std::string& sdp) {
    return from_caller("INVITE", "bob", sdp, more);
  }
  static inline const std::string kReliable =
      "Supported: 100rel\r\nAllow: INVITE, ACK, BYE, PRACK, UPDATE\r\n";
};

TEST_F(EarlyTest, ACalleeIsAcknowledgedThoughTheCallerCannot) {
  const auto txn = invite("bob");
  EXPECT_THAT(std::string(port.requests.at(0).request.headers.text()),
              HasSubstr("Supported: timer, replaces, 100rel\r\n"));
  provisional(183, 77, audio(5000));
  ASSERT_EQ(methods().back(), "PRACK");
  EXPECT_THAT(std::string(port.requests[1].request.headers.text()), HasSubstr("RAck: 77 1 INVITE\r\n"));
  EXPECT_EQ(port.requests[1].request.uri, "sip:phone@192.0.2.2");
  EXPECT_THAT(statuses(txn), ElementsAre(183));
  EXPECT_THAT(std::string(last().headers.text()), Not(HasSubstr("100rel")));
  provisional(183, 77, audio(5000));  // repeated
  provisional(180, 79);               // 78 was lost
  EXPECT_EQ(methods().size(), 2U);
  provisional(180, 78);
  EXPECT_EQ(methods().size(), 3U);
  EXPECT_THAT(std::string(port.requests[2].request.headers.text()), HasSubstr("CSeq: 3 PRACK\r\n"));
  answer(port.requests[0], 200);  // the answer came with the 183 already
  EXPECT_THAT(statuses(txn), ElementsAre(183, 180, 200));
  EXPECT_THAT(last().body, HasSubstr("203.0.113.1"));
  to_tag = last().to_tag;
  from_caller("ACK", "bob");
  from_caller("BYE", "bob");
  EXPECT_THAT(std::string(port.requests.back().request.headers.text()), HasSubstr("CSeq: 4 BYE\r\n"));
}

TEST_F(EarlyTest, BothSidesForCertain) {
  const auto txn = invite_with(kReliable, audio(4000));
  provisional(183, 1, audio(5000));
  const auto number = rseq();
  ASSERT_NE(number, 0U);
  EXPECT_THAT(std::string(last().headers.text()), HasSubstr("Require: 100rel\r\n"));
  to_tag = last().to_tag;
  pass(500ms);
  EXPECT_THAT(statuses(txn), ElementsAre(183, 183));  // repeated
  EXPECT_THAT(statuses(prack(number + 1)), ElementsAre(481));
  EXPECT_THAT(statuses(prack(number)), ElementsAre(200));
  pass(5s);
  EXPECT_THAT(statuses(txn), ElementsAre(183, 183));
  answer(port.requests[0], 200, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(183, 183, 200));
}

TEST_F(EarlyTest, AnAnswerWaitsForThePrack) {
  const auto txn = invite_with(kReliable, audio(4000));
  provisional(183, 1, audio(5000));
  const auto number = rseq();
  to_tag = last().to_tag;
  answer(port.requests[0], 200, audio(5000));
  EXPECT_EQ(port.acks.size(), 1U);
  EXPECT_THAT(statuses(txn), ElementsAre(183));  // RFC 3262 §3
  EXPECT_THAT(statuses(prack(number)), ElementsAre(200));
  EXPECT_THAT(statuses(txn), ElementsAre(183, 200));
  pass(500ms);
  EXPECT_THAT(statuses(txn), ElementsAre(183, 200, 200));  // now the ACK is awaited
  cseq = 1;
  from_caller("ACK", "bob");
  EXPECT_EQ(b2bua.calls(), 1U);
}

TEST_F(EarlyTest, ACallerThatGivesUpWhileTheAnswerWaits) {
  const auto txn = invite_with(kReliable, audio(4000));
  provisional(183, 1, audio(5000));
  answer(port.requests[0], 200, audio(5000));
  b2bua.on_event(sip::Cancel{txn, {}}, now);
  EXPECT_THAT(statuses(txn), ElementsAre(183, 487));
  EXPECT_EQ(methods().back(), "BYE");
  answer(port.requests.back(), 200);
  EXPECT_EQ(b2bua.calls(), 0U);
  EXPECT_EQ(ports_in_use(), 0U);
}

TEST_F(EarlyTest, ACalleeThatHangsUpWhileTheAnswerWaits) {
  const auto txn = invite_with(kReliable, audio(4000));
  provisional(183, 1, audio(5000));
  const auto sent = port.requests[0];
  answer(sent, 200, audio(5000));
  EXPECT_THAT(statuses(from_callee(sent, "BYE")), ElementsAre(200));
  EXPECT_THAT(statuses(txn), ElementsAre(183, 480));
  EXPECT_EQ(b2bua.calls(), 0U);
}

TEST_F(EarlyTest, WithoutAPrackTheCallFails) {
  const auto txn = invite_with("Require: 100rel\r\n", audio(4000));
  provisional(180, 0);
  EXPECT_NE(rseq(), 0U);  // demanded, so whatever the callee can
  pass(33s);
  EXPECT_EQ(statuses(txn).back(), 500);
  EXPECT_EQ(port.cancels.size(), 1U);
}

// RFC 3262 §5: the offer of a callee in its reliable response has its answer in the PRACK.
TEST_F(EarlyTest, ALateOfferIsAnsweredByPrack) {
  const auto txn = invite_with(kReliable, {});
  provisional(183, 5, audio(5000));
  EXPECT_THAT(methods(), ElementsAre("INVITE"));
  EXPECT_THAT(last().body, HasSubstr("203.0.113.1"));
  const auto number = rseq();
  to_tag = last().to_tag;
  EXPECT_THAT(statuses(prack(number, audio(4000))), ElementsAre(200));
  ASSERT_EQ(methods().back(), "PRACK");
  EXPECT_THAT(port.requests.back().request.body, HasSubstr("203.0.113.1"));
  EXPECT_THAT(std::string(port.requests.back().request.headers.text()), HasSubstr("RAck: 5 1 INVITE\r\n"));
  answer(port.requests[0], 200);
  EXPECT_THAT(statuses(txn), ElementsAre(183, 200));
  EXPECT_TRUE(last().body.empty());
  EXPECT_EQ(port.acks.size(), 1U);  // nothing more to wait for
}

TEST_F(EarlyTest, NoReliableOfferIsAskedForOnBehalfOfWhoCannotAnswer) {
  invite("bob", {});
  EXPECT_THAT(std::string(port.requests.at(0).request.headers.text()), Not(HasSubstr("100rel")));
}

TEST_F(EarlyTest, UpdatesPassInEarlyDialogs) {
  invite_with(kReliable, audio(4000));
  const auto sent = port.requests.at(0);
  provisional(183, 1, audio(5000));
  const auto number = rseq();
  to_tag = last().to_tag;
  prack(number);
  const auto txn = from_caller("UPDATE", "bob", audio(4002));
  ASSERT_EQ(methods().back(), "UPDATE");
  EXPECT_THAT(port.requests.back().request.body, HasSubstr("203.0.113.1"));
  // RFC 3311 §5.2.
  EXPECT_THAT(statuses(from_callee(sent, "UPDATE", audio(5002))), ElementsAre(491));
  EXPECT_THAT(statuses(from_caller("UPDATE", "bob", audio(4002))), ElementsAre(500));
  answer(port.requests.back(), 200, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(200));
  EXPECT_THAT(last().body, HasSubstr("203.0.113.1"));
  const auto back = from_callee(sent, "UPDATE", audio(5002));
  ASSERT_EQ(methods().back(), "UPDATE");
  EXPECT_EQ(port.requests.back().request.uri, "sip:ann@192.0.2.77");
  answer(port.requests.back(), 200, audio(4002), "a");
  EXPECT_THAT(statuses(back), ElementsAre(200));
}

TEST_F(EarlyTest, APrackMayBringANewOffer) {
  invite_with(kReliable, audio(4000));
  provisional(183, 1, audio(5000));
  const auto number = rseq();
  to_tag = last().to_tag;
  const auto txn = prack(number, audio(4002));
  ASSERT_EQ(methods().back(), "UPDATE");
  EXPECT_TRUE(statuses(txn).empty());
  answer(port.requests.back(), 200, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(200));
  EXPECT_THAT(last().body, HasSubstr("m=audio"));
}

TEST_F(EarlyTest, NoUpdateBeforeTheFirstAnswer) {
  invite("bob");
  const auto sent = port.requests.at(0);
  provisional(180, 0);
  to_tag = last().to_tag;
  EXPECT_THAT(statuses(from_caller("UPDATE", "bob", audio(4002))), ElementsAre(500));
  EXPECT_THAT(statuses(from_callee(sent, "UPDATE", audio(5002))), ElementsAre(491));
  EXPECT_THAT(statuses(from_caller("UPDATE", "bob")), ElementsAre(200));
}

// RFC 3261 §13.2.2.4: a proxy behind the place forked; the dialog that is answered counts, with its own
// count.
TEST_F(EarlyTest, ForkedProvisionalResponses) {
  invite("bob");
  provisional(183, 1, audio(5000), "first");
  provisional(183, 9, audio(5002), "second");
  EXPECT_THAT(methods(), ElementsAre("INVITE", "PRACK", "PRACK"));
  EXPECT_THAT(std::string(port.requests[2].request.headers.text()), HasSubstr(";tag=second"));
  EXPECT_THAT(std::string(port.requests[2].request.headers.text()), HasSubstr("CSeq: 2 PRACK\r\n"));
  answer(port.requests[0], 200, audio(5000), "first");
  to_tag = last().to_tag;
  from_caller("ACK", "bob");
  from_caller("BYE", "bob");
  EXPECT_THAT(std::string(port.requests.back().request.headers.text()), HasSubstr(";tag=first"));
  EXPECT_THAT(std::string(port.requests.back().request.headers.text()), HasSubstr("CSeq: 3 BYE\r\n"));
}

TEST_F(EarlyTest, AByeInTheEarlyDialogCancels) {
  const auto txn = invite("bob");
  provisional(180, 0);
  to_tag = last().to_tag;
  EXPECT_THAT(statuses(from_caller("BYE", "bob")), ElementsAre(200));
  EXPECT_THAT(statuses(txn), ElementsAre(180, 487));
  EXPECT_EQ(port.cancels.size(), 1U);
}

}  // namespace
}  // namespace control
