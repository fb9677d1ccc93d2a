// Trunks that ask who we are.
#include <gmock/gmock.h>

#include "tests/control/b2bua/b2bua_fixture.h"

namespace control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class TrunkLoginTest : public B2buaTest {
 protected:
  void challenge(const sip::FakeSipPort::SentRequest& sent, std::uint16_t status, const std::string& nonce,
                 const std::string& more = {}) {
    sip::HeaderLines headers;
    headers.add(status == 407 ? sip::HeaderId::kProxyAuthenticate : sip::HeaderId::kWwwAuthenticate,
                "Digest realm=\"carrier\", nonce=\"" + nonce + "\", qop=\"auth\", algorithm=SHA-256" + more);
    b2bua.on_event(port.answer(sent, status, "c", headers), now);
  }
  static std::string text(const sip::FakeSipPort::SentRequest& sent) {
    return std::string(sent.request.headers.text());
  }
  /// Answers the challenge of the first INVITE to the carrier; returns the second.
  sip::FakeSipPort::SentRequest log_in() {
    invite("out");
    challenge(port.requests.at(0), 407, "n1");
    return port.requests.at(1);
  }
};

TEST_F(TrunkLoginTest, SendsTheInviteAgainWithCredentials) {
  const auto again = log_in();
  EXPECT_THAT(text(port.requests[0]), Not(HasSubstr("Authorization")));
  EXPECT_THAT(text(again), HasSubstr("CSeq: 2 INVITE"));
  EXPECT_THAT(text(again), HasSubstr("Proxy-Authorization: Digest username=\"we\""));
  EXPECT_THAT(text(again), HasSubstr("nc=00000001"));
  EXPECT_THAT(text(again),
              HasSubstr(digest_response(DigestAlgorithm::kSha256,
                                        digest_ha1(DigestAlgorithm::kSha256, "we", "carrier", "pw"),
                                        {"n1", "00000001",
                                         [&] {
                                           const auto at = text(again).find("cnonce=\"") + 8;
                                           static std::string cnonce;
                                           cnonce = text(again).substr(at, text(again).find('"', at) - at);
                                           return std::string_view{cnonce};
                                         }(),
                                         "auth", "INVITE", again.request.uri})));
  EXPECT_EQ(again.request.body, port.requests[0].request.body);
  EXPECT_EQ(b2bua.calls(), 1U);
}

TEST_F(TrunkLoginTest, TheAckAndTheByeHaveThemToo) {
  const auto again = log_in();
  answer(again, 200, audio(5000));
  ASSERT_EQ(port.acks.size(), 1U);
  EXPECT_THAT(text(port.acks[0]), HasSubstr("CSeq: 2 ACK"));
  EXPECT_THAT(text(port.acks[0]), HasSubstr("nc=00000001"));  // those of its INVITE
  to_tag = last().to_tag;
  from_caller("ACK", "out");
  from_caller("BYE", "out");
  EXPECT_THAT(text(port.requests.back()), HasSubstr("CSeq: 3 BYE"));
  EXPECT_THAT(text(port.requests.back()), HasSubstr("nc=00000002"));
  challenge(port.requests.back(), 407, "n2", ", stale=true");
  EXPECT_THAT(text(port.requests.back()), HasSubstr("CSeq: 4 BYE"));
  EXPECT_THAT(text(port.requests.back()), HasSubstr("nonce=\"n2\""));
  answer(port.requests.back(), 200);
  EXPECT_EQ(b2bua.calls(), 0U);
}

TEST_F(TrunkLoginTest, AWrongPasswordEndsTheCallAfterOneTry) {
  const auto txn = [&] {
    const auto t = invite("out");
    challenge(port.requests.at(0), 401, "n1");
    challenge(port.requests.at(1), 401, "n2");
    return t;
  }();
  EXPECT_EQ(port.requests.size(), 2U);
  EXPECT_THAT(statuses(txn), ElementsAre(403));
  EXPECT_EQ(b2bua.calls(), 0U);
}

TEST_F(TrunkLoginTest, CancelsTheTryThatIsUnderWay) {
  const auto txn = invite("out");
  challenge(port.requests.at(0), 407, "n1");
  answer(port.requests.at(1), 180);
  b2bua.hang_up_all(now);
  ASSERT_EQ(port.cancels.size(), 1U);
  EXPECT_EQ(port.cancels[0].first, port.requests[1].txn);
  challenge(port.requests.at(1), 407, "n2", ", stale=true");  // crossed the CANCEL
  EXPECT_EQ(port.requests.size(), 2U);
  EXPECT_THAT(statuses(txn), ElementsAre(180, 487));
  EXPECT_EQ(b2bua.calls(), 0U);
}

TEST_F(TrunkLoginTest, APhoneThatAsksGetsNoCredentials) {
  const auto txn = invite("bob");
  challenge(port.requests.at(0), 401, "n1");
  EXPECT_EQ(port.requests.size(), 1U);
  EXPECT_THAT(statuses(txn), ElementsAre(403));
}

}  // namespace
}  // namespace control
