// REFER (RFC 3515), attended transfer and INVITE with Replaces (RFC 3891).
#include <gmock/gmock.h>

#include "tests/control/b2bua/b2bua_fixture.h"

namespace control {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Ann, behind a proxy that may dial extensions, talks to bob and refers him to carol.
class TransferTest : public B2buaTest {
 protected:
  sip::TxnId refer(const std::string& target, const std::string& more = {}) {
    return from_caller("REFER", "bob", {}, "Refer-To: " + target + "\r\n" + more);
  }
  [[nodiscard]] const sip::FakeSipPort::SentRequest& sent(std::size_t back = 0) const {
    return port.requests.at(port.requests.size() - 1 - back);
  }
  [[nodiscard]] std::string headers(std::size_t back = 0) const {
    return std::string(sent(back).request.headers.text());
  }
  /// Bob, a user of ours who was called by `first`, refers the other side to a number.
  sip::TxnId refer_as_bob(const sip::FakeSipPort::SentRequest& first, const std::string& target,
                          bool with_password = true) {
    const std::string to = "Refer-To: <sip:" + target + "@192.0.2.100>\r\n";
    const auto asked = from_callee(first, "REFER", {}, to);
    if (!with_password) return asked;
    const auto value =
        authorize(challenge_in(last(), "MD5"), "bob", "secret-bob", "REFER", "sip:192.0.2.100");
    return from_callee(first, "REFER", {}, to + "Authorization: " + value + "\r\n");
  }
  /// The reports of the referrer's, in order.
  [[nodiscard]] std::vector<std::string> reports() const {
    std::vector<std::string> list;
    for (const auto& each : port.requests) {
      if (each.request.method == "NOTIFY") list.push_back(each.request.body.substr(8, 3));
    }
    return list;
  }
  [[nodiscard]] const sip::FakeSipPort::SentRequest& invite_to(const std::string& uri) const {
    for (auto each = port.requests.rbegin(); each != port.requests.rend(); ++each) {
      if (each->request.method == "INVITE" && each->request.uri == uri) return *each;
    }
    throw std::runtime_error("no INVITE to " + uri);
  }
  void answer_all_byes() {
    for (std::size_t i = 0; i < port.requests.size(); ++i) {
      const auto each = port.requests[i];
      if (each.request.method == "BYE") b2bua.on_event(port.answer(each, 200), now);
    }
  }
};

TEST_F(TransferTest, BlindTransfer) {
  talk();
  const auto txn = refer("<sip:carol@192.0.2.100>");
  EXPECT_THAT(statuses(txn), ElementsAre(202));
  const auto to_carol = invite_to("sip:carol@192.0.2.3");
  EXPECT_THAT(
      std::string(to_carol.request.headers.text()),
      AllOf(HasSubstr("From: <sip:bob@mediad>;tag="), HasSubstr("Referred-By: <sip:ann@192.0.2.77>")));
  EXPECT_THAT(to_carol.request.body, HasSubstr("203.0.113.1"));
  answer(to_carol, 180, {}, "c");
  EXPECT_THAT(reports(), ElementsAre("100", "180"));
  EXPECT_THAT(headers(), AllOf(HasSubstr("Event: refer\r\n"), HasSubstr("Subscription-State: active")));
  answer(to_carol, 200, audio(6000), "c");
  EXPECT_THAT(reports(), ElementsAre("100", "180", "200"));
  // Bob learns his new media within his dialog; ann is let go.
  EXPECT_THAT(methods(), ElementsAre("INVITE", "NOTIFY", "INVITE", "NOTIFY", "NOTIFY", "BYE", "INVITE"));
  EXPECT_EQ(sent().request.uri, "sip:phone@192.0.2.2");
  EXPECT_THAT(sent().request.body, HasSubstr("203.0.113.1"));
  EXPECT_EQ(sent(1).request.uri, "sip:ann@192.0.2.77");
  EXPECT_THAT(headers(2), HasSubstr("Subscription-State: terminated"));
  const auto to_bob = sent();
  const auto acks = port.acks.size();
  answer(to_bob, 200, audio(5000));
  EXPECT_EQ(port.acks.size(), acks + 1);
  answer_all_byes();
  EXPECT_EQ(b2bua.calls(), 1U);
  EXPECT_EQ(ports_in_use(), 2U);
  // It is a call like any other now.
  const auto bye = from_callee(port.requests.at(0), "BYE");
  EXPECT_THAT(statuses(bye), ElementsAre(200));
  EXPECT_EQ(sent().request.method, "BYE");
  answer_all_byes();
  EXPECT_EQ(b2bua.calls(), 0U);
  EXPECT_EQ(ports_in_use(), 0U);
}

TEST_F(TransferTest, AReferrerThatHangsUpAtOnceLeavesTheOtherWaiting) {
  talk();
  refer("<sip:carol@192.0.2.100>");
  const auto to_carol = invite_to("sip:carol@192.0.2.3");
  EXPECT_THAT(statuses(from_caller("BYE", "bob")), ElementsAre(200));
  EXPECT_THAT(methods(), Not(testing::Contains("BYE")));  // bob is not hung up on
  answer(to_carol, 200, audio(6000), "c");
  EXPECT_EQ(sent().request.method, "INVITE");
  EXPECT_EQ(sent().request.uri, "sip:phone@192.0.2.2");
  EXPECT_EQ(b2bua.calls(), 1U);
}

TEST_F(TransferTest, WhoWaitsIsTheOneToHangUpOnWhenItFails) {
  talk();
  refer("<sip:carol@192.0.2.100>");
  from_caller("BYE", "bob");
  answer(invite_to("sip:carol@192.0.2.3"), 486, {}, "c");
  EXPECT_EQ(sent().request.method, "BYE");
  EXPECT_EQ(sent().request.uri, "sip:phone@192.0.2.2");
  EXPECT_THAT(headers(), HasSubstr("Reason: SIP;cause=486"));
  EXPECT_EQ(b2bua.calls(), 0U);
  EXPECT_EQ(ports_in_use(), 0U);
}

TEST_F(TransferTest, WhoWaitsMayHangUp) {
  const auto first = talk();
  refer("<sip:carol@192.0.2.100>");
  from_caller("BYE", "bob");
  EXPECT_THAT(statuses(from_callee(first, "INVITE", audio(5000))), ElementsAre(500));
  EXPECT_THAT(statuses(from_callee(first, "BYE")), ElementsAre(200));
  EXPECT_EQ(port.cancels.size(), 1U);
  answer(invite_to("sip:carol@192.0.2.3"), 487, {}, "c");
  EXPECT_EQ(b2bua.calls(), 0U);
}

TEST_F(TransferTest, AFailedTransferLeavesTheCallAsItWas) {
  talk();
  refer("<sip:carol@192.0.2.100>");
  answer(invite_to("sip:carol@192.0.2.3"), 486, {}, "c");
  EXPECT_THAT(reports(), ElementsAre("100", "486"));
  EXPECT_THAT(headers(), HasSubstr("Subscription-State: terminated"));
  EXPECT_EQ(b2bua.calls(), 1U);
  EXPECT_THAT(statuses(from_caller("INFO", "bob")), ElementsAre());
  answer(sent(), 200);
  // And another may be tried.
  EXPECT_THAT(statuses(refer("<sip:carol@192.0.2.100>")), ElementsAre(202));
}

TEST_F(TransferTest, WhoIsToBeTransferredMayHangUpMeanwhile) {
  const auto first = talk();
  refer("<sip:carol@192.0.2.100>");
  EXPECT_THAT(statuses(from_callee(first, "BYE")), ElementsAre(200));
  EXPECT_EQ(port.cancels.size(), 1U);
  EXPECT_EQ(sent().request.uri, "sip:ann@192.0.2.77");
  // The answer crosses the CANCEL.
  answer(invite_to("sip:carol@192.0.2.3"), 200, audio(6000), "c");
  EXPECT_EQ(sent().request.method, "BYE");
  answer_all_byes();
  EXPECT_EQ(b2bua.calls(), 0U);
  EXPECT_EQ(ports_in_use(), 0U);
}

TEST_F(TransferTest, NobodyThereIsReported) {
  talk();
  EXPECT_THAT(statuses(refer("<sip:dave@192.0.2.100>")), ElementsAre(202));
  EXPECT_THAT(reports(), ElementsAre("480"));
  EXPECT_EQ(b2bua.calls(), 1U);
}

TEST_F(TransferTest, WithoutReportsIfNoneAreWanted) {
  talk();
  refer("<sip:carol@192.0.2.100>", "Refer-Sub: false\r\n");
  EXPECT_THAT(std::string(port.responses.back().response.headers.text()), HasSubstr("Refer-Sub: false"));
  answer(invite_to("sip:carol@192.0.2.3"), 180, {}, "c");
  EXPECT_TRUE(reports().empty());
}

TEST_F(TransferTest, RefusesWhatItCannotRead) {
  talk();
  EXPECT_THAT(statuses(refer("<mailto:carol@example.com>")), ElementsAre(400));
  EXPECT_THAT(statuses(refer("<sip:carol@192.0.2.100?Replaces=nonsense>")), ElementsAre(400));
  EXPECT_THAT(statuses(from_caller("REFER", "bob")), ElementsAre(400));
  EXPECT_EQ(methods().size(), 1U);
}

/// The callee is a user of ours: it proves it, and spends its own rights.
TEST_F(TransferTest, AUserRefersOnlyWhereItMayCall) {
  table.routes = {{"0", 0, "", {{"carrier", 0, 1}}}};
  const auto first = talk();
  EXPECT_THAT(statuses(refer_as_bob(first, "030", false)), ElementsAre(401));
  EXPECT_THAT(statuses(refer_as_bob(first, "030")), ElementsAre(603));
  accounts.accounts["bob"].allowed_prefixes = {"0"};
  EXPECT_THAT(statuses(refer_as_bob(first, "030")), ElementsAre(202));
  EXPECT_EQ(invite_to("sip:030@192.0.2.88").request.method, "INVITE");
}

/// Erin's From says that she is somebody else: the carrier is not told so, after a transfer either, and her
/// wish to stay unnamed goes with her.
TEST_F(TransferTest, WhoIsTransferredIsWhoItProvedToBe) {
  table.routes = {{"0", 0, "", {{"carrier", 0, 1}}}};
  accounts.accounts["bob"].allowed_prefixes = {"0"};
  from_caller("INVITE", "bob", audio(4000), {}, 9);
  const auto value =
      authorize(challenge_in(last(), "MD5"), "erin", "secret-erin", "INVITE", "sip:bob@192.0.2.100");
  from_caller("INVITE", "bob", audio(4000), "Privacy: id\r\nAuthorization: " + value + "\r\n", 9);
  const auto first = port.requests.at(0);
  answer(first, 200, audio(5000));
  to_tag = last().to_tag;
  from_caller("ACK", "bob");
  settle();
  EXPECT_THAT(statuses(refer_as_bob(first, "030")), ElementsAre(202));
  const auto told = std::string(invite_to("sip:030@192.0.2.88").request.headers.text());
  EXPECT_THAT(told, AllOf(HasSubstr("P-Asserted-Identity: <sip:erin@mediad>"), HasSubstr("Privacy: id"),
                          HasSubstr("From: \"Anonymous\""), Not(HasSubstr("ann@"))));
}

/// Ann has a call with bob and one with carol, and joins the two.
TEST_F(TransferTest, AttendedTransfer) {
  const auto to_bob = talk();
  const auto bob_tag = to_tag;
  // The second call.
  to_tag.clear();
  const auto second = port.receive(
      with_sdp(
          "INVITE sip:carol@192.0.2.100 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKsecond\r\nFrom: "
          "<sip:ann@192.0.2.77>;tag=a2\r\nTo: <sip:carol@192.0.2.100>\r\nCall-ID: in2\r\nContact: "
          "<sip:ann@192.0.2.77>\r\nCSeq: 1 INVITE\r\n",
          audio(4010)),
      77);
  b2bua.on_event(second, now);
  const auto to_carol = sent();
  answer(to_carol, 200, audio(6000), "c");
  const auto carol_tag = last().to_tag;
  const auto ack = port.receive(
      "ACK sip:192.0.2.100 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKack\r\nFrom: "
      "<sip:ann@192.0.2.77>;tag=a2\r\nTo: <sip:carol@192.0.2.100>;tag=" +
          carol_tag + "\r\nCall-ID: in2\r\nCSeq: 1 ACK\r\n\r\n",
      77);
  b2bua.on_event(sip::Ack{ack.flow, ack.message}, now);
  settle();
  to_tag = bob_tag;
  const auto before = port.requests.size();
  const auto txn = refer("<sip:carol@192.0.2.100?Replaces=in2%3Bto-tag%3D" + carol_tag + "%3Bfrom-tag%3Da2>");
  EXPECT_THAT(statuses(txn), ElementsAre(202));
  EXPECT_THAT(reports(), ElementsAre("200"));
  // NOTIFY and BYE to ann, BYE to ann's other dialog, then carol is offered bob's media.
  ASSERT_EQ(port.requests.size(), before + 4);
  EXPECT_EQ(headers(1).find("Call-ID: in2\r\n") != std::string::npos, true);
  EXPECT_EQ(sent().request.method, "INVITE");
  EXPECT_THAT(headers(), HasSubstr(";tag=c\r\n"));
  answer(sent(), 200, audio(6000), "c");
  EXPECT_EQ(sent().request.method, "INVITE");
  EXPECT_THAT(headers(), HasSubstr(";tag=b\r\n"));
  answer(sent(), 200, audio(5000), "b");
  answer_all_byes();
  EXPECT_EQ(b2bua.calls(), 1U);
  EXPECT_EQ(ports_in_use(), 2U);
  EXPECT_THAT(statuses(from_callee(to_bob, "BYE")), ElementsAre(200));
  answer_all_byes();
  EXPECT_EQ(b2bua.calls(), 0U);
}

TEST_F(TransferTest, ADialogThatIsNotOursCannotBeReplaced) {
  talk();
  EXPECT_THAT(statuses(refer("<sip:carol@192.0.2.100?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2>")),
              ElementsAre(202));
  EXPECT_THAT(reports(), ElementsAre("481"));
  EXPECT_EQ(b2bua.calls(), 1U);
}

/// Erin takes ann's place towards bob, knowing the names of their dialog.
class ReplacesTest : public TransferTest {
 protected:
  sip::TxnId take_over(const std::string& replaces, std::uint8_t host = 66) {
    const auto request = port.receive(
        with_sdp(
            "INVITE sip:bob@192.0.2.100 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.66;branch=z9hG4bKr" +
                std::to_string(branch) +
                "\r\nRecord-Route: <sip:192.0.2.66;lr>\r\nFrom: <sip:erin@192.0.2.66>;tag=e\r\nTo: "
                "<sip:bob@192.0.2.100>\r\nCall-ID: erin" +
                std::to_string(branch) +
                "\r\nContact: <sip:erin@192.0.2.66>\r\nCSeq: 1 INVITE\r\nRequire: replaces\r\nReplaces: " +
                replaces + "\r\n",
            audio(7000)),
        host);
    b2bua.on_event(request, now);
    return request.txn;
  }
};

TEST_F(ReplacesTest, AnInviteTakesThePlaceOfASide) {
  talk();
  const auto txn = take_over("in;to-tag=" + to_tag + ";from-tag=a");
  EXPECT_THAT(methods(), ElementsAre("INVITE", "BYE", "INVITE"));
  EXPECT_EQ(sent(1).request.uri, "sip:ann@192.0.2.77");
  EXPECT_EQ(sent().request.uri, "sip:phone@192.0.2.2");
  EXPECT_THAT(sent().request.body, HasSubstr("203.0.113.1"));
  answer(sent(), 200, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(200));
  EXPECT_FALSE(last().to_tag.empty());
  EXPECT_THAT(std::string(last().headers.text()), HasSubstr("Record-Route: <sip:192.0.2.66;lr>"));
  EXPECT_THAT(last().body, HasSubstr("203.0.113.1"));
  answer_all_byes();
  EXPECT_EQ(b2bua.calls(), 1U);
}

TEST_F(ReplacesTest, OnlyADialogThatIs) {
  talk();
  EXPECT_THAT(statuses(take_over("in;to-tag=" + to_tag + ";from-tag=other")), ElementsAre(481));
  EXPECT_THAT(statuses(take_over("in;to-tag=" + to_tag + ";from-tag=a;early-only")), ElementsAre(486));
  EXPECT_THAT(statuses(take_over("nonsense")), ElementsAre(400));
  EXPECT_THAT(statuses(take_over("in;to-tag=" + to_tag + ";from-tag=a", 77)), ElementsAre(403));  // a trunk
  EXPECT_THAT(statuses(take_over("in;to-tag=" + to_tag + ";from-tag=a", 9)), ElementsAre(401));
  from_caller("BYE", "bob");
  EXPECT_THAT(statuses(take_over("in;to-tag=" + to_tag + ";from-tag=a")), ElementsAre(603));
  EXPECT_EQ(methods().back(), "BYE");
}

}  // namespace
}  // namespace control
