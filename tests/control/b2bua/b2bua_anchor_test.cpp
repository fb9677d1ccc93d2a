// Calls that a trusted proxy hands over to be sent on, and calls that come back.
#include <gmock/gmock.h>

#include "tests/control/b2bua/b2bua_fixture.h"

namespace control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class AnchorTest : public B2buaTest {
 protected:
  /// An INVITE of the proxy at 192.0.2.66.
  sip::TxnId proxied(const std::string& uri, const std::string& more = {}, const std::string& body = {},
                     const std::string& from_tag = "a") {
    const auto request = port.receive(
        "INVITE " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.66;branch=z9hG4bK" +
            std::to_string(++branch) +
            "\r\nVia: SIP/2.0/UDP 198.51.100.9;branch=z9hG4bKx\r\nRecord-Route: <sip:192.0.2.66;lr>\r\nFrom: "
            "\"Ann\" <sip:ann@example.net>;tag=" +
            from_tag +
            "\r\nTo: \"Bob\" <sip:bob@example.net>\r\nCall-ID: in\r\nMax-Forwards: 68\r\nContact: "
            "<sip:ann@198.51.100.9>\r\nCSeq: 1 INVITE\r\n" +
            more +
            (body.empty() ? "Content-Type: application/sdp\r\nContent-Length: " +
                                std::to_string(audio(4000).size()) + "\r\n\r\n" + audio(4000)
                          : "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body),
        66);
    b2bua.on_event(request, now);
    return request.txn;
  }
  [[nodiscard]] std::string headers() const {
    return std::string(port.requests.back().request.headers.text());
  }
};

TEST_F(AnchorTest, GoesOnToTheRequestUri) {
  const auto txn =
      proxied("sip:bob@198.51.100.20:5070;transport=tcp", "X-Tenant: 7\r\nUser-Agent: phone\r\n");
  ASSERT_EQ(port.requests.size(), 1U);
  const auto& sent = port.requests[0];
  EXPECT_EQ(sent.request.uri, "sip:bob@198.51.100.20:5070;transport=tcp");
  EXPECT_EQ(sent.target.uri, sent.request.uri);
  EXPECT_THAT(headers(), HasSubstr("From: \"Ann\" <sip:ann@example.net>;tag="));
  EXPECT_THAT(headers(), HasSubstr("To: \"Bob\" <sip:bob@example.net>\r\n"));
  EXPECT_THAT(headers(), HasSubstr("Max-Forwards: 67\r\n"));
  EXPECT_THAT(headers(), HasSubstr("X-Tenant: 7\r\nUser-Agent: phone\r\n"));
  EXPECT_THAT(headers(), Not(HasSubstr("Route:")));
  EXPECT_THAT(sent.request.body, HasSubstr("203.0.113.1"));
  answer(sent, 200, audio(5000));
  EXPECT_THAT(statuses(txn), ElementsAre(200));
  EXPECT_THAT(std::string(last().headers.text()), HasSubstr("Record-Route: <sip:192.0.2.66;lr>"));
}

// RFC 3261 §16.4, §16.6: our own Route goes, the next one is the next hop and stays.
TEST_F(AnchorTest, GoesOnAlongTheRoute) {
  proxied(
      "sip:bob@example.net",
      "Route: <sip:192.0.2.100;lr>, <sip:192.0.2.66;lr;side=out>\r\nRoute: <sip:edge.example.net;lr>\r\n");
  const auto& sent = port.requests.at(0);
  EXPECT_EQ(sent.request.uri, "sip:bob@example.net");
  EXPECT_EQ(sent.target.uri, "sip:192.0.2.66;lr;side=out");
  EXPECT_THAT(headers(), HasSubstr("Route: <sip:192.0.2.66;lr;side=out>, <sip:edge.example.net;lr>\r\n"));
}

TEST_F(AnchorTest, AddressesAStrictRouterItself) {
  proxied("sip:bob@example.net", "Route: <sip:192.0.2.100;lr>, <sip:old.example.net>\r\n");
  EXPECT_EQ(port.requests.at(0).request.uri, "sip:old.example.net");
  EXPECT_THAT(headers(), HasSubstr("Route: <sip:bob@example.net>\r\n"));
}

TEST_F(AnchorTest, ServesItsOwnNumbersForTheProxyToo) {
  proxied("sip:bob@192.0.2.100", "Route: <sip:192.0.2.100:5060;lr>\r\n");
  EXPECT_EQ(port.requests.at(0).request.uri, "sip:bob@192.0.2.2");
}

TEST_F(AnchorTest, NobodyElseMayUseUsAsARelay) {
  const auto from_trunk = from_caller("INVITE", "nobody", audio(4000), "Route: <sip:198.51.100.20;lr>\r\n");
  EXPECT_THAT(statuses(from_trunk), ElementsAre(404));
  const auto stranger = from_caller("INVITE", "bob", audio(4000), "Route: <sip:198.51.100.20;lr>\r\n", 9);
  EXPECT_THAT(statuses(stranger), ElementsAre(401));
  EXPECT_TRUE(port.requests.empty());
}

TEST_F(AnchorTest, KeepsTheOtherPartsOfABody) {
  proxied("sip:bob@198.51.100.20", "Content-Type: multipart/mixed;boundary=b\r\nMIME-Version: 1.0\r\n",
          "--b\r\nContent-Type: application/sdp\r\n\r\n" + audio(4000) +
              "\r\n--b\r\nContent-Type: application/pidf+xml\r\n\r\n<presence/>\r\n--b--\r\n");
  const auto& body = port.requests.at(0).request.body;
  EXPECT_THAT(body, HasSubstr("c=IN IP4 203.0.113.1"));
  EXPECT_THAT(body,
              HasSubstr("\r\n--b\r\nContent-Type: application/pidf+xml\r\n\r\n<presence/>\r\n--b--\r\n"));
  EXPECT_THAT(headers(), HasSubstr("Content-Type: multipart/mixed;boundary=b\r\nMIME-Version: 1.0\r\n"));
}

TEST_F(AnchorTest, TellsTheProxyWhatWasAnswered) {
  const auto txn = proxied("sip:bob@198.51.100.20");
  sip::HeaderLines headers;
  headers.add("Contact", "<sip:else@198.51.100.30>").add("X-Why", "moved");
  b2bua.on_event(port.answer(port.requests.at(0), 302, "b", headers), now);
  EXPECT_THAT(statuses(txn), ElementsAre(302));
  EXPECT_THAT(std::string(last().headers.text()), HasSubstr("Contact: <sip:else@198.51.100.30>\r\n"));
  EXPECT_THAT(std::string(last().headers.text()), HasSubstr("X-Why: moved\r\n"));
}

TEST_F(AnchorTest, PassesAChallengeAndItsAnswer) {
  const auto txn = proxied("sip:bob@198.51.100.20");
  sip::HeaderLines headers;
  headers.add("Proxy-Authenticate", "Digest realm=\"far\", nonce=\"n\"");
  b2bua.on_event(port.answer(port.requests.at(0), 407, "b", headers), now);
  EXPECT_THAT(statuses(txn), ElementsAre(407));
  EXPECT_THAT(std::string(last().headers.text()), HasSubstr("Proxy-Authenticate: Digest realm=\"far\""));
}

// RFC 3325 §7.
TEST_F(AnchorTest, AnIdentityGoesNoFurtherThanItMay) {
  const std::string hidden = "P-Asserted-Identity: <sip:ann@example.net>\r\nPrivacy: id\r\n";
  proxied("sip:bob@198.51.100.20", hidden);
  EXPECT_THAT(headers(), Not(HasSubstr("P-Asserted-Identity")));
  proxied("sip:bob@example.net", hidden + "Route: <sip:192.0.2.66;lr>\r\n");
  EXPECT_THAT(headers(), HasSubstr(hidden));
}

TEST_F(AnchorTest, RequestsWithinTheCallPassEndToEnd) {
  proxied("sip:bob@198.51.100.20");
  const auto sent = port.requests.at(0);
  answer(sent, 200, audio(5000));
  for (const auto* method : {"INFO", "MESSAGE", "NOTIFY"}) {
    const auto txn = from_callee(sent, method, {}, "X-Seen: yes\r\nEvent: x\r\n");
    EXPECT_EQ(port.requests.back().request.method, method);
    EXPECT_THAT(headers(), HasSubstr("X-Seen: yes\r\nEvent: x\r\n"));
    // RFC 3261 §12.2.1.1: through the proxy that recorded its route.
    EXPECT_THAT(headers(), HasSubstr("Route: <sip:192.0.2.66;lr>\r\n"));
    answer(port.requests.back(), 202, {}, "a");
    EXPECT_THAT(statuses(txn), ElementsAre(202));
  }
}

TEST_F(AnchorTest, ItsOwnInviteThatComesBackIsALoop) {
  proxied("sip:bob@198.51.100.20");
  const auto seen = port.answer(port.requests.at(0), 200).message;
  const auto txn = proxied("sip:bob@198.51.100.20", {}, {}, std::string(seen.from_tag()));
  EXPECT_THAT(statuses(txn), ElementsAre(482));
  EXPECT_EQ(last().reason, "Loop Detected");
  // A spiral: the proxy has found out where bob is.
  proxied("sip:bob@198.51.100.30", {}, {}, std::string(seen.from_tag()));
  EXPECT_EQ(port.requests.size(), 2U);
}

TEST_F(AnchorTest, BranchesOfAProxyAreCallsOfTheirOwn) {
  proxied("sip:bob@198.51.100.20");
  proxied("sip:bob@198.51.100.21");
  EXPECT_EQ(port.requests.size(), 2U);
  EXPECT_THAT(statuses(proxied("sip:bob@198.51.100.21")), ElementsAre(482));
}

// RFC 3261 §8.2.2.2.
TEST_F(B2buaTest, AnInviteThatCameByTwoWaysIsServedOnce) {
  invite("bob");
  --cseq;
  const auto again = invite("carol");
  EXPECT_THAT(statuses(again), ElementsAre(482));
  EXPECT_EQ(last().reason, "Merged Request");
  EXPECT_EQ(port.requests.size(), 1U);
}

// RFC 3323 §4.1.1.3, RFC 3325 §9.1.
TEST_F(B2buaTest, AHiddenCallerHasNoNameButForTheTrunk) {
  from_caller("INVITE", "bob", audio(4000), "Privacy: id\r\n");
  EXPECT_THAT(std::string(port.requests.back().request.headers.text()),
              HasSubstr("From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
  EXPECT_THAT(std::string(port.requests.back().request.headers.text()), Not(HasSubstr("sip:ann@")));
  from_caller("INVITE", "out", audio(4000), "Privacy: id\r\n");
  EXPECT_THAT(std::string(port.requests.back().request.headers.text()),
              testing::AllOf(HasSubstr("From: \"Anonymous\""), HasSubstr("P-Asserted-Identity: <sip:ann@"),
                             HasSubstr("Privacy: id")));
}

}  // namespace
}  // namespace control
