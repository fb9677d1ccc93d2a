// Who may do what before there is a call.
#include <gmock/gmock.h>

#include "tests/control/b2bua/b2bua_fixture.h"

namespace control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(B2buaTest, AStrangerCostsNothing) {
  const auto looked_up = accounts.lookups;
  for (const auto* method : {"INVITE", "REGISTER", "MESSAGE", "SUBSCRIBE", "REFER"}) {
    const auto txn = from_caller(method, "bob", std::string(method) == "INVITE" ? audio(4000) : "", {}, 9);
    const auto got = statuses(txn);
    EXPECT_TRUE(got == std::vector<int>{401} || got == std::vector<int>{501}) << method;
  }
  EXPECT_EQ(accounts.lookups, looked_up);  // nobody asked whether bob exists
  EXPECT_TRUE(port.requests.empty());
  EXPECT_EQ(ports_in_use(), 0U);
  EXPECT_EQ(b2bua.counters().calls, 0U);
}

TEST_F(B2buaTest, AUserCallsUnderItsOwnName) {
  from_caller("INVITE", "carol", audio(4000), {}, 9);
  const auto value =
      authorize(challenge_in(last(), "MD5"), "erin", "secret-erin", "INVITE", "sip:carol@192.0.2.100");
  from_caller("INVITE", "carol", audio(4000), "Authorization: " + value + "\r\n", 9);
  ASSERT_EQ(port.requests.size(), 1U);
  EXPECT_THAT(std::string(port.requests[0].request.headers.text()),
              HasSubstr("From: \"Ann\" <sip:erin@mediad>;tag="));
  EXPECT_THAT(std::string(port.requests[0].request.headers.text()), testing::Not(HasSubstr("Authorization")));
}

TEST_F(B2buaTest, TriesTheNextTrunkOnlyWhenItMayDoBetter) {
  accounts.accounts["erin"].allowed_prefixes = {"0"};
  table.trunks["second"] = {"second", "sip:192.0.2.99", true, false};
  table.routes = {{"0", 1, "49", {{"carrier", 0, 1}, {"second", 1, 1}}}};
  const auto call = [&] {
    from_caller("INVITE", "030", audio(4000), {}, 9);
    const auto value =
        authorize(challenge_in(last(), "MD5"), "erin", "secret-erin", "INVITE", "sip:030@192.0.2.100");
    port.requests.clear();
    return from_caller("INVITE", "030", audio(4000), "Authorization: " + value + "\r\n", 9);
  };
  const auto first = call();
  ASSERT_EQ(port.requests.size(), 1U);
  EXPECT_EQ(port.requests[0].request.uri, "sip:4930@192.0.2.88");
  answer(port.requests[0], 503);
  ASSERT_EQ(port.requests.size(), 2U);
  EXPECT_EQ(port.requests[1].request.uri, "sip:4930@192.0.2.99");
  answer(port.requests[1], 404);
  EXPECT_THAT(statuses(first), ElementsAre(404));
  const auto second = call();
  answer(port.requests.at(0), 486);  // the callee itself is busy: no trunk helps
  EXPECT_EQ(port.requests.size(), 1U);
  EXPECT_THAT(statuses(second), ElementsAre(486));
  EXPECT_EQ(ports_in_use(), 0U);
}

TEST_F(B2buaTest, KeepsAUsersCallsWithinItsLimit) {
  accounts.accounts["erin"].max_calls = 1;
  std::vector<int> answers;
  for (const auto* callee : {"bob", "carol"}) {
    from_caller("INVITE", callee, audio(4000), {}, 9);
    const auto uri = std::string("sip:") + callee + "@192.0.2.100";
    const auto value = authorize(challenge_in(last(), "MD5"), "erin", "secret-erin", "INVITE", uri);
    const auto txn = from_caller("INVITE", callee, audio(4000), "Authorization: " + value + "\r\n", 9);
    for (const auto status : statuses(txn)) answers.push_back(status);
  }
  EXPECT_THAT(answers, ElementsAre(403));
  EXPECT_EQ(port.requests.size(), 1U);
}

TEST_F(B2buaTest, AUserWithoutCallsHasNone) {
  accounts.accounts["erin"].max_calls = 0;
  from_caller("INVITE", "bob", audio(4000), {}, 9);
  const auto value =
      authorize(challenge_in(last(), "MD5"), "erin", "secret-erin", "INVITE", "sip:bob@192.0.2.100");
  EXPECT_THAT(statuses(from_caller("INVITE", "bob", audio(4000), "Authorization: " + value + "\r\n", 9)),
              ElementsAre(403));
  EXPECT_TRUE(port.requests.empty());
}

TEST_F(B2buaTest, TellsNobodyFromNowhere) {
  EXPECT_THAT(statuses(invite("nobody")), ElementsAre(404));
  EXPECT_THAT(statuses(invite("dave")), ElementsAre(480));
  EXPECT_EQ(ports_in_use(), 0U);
}

TEST_F(B2buaTest, SaysWhatItCannotDo) {
  EXPECT_THAT(statuses(from_caller("INVITE", "bob", audio(4000), "Require: tdialog\r\n")), ElementsAre(420));
  EXPECT_THAT(std::string(last().headers.text()), HasSubstr("Unsupported: tdialog"));
  EXPECT_THAT(statuses(from_caller("PUBLISH", "bob")), testing::Contains(testing::AnyOf(405, 501)));
  EXPECT_THAT(statuses(from_caller("BYE", "bob")), ElementsAre(481));
  EXPECT_THAT(statuses(from_caller("OPTIONS", "nobody")), ElementsAre(200));
}

}  // namespace
}  // namespace control
