#include "control/negotiation/decision.h"

#include <gtest/gtest.h>

#include "codecs/registry.h"
#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

using test::Scenario;
using test::sdp_of;

TEST(PlanOf, HasAllThatTheDataplaneNeeds) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA,
                               sdp_of("m=audio 4000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\n"),
                               "codec-mask-all codec-transcode-opus"));
  static_cast<void>(call.answer(
      sdp_of("m=audio 5000 RTP/AVP 96 101\na=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/8000\n",
             "192.0.2.2")));
  const auto plan = plan_of(call.decision());
  ASSERT_EQ(plan.endpoints.size(), 2U);
  const auto& a = plan.endpoints[0];
  EXPECT_EQ(a.local_ip.to_string(), "10.0.0.1");
  EXPECT_EQ(a.local_rtp.number, 20000);
  EXPECT_EQ(a.local_rtcp.number, 20001);
  EXPECT_EQ(a.remote_rtp->to_string(), "192.0.2.1:4000");
  ASSERT_EQ(a.receive.size(), 2U);
  EXPECT_EQ(a.receive[0].codec, codecs::find("PCMU"));
  EXPECT_EQ(a.receive[1].codec, nullptr);
  ASSERT_EQ(plan.flows.size(), 2U);
  EXPECT_EQ(plan.flows[0].from, 0);
  EXPECT_EQ(plan.flows[0].to, 1);
  EXPECT_EQ(plan.flows[0].send->codec, codecs::find("opus"));
  EXPECT_EQ(plan.flows[1].from, 1);
  EXPECT_EQ(plan.flows[1].send->codec, codecs::find("PCMU"));
}

TEST(PlanFlows, BothDirectionsTranslateOrNone) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\na=ptime:20\n"), "ptime-40"));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\na=ptime:20\n", "192.0.2.2")));
  EXPECT_EQ(call.flow(Side::kA), "translate 0*0 as PCMU 40ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 0>0 as PCMU 20ms");
  EXPECT_FALSE(call.decision().flows[1].relay_unlisted);
}

TEST(Explain, NamesTheReason) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0 8\n"), "codec-accept-PCMA"));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", "192.0.2.2")));
  EXPECT_EQ(
      call.decision().why(),
      "audio: translated, one side was given a codec that the other does not take; A to B PCMU as it is, "
      "B to A PCMU as it is");
}

}  // namespace
}  // namespace control
