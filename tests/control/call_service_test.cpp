#include "control/call_service.h"

#include "tests/control/call_fixture.h"

namespace control {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(CallServiceTest, AnOfferAndItsAnswerMakeASession) {
  const auto offered = offer("a", "", audio(6000));
  ASSERT_TRUE(offered) << offered.error().text;
  EXPECT_THAT(*offered, HasSubstr("c=IN IP4 203.0.113.1"));
  EXPECT_THAT(*offered, HasSubstr("o=- 1 1 IN IP4 198.51.100.1"));  // stays unless it is to be replaced
  settle();
  EXPECT_EQ(worker.sessions.size(), 1U) << "the ports are open";

  const auto answered = answer("a", "b", audio(7000));
  ASSERT_TRUE(answered) << answered.error().text;
  settle();
  const auto& plan = worker.only().plan;
  EXPECT_EQ(plan.endpoints[0].local_rtp.number, port_of(*answered));
  EXPECT_EQ(plan.endpoints[1].local_rtp.number, port_of(*offered));
  EXPECT_EQ(plan.endpoints[0].local_rtcp.number, port_of(*answered) + 1);
  EXPECT_EQ(plan.endpoints[0].local_ip.to_string(), "192.0.2.1");
  EXPECT_EQ(plan.endpoints[0].remote_rtp->to_string(), "198.51.100.1:6000");
  EXPECT_EQ(plan.endpoints[1].remote_rtp->to_string(), "198.51.100.1:7000");
  EXPECT_EQ(plan.endpoints[0].tos, 184);
  EXPECT_NE(plan.endpoints[0].ssrc, plan.endpoints[1].ssrc);
  EXPECT_EQ(plan.endpoints[0].cname.size(), 16U);
  EXPECT_EQ(service->live_calls(), 1U);
}

TEST_F(CallServiceTest, TheTagsOfAnAnswerMayComeInEitherOrder) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("b", "a", audio(7000)));
  settle();
  EXPECT_EQ(worker.only().plan.endpoints[1].remote_rtp->port.number, 7000);
  EXPECT_EQ(service->find("call")->branches.front()->legs[kCallee].tag, "b");
}

TEST_F(CallServiceTest, AnAnswerThatComesAgainChangesNothing) {
  const auto offered = offer("a", "", audio(6000));
  const auto ringing = answer("a", "b", audio(7000));
  const auto taken = answer("a", "b", audio(7000));
  ASSERT_TRUE(taken);
  EXPECT_EQ(*ringing, *taken);
  settle();
  EXPECT_THAT(worker.seen, ElementsAre("add", "update"));
}

TEST_F(CallServiceTest, MediaThatComesBeforeTheAnswerGoesToTheOfferer) {
  const auto offered = offer("a", "", audio(6000, "8 0"));
  settle();
  const auto& plan = worker.only().plan;
  EXPECT_EQ(plan.endpoints[0].remote_rtp->to_string(), "198.51.100.1:6000");
  EXPECT_FALSE(plan.endpoints[1].remote_rtp) << "nobody has said where the callee is";
  EXPECT_EQ(plan.endpoints[1].local_rtp.number, port_of(*offered));
  ASSERT_EQ(plan.flows.size(), 2U);
  for (const auto& flow : plan.flows) {
    EXPECT_TRUE(flow.active);
    EXPECT_EQ(flow.mode, dataplane::FlowMode::kRelay);
    EXPECT_EQ(flow.rules.size(), 2U) << "all that was offered, as it was shown";
  }
  EXPECT_EQ(service->counters().zero_way_streams, 0U);
  ASSERT_TRUE(service->remove({"call", "", "", ""}, seconds{0}, now));
  EXPECT_EQ(service->counters().zero_way_streams, 0U) << "nobody answered, so nobody was mute";
}

TEST_F(CallServiceTest, EarlyMediaOfACodecThatWasAddedIsTranscoded) {
  flags.codecs.transcode = {"PCMA"};
  ASSERT_TRUE(offer("a", "", audio(6000)));
  settle();
  const auto& flow = worker.only().plan.flows[1];
  EXPECT_EQ(flow.mode, dataplane::FlowMode::kTranslate);
  EXPECT_EQ(flow.send->format.encoding, "PCMU");
}

TEST_F(CallServiceTest, AnOfferThatComesAgainBeforeAnyAnswerMovesEarlyMedia) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(offer("a", "", audio(6100, "8")));
  settle();
  EXPECT_THAT(worker.seen, ElementsAre("add", "update"));
  EXPECT_EQ(worker.only().plan.endpoints[0].remote_rtp->port.number, 6100);
  EXPECT_EQ(worker.only().plan.flows[1].rules.front().in, 8);
}

TEST_F(CallServiceTest, AReofferLeavesWhatWasAgreedInForceUntilItsAnswer) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("a", "b", audio(7000)));
  settle();
  ASSERT_TRUE(offer("a", "b", audio(6100) + "m=audio 6102 RTP/AVP 0\r\n"));
  settle();
  EXPECT_EQ(worker.sessions.begin()->second->plan.endpoints[0].remote_rtp->port.number, 6000);
  EXPECT_EQ(worker.sessions.size(), 2U) << "the stream that is new is open";
}

TEST_F(CallServiceTest, AReofferOfEitherSideKeepsThePortsAndTheSession) {
  const auto offered = offer("a", "", audio(6000));
  const auto answered = answer("a", "b", audio(7000));
  settle();
  // The callee moves and asks; the caller answers.
  const auto again = offer("b", "a", audio(7100, "0"));
  ASSERT_TRUE(again);
  EXPECT_EQ(port_of(*again), port_of(*answered)) << "towards the caller nothing has moved";
  const auto confirmed = answer("b", "a", audio(6000));
  ASSERT_TRUE(confirmed);
  EXPECT_EQ(port_of(*confirmed), port_of(*offered));
  settle();
  EXPECT_THAT(worker.seen, ElementsAre("add", "update", "update"));
  EXPECT_EQ(worker.only().plan.endpoints[0].remote_rtp->port.number, 6000);
  EXPECT_EQ(worker.only().plan.endpoints[1].remote_rtp->port.number, 7100);
  // The caller holds.
  ASSERT_TRUE(offer("a", "b", audio(6000, "0", "a=sendonly\r\n")));
  ASSERT_TRUE(answer("a", "b", audio(7100, "0", "a=recvonly\r\n")));
  settle();
  const auto& flows = worker.only().plan.flows;
  ASSERT_EQ(flows.size(), 2U);
  for (const auto& flow : flows) EXPECT_EQ(flow.active, flow.from == 0);
  EXPECT_EQ(service->calls(), 1U);
  EXPECT_EQ(service->find("call")->branches.size(), 1U);
}

TEST_F(CallServiceTest, SeveralStreamsAreSeveralSessionsAndADisabledOneGivesItsPortsBack) {
  const std::string video = "m=video 6002 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n";
  const std::string answer_video = "m=video 7002 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n";
  const auto before = free_pairs();
  ASSERT_TRUE(offer("a", "", audio(6000) + video));
  ASSERT_TRUE(answer("a", "b", audio(7000) + answer_video));
  settle();
  EXPECT_EQ(worker.sessions.size(), 2U);
  EXPECT_EQ(free_pairs(), before - 4);
  ASSERT_TRUE(offer("a", "b", audio(6000) + "m=video 0 RTP/AVP 96\r\n"));
  ASSERT_TRUE(answer("a", "b", audio(7000) + "m=video 0 RTP/AVP 96\r\n"));
  settle();
  EXPECT_EQ(worker.sessions.size(), 1U);
  EXPECT_EQ(free_pairs(), before - 2);
  ASSERT_TRUE(offer("a", "b", audio(6000) + video));
  ASSERT_TRUE(answer("a", "b", audio(7000) + answer_video));
  settle();
  EXPECT_EQ(worker.sessions.size(), 2U);
}

TEST_F(CallServiceTest, EachBranchOfAForkHasItsOwnPortsAndLosersGoAlone) {
  const auto one = offer("a", "", audio(6000), "z9hG4bK1");
  const auto two = offer("a", "", audio(6000), "z9hG4bK2");
  ASSERT_TRUE(one);
  ASSERT_TRUE(two);
  EXPECT_NE(port_of(*one), port_of(*two));
  EXPECT_EQ(offer("a", "", audio(6000), "z9hG4bK1").has_value(), true) << "the same branch again";
  EXPECT_EQ(service->find("call")->branches.size(), 2U);
  ASSERT_TRUE(answer("a", "b1", audio(7000), "z9hG4bK1"));
  ASSERT_TRUE(answer("a", "b2", audio(8000), "z9hG4bK2"));
  settle();
  EXPECT_EQ(worker.sessions.size(), 2U);
  ASSERT_TRUE(service->remove({"call", "a", "", "z9hG4bK1"}, seconds{0}, now));
  settle();
  EXPECT_EQ(worker.only().plan.endpoints[1].remote_rtp->port.number, 8000);
  EXPECT_EQ(service->live_calls(), 1U);
}

TEST_F(CallServiceTest, ForkedBehindTheProxyTheLastAnswerIsHeard) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("a", "b1", audio(7000)));
  ASSERT_TRUE(answer("a", "b2", audio(8000)));
  settle();
  EXPECT_EQ(worker.only().plan.endpoints[1].remote_rtp->port.number, 8000);
  ASSERT_TRUE(answer("a", "b1", audio(7000)));  // 183 from both, 200 from the first
  settle();
  EXPECT_EQ(worker.only().plan.endpoints[1].remote_rtp->port.number, 7000);
  EXPECT_EQ(service->find("call")->branches.front()->legs[kCallee].tag, "b1");
}

TEST_F(CallServiceTest, DeleteWaitsForItsDelayAndPortsForTheWorker) {
  const auto before = free_pairs();
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("a", "b", audio(7000)));
  settle();
  ASSERT_TRUE(service->remove({"call", "b", "a", ""}, std::nullopt, now));
  EXPECT_EQ(service->live_calls(), 0U);
  EXPECT_EQ(service->calls(), 1U);
  now += seconds{29};
  service->check_time(now);
  EXPECT_EQ(service->calls(), 1U);
  now += seconds{1};
  service->check_time(now);
  EXPECT_EQ(service->calls(), 0U);
  EXPECT_EQ(free_pairs(), before - 2) << "the worker still has the session";
  settle();
  EXPECT_EQ(free_pairs(), before);
  EXPECT_EQ(service->outstanding_sessions(), 0U);
  EXPECT_EQ(service->counters().regular_ends, 1U);
}

TEST_F(CallServiceTest, WhoMayDeleteWhat) {
  const auto removed = [this](CallNames names) {
    const auto report = service->remove(names, seconds{0}, now);
    settle();
    return report ? "ok" : report.error().text;
  };
  const auto begin = [this](bool answered) {
    const bool is_new = service->find("call") == nullptr;
    EXPECT_TRUE(!is_new || offer("a", "", audio(6000), "br"));
    EXPECT_TRUE(!answered || answer("a", "b", audio(7000), "br"));
  };
  EXPECT_EQ(removed({"nobody", "a", "", ""}), call_error::kNothingDeleted);
  begin(true);
  EXPECT_EQ(removed({"call", "x", "", ""}), call_error::kNothingDeleted);
  EXPECT_EQ(removed({"call", "a", "x", ""}), call_error::kNothingDeleted);
  EXPECT_EQ(removed({"call", "a", "b", "other"}), call_error::kNothingDeleted);
  EXPECT_EQ(service->calls(), 1U);
  for (const CallNames names : {CallNames{"call", "", "", ""}, CallNames{"call", "a", "", ""},
                                CallNames{"call", "b", "", ""}, CallNames{"call", "a", "b", "br"}}) {
    begin(true);
    EXPECT_EQ(removed(names), "ok");
    EXPECT_EQ(service->calls(), 0U);
  }
  begin(false);
  EXPECT_EQ(removed({"call", "a", "refused", ""}), "ok") << "a refusal's tag was never seen";
  EXPECT_EQ(service->calls(), 0U);
}

TEST_F(CallServiceTest, AnOfferWithinTheDelayTakesTheCallBack) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(service->remove({"call", "a", "", ""}, std::nullopt, now));
  ASSERT_TRUE(offer("a", "", audio(6000)));
  EXPECT_EQ(service->live_calls(), 1U);
  now += seconds{31};
  service->check_time(now);
  EXPECT_EQ(service->calls(), 1U);
}

TEST_F(CallServiceTest, WithoutPortsTheErrorIsTheOneThatProxiesKnow) {
  restart({}, 30003);  // two pairs: one call
  ASSERT_TRUE(offer("a", "", audio(6000)));
  const auto second = service->offer({"second", "a", "", ""}, audio(6000), flags, now);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text, "Ran out of ports");
  EXPECT_EQ(service->calls(), 1U) << "nothing is left of what was refused";
  EXPECT_EQ(service->counters().rejected, 1U);
  // A stream more for the call that is there.
  const auto more = offer("a", "", audio(6000) + "m=audio 6002 RTP/AVP 0\r\n");
  EXPECT_FALSE(more);
  EXPECT_EQ(service->calls(), 1U);
  ASSERT_TRUE(service->remove({"call", "", "", ""}, seconds{0}, now));
  settle();  // the worker gives the ports back
  settle();
  EXPECT_TRUE(service->offer({"second", "a", "", ""}, audio(6000), flags, now));
}

TEST_F(CallServiceTest, LimitsRefuseNewCallsAndServeThoseThatAre) {
  CallOptions options;
  options.max_sessions = 1;
  restart(options);
  ASSERT_TRUE(offer("a", "", audio(6000)));
  const auto refused = service->offer({"second", "a", "", ""}, audio(6000), flags, now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text, "Parallel session limit reached");
  EXPECT_TRUE(call_error::is_limit(refused.error().text));
  EXPECT_TRUE(answer("a", "b", audio(7000)));
  EXPECT_TRUE(offer("b", "a", audio(7000)));
  // A deleted call counts no longer, although its ports are still held.
  ASSERT_TRUE(service->remove({"call", "", "", ""}, std::nullopt, now));
  EXPECT_TRUE(service->offer({"second", "a", "", ""}, audio(6000), flags, now));
  service->set_draining(true);
  restart({});
  service->set_draining(true);
  EXPECT_FALSE(offer("a", "", audio(6000)));
}

TEST_F(CallServiceTest, BusyWorkersRefuseNewCalls) {
  CallOptions options;
  options.max_cpu = 80;
  restart(options);
  worker.link.stats.busy_ns.set(850);
  worker.link.stats.idle_ns.set(150);
  service->check_time(now);
  EXPECT_DOUBLE_EQ(service->busy_share(), 0.85);
  const auto refused = offer("a", "", audio(6000));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text, "CPU usage limit exceeded");
  worker.link.stats.idle_ns.set(2150);
  service->check_time(now);
  EXPECT_TRUE(offer("a", "", audio(6000)));
}

// Calls that must be transcoded are refused by what their codecs are known to cost; others still come in.
TEST_F(CallServiceTest, KnownCodecCostsRefuseTranscodedCallsBeforeTheWorkerIsFull) {
  CallOptions options;
  options.max_load = 1;  // of a core: a handful of Opus calls
  restart(options);
  OfferFlags opus;
  opus.codecs.mask = {"all"};
  opus.codecs.transcode = {"opus"};
  const auto offer_one = [&](int n, const OfferFlags& how) {
    return service->offer({"call-" + std::to_string(n), "a", "", ""}, audio(6000), how, now);
  };
  int served = 0;
  for (; served < 100; ++served) {
    const auto offered = offer_one(served, opus);
    if (!offered) {
      EXPECT_EQ(offered.error().text, "Load limit exceeded");
      EXPECT_TRUE(call_error::is_limit(offered.error().text));
      break;
    }
    EXPECT_THAT(*offered, HasSubstr("opus/48000/2"));
    const auto answer = audio(7000, "96", "a=rtpmap:96 opus/48000/2\r\n");
    ASSERT_TRUE(service->answer({"call-" + std::to_string(served), "a", "b", ""}, answer, {}, now));
    settle();
  }
  EXPECT_GT(served, 1);
  EXPECT_LT(served, 10);
  EXPECT_EQ(service->counters().rejected, 1U);
  EXPECT_EQ(service->calls(), static_cast<std::size_t>(served)) << "nothing is left of the refused one";
  EXPECT_TRUE(offer_one(200, {})) << "a relayed call";
  // A call that runs may be offered anew.
  EXPECT_TRUE(service->offer({"call-0", "a", "b", ""}, audio(6000), opus, now));
  options.max_load = 0;
  service->set_options(options);
  EXPECT_TRUE(offer_one(201, opus));
}

TEST_F(CallServiceTest, AFullInboxIsAnErrorAndTheAnswerMayComeAgain) {
  dataplane::Command filler{};
  while (worker.link.inbox.push(filler)) {
  }
  ASSERT_TRUE(offer("a", "", audio(6000))) << "without early media, but no call is lost for that";
  const auto refused = answer("a", "b", audio(7000));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text, SessionKeeper::kInboxFull);
  EXPECT_EQ(dataplane::Session::alive, 0);
  settle();
  EXPECT_TRUE(answer("a", "b", audio(7000)));
  settle();
  EXPECT_EQ(worker.sessions.size(), 1U);
}

TEST_F(CallServiceTest, ARemovalThatFindsTheInboxFullIsMadeUpFor) {
  const auto before = free_pairs();
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("a", "b", audio(7000)));
  settle();
  dataplane::Command filler{};
  while (worker.link.inbox.push(filler)) {
  }
  ASSERT_TRUE(service->remove({"call", "", "", ""}, seconds{0}, now));
  EXPECT_EQ(service->calls(), 0U);
  settle();  // the inbox is empty again, and the removal goes out
  settle();  // the session comes home
  EXPECT_EQ(free_pairs(), before);
  EXPECT_EQ(dataplane::Session::alive, 0);
}

TEST_F(CallServiceTest, ASessionThatAWorkerRefusesEndsItsBranch) {
  worker.refuse = true;
  const auto before = free_pairs();
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("a", "b", audio(7000)));
  settle();
  EXPECT_EQ(service->calls(), 0U);
  EXPECT_EQ(free_pairs(), before);
  EXPECT_EQ(dataplane::Session::alive, 0);
}

TEST_F(CallServiceTest, TimeOutsEndCalls) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("a", "b", audio(7000)));
  settle();
  now += seconds{50};
  worker.only().stats.endpoints[1].last_in_ns.set(static_cast<std::uint64_t>(now.time_since_epoch().count()));
  now += seconds{59};
  service->check_time(now);
  EXPECT_EQ(service->calls(), 1U);
  now += seconds{1};
  service->check_time(now);
  EXPECT_EQ(service->calls(), 0U);
  EXPECT_EQ(service->counters().media_timeouts, 1U);
  settle();

  // On hold it lives longer.
  ASSERT_TRUE(offer("a", "", audio(6000, "0", "a=inactive\r\n")));
  ASSERT_TRUE(answer("a", "b", audio(7000, "0", "a=inactive\r\n")));
  settle();
  now += seconds{3599};
  service->check_time(now);
  EXPECT_EQ(service->calls(), 1U);
  now += seconds{1};
  service->check_time(now);
  EXPECT_EQ(service->counters().silent_timeouts, 1U);

  // And an offer that nobody answers.
  ASSERT_TRUE(offer("a", "", audio(6000)));
  now += seconds{3600};
  service->check_time(now);
  EXPECT_EQ(service->counters().offer_timeouts, 1U);
  EXPECT_EQ(service->calls(), 0U);
}

TEST_F(CallServiceTest, FlagsReachThePlan) {
  flags.tos = 96;
  flags.media_handover = true;
  flags.learning = dataplane::Learning::kImmediate;
  flags.sip_source_address = true;
  flags.received_from = base::IpAddress::parse("198.51.100.99");
  flags.media_address = "203.0.113.77";
  const auto offered = offer("a", "", audio(6000));
  ASSERT_TRUE(offered);
  EXPECT_THAT(*offered, HasSubstr("c=IN IP4 203.0.113.77"));
  flags = {};
  ASSERT_TRUE(answer("a", "b", audio(7000)));
  settle();
  const auto& [a, b] = std::tie(worker.only().plan.endpoints[0], worker.only().plan.endpoints[1]);
  EXPECT_EQ(a.tos, 96);
  EXPECT_EQ(b.tos, 96);
  EXPECT_TRUE(a.source.media_handover);
  EXPECT_TRUE(b.source.media_handover);
  EXPECT_EQ(a.source.learning, dataplane::Learning::kImmediate);
  EXPECT_EQ(b.source.learning, dataplane::Learning::kHeuristic);
  EXPECT_EQ(a.remote_rtp->ip.to_string(), "198.51.100.99");
}

TEST_F(CallServiceTest, EachSideHasTheInterfaceAndFamilyThatItNeeds) {
  const auto ip = [](const char* text) { return *base::IpAddress::parse(text); };
  restart({}, 30099,
          {{"int", ip("10.0.0.1"), ip("10.0.0.1")},
           {"ext", ip("192.0.2.1"), ip("192.0.2.1")},
           {"ext", ip("2001:db8::1"), ip("2001:db8::1")}});
  flags.direction_from = "int";
  flags.direction_to = "ext";
  flags.address_family = base::IpFamily::kV6;
  const auto offered = offer("a", "", audio(6000));
  ASSERT_TRUE(offered);
  EXPECT_THAT(*offered, HasSubstr("c=IN IP6 2001:db8::1"));
  flags = {};
  const auto answered = answer("a", "b", audio(7000, "0", {}, "2001:db8::99"));
  ASSERT_TRUE(answered);
  EXPECT_THAT(*answered, HasSubstr("c=IN IP4 10.0.0.1"));
  settle();
  EXPECT_EQ(worker.only().plan.endpoints[0].local_ip, ip("10.0.0.1"));
  EXPECT_EQ(worker.only().plan.endpoints[1].local_ip, ip("2001:db8::1"));
}

TEST_F(CallServiceTest, NonsenseIsAnErrorAndLeavesNothing) {
  const auto garbage = offer("a", "", "v=0\r\ngarbage");
  ASSERT_FALSE(garbage);
  EXPECT_EQ(garbage.error().text, "Failed to parse SDP");
  EXPECT_EQ(service->calls(), 0U);
  EXPECT_EQ(answer("a", "b", audio(7000)).error().text, "Unknown call-id");
  ASSERT_TRUE(offer("a", "", audio(6000)));
  EXPECT_FALSE(answer("x", "y", audio(7000)));
  EXPECT_FALSE(answer("a", "b", "nothing"));
  EXPECT_FALSE(answer("a", "b", audio(7000) + "m=audio 7002 RTP/AVP 0\r\n"))
      << "more streams than were offered";
  EXPECT_TRUE(answer("a", "b", audio(7000)));
  EXPECT_EQ(service->query({"nobody", "", "", ""}).error().text, "Unknown call-id");
}

TEST_F(CallServiceTest, KillAndStopEndAtOnce) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("a", "b", audio(7000)));
  settle();
  EXPECT_FALSE(service->kill("nobody", now));
  EXPECT_TRUE(service->kill("call", now));
  EXPECT_EQ(service->counters().forced_ends, 1U);
  ASSERT_TRUE(offer("a", "", audio(6000)));
  service->stop_all(now);
  EXPECT_EQ(service->calls(), 0U);
  settle();
  EXPECT_EQ(service->outstanding_sessions(), 0U);
}

TEST_F(CallServiceTest, WorkersGetTheirNextHops) {
  dataplane::Event event{dataplane::NextHopWanted{*base::IpAddress::parse("198.51.100.1")}};
  ASSERT_TRUE(worker.link.outbox.push(event));
  service->poll(now);
  EXPECT_THAT(wanted, ElementsAre(*base::IpAddress::parse("198.51.100.1")));
}

}  // namespace
}  // namespace control
