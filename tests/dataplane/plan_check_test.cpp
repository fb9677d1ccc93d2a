#include "dataplane/plan_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dataplane/session_lab.h"

namespace dataplane {
namespace {

using ::testing::HasSubstr;

TEST(PlanCheck, SoundPlansPass) {
  EXPECT_TRUE(check_plan(relay_plan()));
  EXPECT_TRUE(check_plan(transcode_plan(kPcmu, kOpus)));
}

struct Contradiction {
  const char* name;
  void (*spoil)(SessionPlan&);
  const char* text;
};

class Contradictions : public ::testing::TestWithParam<Contradiction> {};

TEST_P(Contradictions, AreNamed) {
  auto plan = transcode_plan(kPcmu, kOpus);
  GetParam().spoil(plan);
  const auto checked = check_plan(plan);
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().text, HasSubstr(GetParam().text));
  EXPECT_FALSE(build_session({1}, plan));
  EXPECT_FALSE(build_update({1}, plan));
}

INSTANTIATE_TEST_SUITE_P(
    PlanCheck, Contradictions,
    ::testing::Values(
        Contradiction{"nobody", [](SessionPlan& p) { p.endpoints.clear(); }, "0 endpoints"},
        Contradiction{"alone", [](SessionPlan& p) { p.endpoints.pop_back(); }, "1 endpoints"},
        Contradiction{"no_port", [](SessionPlan& p) { p.endpoints[1].local_rtp = {}; },
                      "endpoint 1 has no local port"},
        Contradiction{"one_port_twice",
                      [](SessionPlan& p) { p.endpoints[1].local_rtp = p.endpoints[0].local_rtcp; },
                      "20001 is taken"},
        Contradiction{"format_twice", [](SessionPlan& p) { p.endpoints[0].receive.push_back(kPcmu); },
                      "listed twice"},
        Contradiction{"no_clock", [](SessionPlan& p) { p.endpoints[0].receive[0].format.clock_rate = {0}; },
                      "no clock rate"},
        Contradiction{"payload_type_128",
                      [](SessionPlan& p) { p.endpoints[0].receive[0].payload_type = 128; },
                      "128 does not exist"},
        Contradiction{"flow_to_nowhere", [](SessionPlan& p) { p.flows[0].to = 2; },
                      "flow 0 goes from endpoint 0 to 2"},
        Contradiction{"flow_to_itself", [](SessionPlan& p) { p.flows[0].to = 0; }, "flow 0 goes"},
        Contradiction{"two_flows", [](SessionPlan& p) { p.flows.push_back(p.flows[0]); }, "a second flow"},
        Contradiction{"two_rules", [](SessionPlan& p) { p.flows[0].rules.push_back(p.flows[0].rules[0]); },
                      "two rules for payload type 0"},
        Contradiction{"relay_transcodes", [](SessionPlan& p) { p.flows[0].mode = FlowMode::kRelay; },
                      "a relay cannot transcode"},
        Contradiction{"nothing_to_encode_with", [](SessionPlan& p) { p.flows[0].send.reset(); },
                      "no codec to transcode"},
        Contradiction{"nothing_to_decode_with",
                      [](SessionPlan& p) { p.endpoints[0].receive[0].codec = nullptr; },
                      "no codec to decode"},
        Contradiction{"no_ptime", [](SessionPlan& p) { p.flows[0].send->ptime_ms = 0; }, "ptime of 0 ms"},
        Contradiction{
            "event_without_clock",
            [](SessionPlan& p) { p.flows[0].rules.push_back({.in = 101, .kind = RuleKind::kEvent}); },
            "event payload type 101"},
        Contradiction{"video_transcoded", [](SessionPlan& p) { p.kind = MediaKind::kOtherRtp; },
                      "only audio"}),
    [](const auto& test) { return std::string{test.param.name}; });

}  // namespace
}  // namespace dataplane
