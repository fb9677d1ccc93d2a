#include "control/ng/front_end.h"

#include "control/ng/bencode.h"
#include "control/ng/json.h"
#include "tests/control/call_fixture.h"

namespace control::ng {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::StartsWith;

std::vector<std::string> keys_of(const Value* value) {
  std::vector<std::string> keys;
  if (value == nullptr || value->dictionary() == nullptr) return keys;
  for (const auto& [key, item] : *value->dictionary()) keys.push_back(key);
  return keys;
}

class FrontEndTest : public CallServiceTest {
 protected:
  FrontEndTest() { serve(); }

  /// A front end for the service as it is now. The wall clock shows what the steady one does.
  void serve() {
    front_end = std::make_unique<FrontEnd>(
        *service, [](base::Instant at) { return base::WallTime{at.time_since_epoch()}; }, kStart);
  }

  std::string raw(std::string_view datagram,
                  const base::IpAddress& host = base::IpAddress::v4(127, 0, 0, 1)) {
    const auto* reply = front_end->handle(datagram, host, now);
    return reply == nullptr ? "(no reply)" : *reply;
  }

  /// Sends a request under a new cookie; gives the reply's dictionary.
  Value ask(Value::Dictionary request) {
    const auto cookie = std::to_string(++cookies) + "_1";
    std::string text = cookie + " ";
    encode_bencode(Value{std::move(request)}, text);
    const auto reply = raw(text);
    EXPECT_THAT(reply, StartsWith(cookie + " "));
    auto value = decode_bencode(std::string_view{reply}.substr(cookie.size() + 1));
    EXPECT_TRUE(value) << reply;
    return value ? *value : Value{};
  }

  Value::Dictionary request(std::string_view command, std::string_view from = {}, std::string_view to = {},
                            std::string sdp = {}) {
    Value::Dictionary out{{"supports", Value::List{"load limit"}}, {"call-id", "call"}, {"command", command}};
    if (!from.empty()) out.emplace_back("from-tag", from);
    if (!to.empty()) out.emplace_back("to-tag", to);
    if (!sdp.empty()) out.emplace_back("sdp", std::move(sdp));
    return out;
  }

  static std::string text(const Value& reply, std::string_view key) {
    const auto* found = reply.find(key);
    return found == nullptr ? "(none)" : found->as_text();
  }

  void begin_call() {
    EXPECT_EQ(text(ask(request("offer", "a", {}, audio(6000))), "result"), "ok");
    EXPECT_EQ(text(ask(request("answer", "a", "b", audio(7000))), "result"), "ok");
    settle();
  }

  std::unique_ptr<FrontEnd> front_end;
  int cookies{0};
};

TEST_F(FrontEndTest, PingPong) {
  EXPECT_EQ(raw("12_34_1 d7:command4:pinge"), "12_34_1 d6:result4:ponge");
  EXPECT_EQ(raw(R"(12_34_2 {"command":"ping"})"), R"(12_34_2 {"result":"pong"})");
}

TEST_F(FrontEndTest, WhatIsNoRequestGetsNoReplyOrAReasonedOne) {
  EXPECT_EQ(raw("abc"), "(no reply)");
  EXPECT_EQ(raw(" d7:command4:pinge"), "(no reply)");
  EXPECT_EQ(raw(std::string(300, 'x') + " de"), "(no reply)");
  EXPECT_EQ(raw(""), "(no reply)");
  EXPECT_THAT(raw("1_1 d"), HasSubstr("error-reason"));
  EXPECT_THAT(raw("1_2 "), HasSubstr("error-reason"));
  EXPECT_THAT(raw("1_3 {"), HasSubstr(R"("result":"error")"));
  EXPECT_THAT(raw("1_4 de"), HasSubstr("Dictionary contains no key \"command\""));
  EXPECT_THAT(raw("1_5 d7:command3:fooe"), HasSubstr("Unrecognized command"));
}

TEST_F(FrontEndTest, TheSameCookieGetsTheSameReplyWithoutASecondEffect) {
  std::string datagram = "7_7 ";
  encode_bencode(Value{request("offer", "a", {}, audio(6000))}, datagram);
  const auto first = raw(datagram);
  const auto used = free_pairs();
  EXPECT_EQ(raw(datagram), first);
  EXPECT_EQ(free_pairs(), used);
  EXPECT_EQ(service->counters().repeated, 1U);
  EXPECT_EQ(service->counters().requests[1].requests, 1U);
  // Another host may have the same cookie by chance.
  EXPECT_EQ(raw("7_7 d7:command4:pinge", base::IpAddress::v4(127, 0, 0, 2)), "7_7 d6:result4:ponge");
  now += seconds{61};
  EXPECT_EQ(raw("7_7 d7:command4:pinge"), "7_7 d6:result4:ponge");
}

TEST_F(FrontEndTest, ErrorsInTheWordsThatProxiesKnow) {
  const auto reason = [this](Value::Dictionary r) { return text(ask(std::move(r)), "error-reason"); };
  EXPECT_EQ(reason(request("offer", "a")), "No SDP body in message");
  EXPECT_EQ(reason(request("offer", {}, {}, audio(6000))), "No from-tag in message");
  EXPECT_EQ(reason({{"command", "offer"}, {"from-tag", "a"}, {"sdp", audio(6000)}}), "No call-id in message");
  EXPECT_EQ(reason(request("offer", "a", {}, "v=0\r\ngarbage")), "Failed to parse SDP");
  EXPECT_EQ(reason(request("answer", "a", {}, audio(6000))), "No to-tag in message");
  EXPECT_EQ(reason(request("answer", "a", "b", audio(6000))), "Unknown call-id");
  EXPECT_EQ(reason(request("query")), "Unknown call-id");
  const auto deleted = ask(request("delete", "a"));
  EXPECT_EQ(text(deleted, "result"), "ok");
  EXPECT_EQ(text(deleted, "warning"), "Call-ID not found or tags didn't match");
  auto fatal = request("delete", "a");
  fatal.emplace_back("flags", Value::List{"fatal"});
  EXPECT_EQ(reason(fatal), "Call-ID not found or tags didn't match");
}

TEST_F(FrontEndTest, AFullServerSaysLoadLimitToWhoUnderstandsIt) {
  CallOptions options;
  options.max_sessions = 1;
  restart(options);
  serve();
  begin_call();
  auto second = request("offer", "a", {}, audio(6000));
  second[1].second = Value{"second"};
  const auto limited = ask(second);
  EXPECT_EQ(text(limited, "result"), "load limit");
  EXPECT_EQ(text(limited, "message"), "Parallel session limit reached");
  second.erase(second.begin());  // "supports"
  const auto refused = ask(second);
  EXPECT_EQ(text(refused, "result"), "error");
  EXPECT_EQ(text(refused, "error-reason"), "Parallel session limit reached");
}

TEST_F(FrontEndTest, OfferAndAnswerGiveDescriptions) {
  const auto offered = ask(request("offer", "a", {}, audio(6000)));
  EXPECT_EQ(keys_of(&offered), (std::vector<std::string>{"result", "sdp"}));
  EXPECT_THAT(text(offered, "sdp"), HasSubstr("m=audio 3"));
  const auto json = raw(
      R"(j1 {"command":"offer","call-id":"json","from-tag":"f","sdp":"v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n"})");
  EXPECT_THAT(json, HasSubstr(R"("result":"ok")"));
  EXPECT_THAT(json, HasSubstr(R"(c=IN IP4 203.0.113.1\r\n)"));
}

/// The keys are those that rtpengine 10.5.3 gives for the same call.
TEST_F(FrontEndTest, AQueryHasTheShapeOfRtpengines) {
  begin_call();
  auto& stats = worker.only().stats.endpoints[0];
  stats.rtp_packets_in.add(20);
  stats.rtp_octets_in.add(3440);
  stats.last_in_ns.set(static_cast<std::uint64_t>((now + seconds{5}).time_since_epoch().count()));
  stats.remote_rtp.store({*base::IpAddress::parse("198.51.100.1"), base::UdpPort{6000}});
  dataplane::SourceRecord source;
  source.ssrc = 4369;
  source.packets = 20;
  source.lost = 5;
  source.jitter_ticks = 80;
  source.mos_average = 4.31F;
  source.mos_lowest = 4.0F;
  source.mos_highest = 4.4F;
  source.mos_samples = 2;
  source.mos_lowest_ns = static_cast<std::uint64_t>(now.time_since_epoch().count());
  stats.sources[0].store(source);
  stats.source_count.set(1);

  const auto reply = ask(request("query"));
  EXPECT_THAT(keys_of(&reply), testing::UnorderedElementsAre("result", "created", "created_us", "last signal",
                                                             "SSRC", "tags", "totals"));
  EXPECT_EQ(text(reply, "created"), "1000");
  const auto* tags = reply.find("tags");
  EXPECT_THAT(keys_of(tags), ElementsAre("a", "b"));
  const auto* tag = tags->find("a");
  EXPECT_THAT(keys_of(tag), IsSupersetOf({"tag", "created", "subscriptions", "subscribers", "medias"}));
  EXPECT_EQ(text(tag->find("subscriptions")->list()->at(0), "tag"), "b");
  const auto& media = tag->find("medias")->list()->at(0);
  EXPECT_THAT(keys_of(&media), ElementsAre("index", "type", "protocol", "codec", "streams", "flags"));
  EXPECT_EQ(text(media, "codec"), "PCMU/8000");
  EXPECT_EQ(text(media, "protocol"), "RTP/AVP");
  const auto& streams = *media.find("streams")->list();
  ASSERT_EQ(streams.size(), 2U);
  EXPECT_THAT(keys_of(&streams[0]),
              ElementsAre("local port", "local address", "family", "endpoint", "advertised endpoint",
                          "last packet", "flags", "SSRC", "stats"));
  EXPECT_EQ(text(streams[0], "SSRC"), "4369");
  EXPECT_EQ(text(streams[0], "last packet"), "1005");
  EXPECT_EQ(text(*streams[0].find("endpoint"), "port"), "6000");
  EXPECT_EQ(text(*streams[0].find("stats"), "bytes"), "3440");
  EXPECT_EQ(streams[1].find("flags")->list()->at(0), Value{"RTCP"});
  EXPECT_EQ(text(*reply.find("totals")->find("RTP"), "packets"), "20");
  const auto* ssrc = reply.find("SSRC")->find("4369");
  ASSERT_NE(ssrc, nullptr);
  EXPECT_EQ(text(*ssrc->find("average MOS"), "MOS"), "43");
  EXPECT_EQ(text(*ssrc->find("average MOS"), "packet loss"), "20");
  EXPECT_EQ(text(*ssrc->find("average MOS"), "jitter"), "10");
  EXPECT_EQ(text(*ssrc->find("lowest MOS"), "reported at"), "1000");
}

TEST_F(FrontEndTest, ADeleteHasWhatProxiesReadAndFitsOneFrame) {
  begin_call();
  for (auto& endpoint : worker.only().stats.endpoints) {
    dataplane::SourceRecord source;
    source.ssrc = 0xFFFFFFF0 + static_cast<std::uint32_t>(&endpoint - worker.only().stats.endpoints.data());
    source.mos_samples = 1;
    endpoint.sources[0].store(source);
    endpoint.source_count.set(1);
  }
  auto request_text = request("delete", "a", "b");
  const auto reply = ask(request_text);
  std::string encoded;
  encode_bencode(reply, encoded);
  EXPECT_LE(encoded.size(), 1452U) << encoded;
  EXPECT_THAT(keys_of(&reply), IsSupersetOf({"result", "created", "SSRC", "tags", "totals"}));
  EXPECT_EQ(reply.find("SSRC")->dictionary()->size(), 2U);
  for (const auto* tag : {"a", "b"}) {
    const auto& media = reply.find("tags")->find(tag)->find("medias")->list()->at(0);
    ASSERT_EQ(media.find("streams")->list()->size(), 2U);
    EXPECT_NE(media.find("streams")->list()->at(0).find("SSRC"), nullptr);
  }
  EXPECT_EQ(service->calls(), 1U) << "the delay runs";
}

TEST_F(FrontEndTest, ADelayOfZeroDeletesAtOnce) {
  begin_call();
  auto now_please = request("delete", "a");
  now_please.emplace_back("delete-delay", "0");
  EXPECT_EQ(text(ask(now_please), "result"), "ok");
  EXPECT_EQ(service->calls(), 0U);
}

TEST_F(FrontEndTest, ListNamesCalls) {
  begin_call();
  const auto reply = ask({{"command", "list"}});
  EXPECT_EQ(text(reply, "result"), "ok");
  EXPECT_EQ(reply.find("calls")->list()->at(0), Value{"call"});
  EXPECT_EQ(text(ask({{"command", "list"}, {"limit", "0"}}), "result"), "error");
}

TEST_F(FrontEndTest, StatisticsHaveTheKeysThatMonitoringReads) {
  begin_call();
  const auto reply = ask({{"command", "statistics"}});
  const auto* statistics = reply.find("statistics");
  EXPECT_THAT(keys_of(statistics),
              IsSupersetOf({"currentstatistics", "totalstatistics", "mos", "interfaces"}));
  EXPECT_EQ(text(*statistics->find("currentstatistics"), "sessionsown"), "1");
  EXPECT_EQ(text(*statistics->find("totalstatistics"), "managedsessions"), "1");
  const auto& ports = *statistics->find("interfaces")->list()->at(0).find("ports");
  EXPECT_EQ(text(ports, "used"), "4");
  EXPECT_EQ(text(ports, "totals"), "100");
}

TEST_F(FrontEndTest, TheFlagsOfTheStockConfigurationMakeACall) {
  auto offered = request("offer", "a", {}, audio(6000, "0 101", "a=rtpmap:101 telephone-event/8000\r\n"));
  offered.emplace_back("replace", Value::List{"origin", "session-connection"});
  offered.emplace_back("transport-protocol", "RTP/AVP");
  offered.emplace_back("ICE", "remove");
  offered.emplace_back("rtcp-mux", Value::List{"demux"});
  offered.emplace_back("received-from", Value::List{"IP4", "127.0.0.1"});
  offered.emplace_back("codec", Value::Dictionary{{"mask", Value::List{"all"}},
                                                  {"transcode", Value::List{"PCMA", "telephone-event"}}});
  const auto reply = ask(offered);
  ASSERT_EQ(text(reply, "result"), "ok") << text(reply, "error-reason");
  EXPECT_THAT(text(reply, "sdp"), HasSubstr("PCMA/8000"));
  EXPECT_THAT(text(reply, "sdp"), testing::Not(HasSubstr("PCMU")));
  EXPECT_THAT(text(reply, "sdp"), HasSubstr("o=- 1 1 IN IP4 203.0.113.1"));
  ASSERT_EQ(
      text(ask(request("answer", "a", "b", audio(7000, "8 101", "a=rtpmap:101 telephone-event/8000\r\n"))),
           "result"),
      "ok");
  settle();
  for (const auto& flow : worker.only().plan.flows) EXPECT_EQ(flow.mode, dataplane::FlowMode::kTranslate);
}

}  // namespace
}  // namespace control::ng
