#include "control/routing/route.h"

#include <gtest/gtest.h>

#include "tests/control/auth/gate_fixture.h"

namespace control {
namespace {

class RouteTest : public testing::Test {
 protected:
  RouteTest() {
    table_.domains = {"example.com", "192.0.2.100"};
    table_.extensions = {{"100", ToUser{"alice"}},   {"101", ToUser{"bob"}},   {"102", ToUser{"carol"}},
                         {"200", ToGroup{"sales"}},  {"201", ToGroup{"hunt"}}, {"202", ToGroup{"ghost"}},
                         {"900", TestService::kEcho}};
    table_.groups = {{"sales", {{"alice", "bob", "carol"}, false}}, {"hunt", {{"alice", "bob"}, true}}};
    table_.dids = {{"+4930123", ToUser{"alice"}},
                   {"+4930124", ToGroup{"sales"}},
                   {"+4930125", ToTrunkNumber{"b", "555"}}};
    table_.trunks = {{"a", {"a", "sip:a.example.net;transport=tls"}},
                     {"b", {"b", "sip:b.example.net:5080"}},
                     {"off", {"off", "sip:off.example.net", false}},
                     {"proxy", {"proxy", "sip:p.example.net", true, true}}};
    table_.routes = {{"0", 1, "+49", {{"a", 0, 3}, {"b", 0, 1}, {"off", 0, 5}}},
                     {"00", 2, "+", {{"b", 1}, {"a", 0}}},
                     {"0099", 0, "", {{"off"}}}};
    accounts_.accounts["alice"].allowed_prefixes = {"0"};
    accounts_.accounts["bob"].allowed_prefixes = {"030"};
  }

  /// The decision in a word or two.
  std::string decide(const AuthenticatedOrigin& origin, const std::string& uri) {
    const RoutingView view{table_, accounts_,
                           [&](std::string_view user) {
                             std::vector<Binding> list;
                             if (user == "carol") return list;
                             list.resize(user == "alice" ? 2 : 1);
                             return list;
                           },
                           [&](std::uint32_t n) { return std::min(n, draw_); }};
    const auto decision = route(origin, *sip::Uri::parse(uri), view);
    EXPECT_FALSE(decision.why.empty());
    if (const auto* ring = std::get_if<RingUsers>(&decision.action)) {
      std::string text = ring->one_after_another ? "hunt" : "ring";
      for (const auto& each : ring->rings)
        text += ' ' + each.user + '*' + std::to_string(each.bindings.size());
      return text;
    }
    if (const auto* trunk = std::get_if<CallTrunk>(&decision.action)) {
      std::string text = "trunk";
      for (const auto& choice : trunk->choices) text += ' ' + choice.uri;
      return text;
    }
    if (std::holds_alternative<AnswerHere>(decision.action)) return "here";
    return std::to_string(std::get<RefuseCall>(decision.action).status);
  }

  RoutingTable table_;
  TestAccounts accounts_{"alice", "bob", "carol"};
  std::uint32_t draw_{0};
};

TEST_F(RouteTest, UsersReachEachOther) {
  const auto alice = user_origin("alice");
  EXPECT_EQ(decide(alice, "sip:101@example.com"), "ring bob*1");
  EXPECT_EQ(decide(alice, "sip:100@EXAMPLE.com"), "ring alice*2");
  EXPECT_EQ(decide(alice, "sip:bob@192.0.2.100:5060;transport=tcp"), "ring bob*1");
  EXPECT_EQ(decide(alice, "sip:1%300@example.com"), "ring alice*2");
  EXPECT_EQ(decide(alice, "sip:200@example.com"), "ring alice*2 bob*1");
  EXPECT_EQ(decide(alice, "sip:201@example.com"), "hunt alice*2 bob*1");
  EXPECT_EQ(decide(alice, "sip:900@example.com"), "here");
}

TEST_F(RouteTest, RefusalsSayTheRightThing) {
  const auto alice = user_origin("alice");
  EXPECT_EQ(decide(alice, "sip:102@example.com"), "480");
  EXPECT_EQ(decide(alice, "sip:carol@example.com"), "480");
  EXPECT_EQ(decide(alice, "sip:777@example.com"), "404");
  EXPECT_EQ(decide(alice, "sip:202@example.com"), "404");
  EXPECT_EQ(decide(alice, "sip:example.com"), "484");
  EXPECT_EQ(decide(alice, "sip:100@elsewhere.example"), "403");
  EXPECT_EQ(decide(alice, "mailto:x@example.com"), "404");
}

TEST_F(RouteTest, LongestPrefixRewritesAndOrders) {
  const auto alice = user_origin("alice");
  EXPECT_EQ(decide(alice, "sip:030555@example.com"),
            "trunk sip:+4930555@a.example.net;transport=tls sip:+4930555@b.example.net:5080");
  EXPECT_EQ(decide(alice, "sip:00331@example.com"),
            "trunk sip:+331@a.example.net;transport=tls sip:+331@b.example.net:5080");
  EXPECT_EQ(decide(alice, "tel:0-(30)-555"),
            "trunk sip:+4930555@a.example.net;transport=tls sip:+4930555@b.example.net:5080");
  EXPECT_EQ(decide(alice, "sip:0099123@example.com"), "480");
  // Of nine calls a gets three (0..2), b one (3), the trunk that is off five.
  draw_ = 3;
  EXPECT_EQ(decide(alice, "sip:030555@example.com").substr(0, 20), "trunk sip:+4930555@b");
}

TEST_F(RouteTest, TrunksAreClosedByDefault) {
  EXPECT_EQ(decide(user_origin("carol"), "sip:030555@example.com"), "403");
  EXPECT_EQ(decide(user_origin("bob"), "sip:00331@example.com"), "403");
  EXPECT_EQ(decide(user_origin("bob"), "sip:030555@example.com").substr(0, 5), "trunk");
  EXPECT_EQ(decide(user_origin("bob"), "sip:777@example.com"), "404");
}

TEST_F(RouteTest, CarriersReachDidsAndNothingElse) {
  const auto carrier = trunk_origin("a");
  EXPECT_EQ(decide(carrier, "sip:+4930123@example.com"), "ring alice*2");
  EXPECT_EQ(decide(carrier, "sip:+4930124@example.com"), "ring alice*2 bob*1");
  EXPECT_EQ(decide(carrier, "sip:+4930125@example.com"), "trunk sip:555@b.example.net:5080");
  EXPECT_EQ(decide(carrier, "sip:100@example.com"), "404");
  EXPECT_EQ(decide(carrier, "sip:alice@example.com"), "404");
  EXPECT_EQ(decide(carrier, "sip:030555@example.com"), "404");
  EXPECT_EQ(decide(trunk_origin("proxy"), "sip:101@example.com"), "ring bob*1");
  EXPECT_EQ(decide(trunk_origin("proxy"), "sip:030555@example.com"), "404");
}

}  // namespace
}  // namespace control
