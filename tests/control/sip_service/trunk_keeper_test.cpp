#include "control/sip_service/trunk_keeper.h"

#include <gmock/gmock.h>

#include "tests/control/sip/fake_sip_port.h"

namespace control {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class TrunkKeeperTest : public testing::Test {
 protected:
  TrunkKeeperTest() { table.trunks = {{"carrier", {"carrier", "sip:gw.example.net;transport=tcp"}}}; }
  void keep(TrunkLogin login) {
    login.trunk = "carrier";
    logins = {login};
    keeper.set_trunks(table, logins, now);
    keeper.on_time(now);
  }
  void pass(base::Duration time) {
    const auto end = now + time;
    while (keeper.deadline() && *keeper.deadline() <= end) {
      now = std::max(now, *keeper.deadline());
      keeper.on_time(now);
    }
    now = end;
  }

  sip::FakeSipPort port;
  TrunkKeeper keeper{port, [] { return 0U; }};
  RoutingTable table;
  std::vector<TrunkLogin> logins;
  base::Instant now{1000s};
};

TEST_F(TrunkKeeperTest, RegistersRefreshesAndKnowsItsRegistrar) {
  TrunkLogin login;
  login.credentials = {"4930123", "pw"};
  login.registers = true;
  login.expires = 100;
  keep(login);
  ASSERT_EQ(port.requests.size(), 1U);
  EXPECT_THAT(std::string(port.requests[0].request.headers.text()),
              HasSubstr("<sip:4930123@gw.example.net>"));
  const std::vector<TrunkIdentity> configured{{"carrier", {}, "gw.example.net"}};
  EXPECT_TRUE(keeper.with_registrars(configured)[0].addresses.empty());
  sip::HeaderLines headers;
  headers.add(sip::HeaderId::kWwwAuthenticate, "Digest realm=\"c\", nonce=\"n\", qop=\"auth\"");
  EXPECT_TRUE(keeper.on_event(port.answer(port.requests[0], 401, "t", headers), now));
  keeper.on_time(now);
  ASSERT_EQ(port.requests.size(), 2U);
  EXPECT_TRUE(keeper.on_event(port.answer(port.requests[1], 200), now));
  EXPECT_EQ(keeper.describe("carrier"), "registered");
  EXPECT_EQ(keeper.registered(), 1U);
  const auto known = keeper.with_registrars(configured);
  ASSERT_EQ(known.size(), 1U);
  EXPECT_THAT(known[0].addresses, testing::ElementsAre(base::IpAddress::v4(192, 0, 2, 2)));
  EXPECT_EQ(known[0].tls_name, "gw.example.net");  // an address alone is not enough there
  pass(79s);
  EXPECT_EQ(port.requests.size(), 2U);
  keeper.set_trunks(table, logins, now);  // an unrelated change disturbs nothing
  pass(2s);
  EXPECT_EQ(port.requests.size(), 3U);
  EXPECT_FALSE(keeper.on_event(sip::TxnFailed{{999}, sip::TxnFailed::Cause::kTimeout}, now));
}

TEST_F(TrunkKeeperTest, TwoUnansweredOptionsAreADeadTrunkAndOneAnswerALiveOne) {
  TrunkLogin login;
  login.options_seconds = 30;
  keep(login);
  const auto fail = [&] {
    keeper.on_event(sip::TxnFailed{port.requests.back().txn, sip::TxnFailed::Cause::kTimeout}, now);
  };
  fail();
  EXPECT_TRUE(keeper.is_alive("carrier"));
  pass(30s);
  fail();
  EXPECT_FALSE(keeper.is_alive("carrier"));
  EXPECT_EQ(keeper.describe("carrier"), "dead");
  pass(30s);
  keeper.on_event(port.answer(port.requests.back(), 405), now);
  EXPECT_TRUE(keeper.is_alive("carrier"));
  EXPECT_TRUE(keeper.is_alive("another"));
}

TEST_F(TrunkKeeperTest, ATrunkThatIsSwitchedOffIsLeftAlone) {
  TrunkLogin login;
  login.options_seconds = 30;
  table.trunks.at("carrier").enabled = false;
  keep(login);
  EXPECT_TRUE(port.requests.empty());
  EXPECT_FALSE(keeper.deadline());
}

}  // namespace
}  // namespace control
