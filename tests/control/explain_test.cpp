#include "control/explain.h"

#include "tests/control/call_fixture.h"

namespace control {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class ExplainTest : public CallServiceTest {
 protected:
  void begin_call() {
    EXPECT_TRUE(offer("a", "", audio(6000)));
    EXPECT_TRUE(answer("a", "b", audio(7000)));
    settle();
  }
  dataplane::EndpointStats& from_a() { return worker.only().stats.endpoints[0]; }
  dataplane::EndpointStats& from_b() { return worker.only().stats.endpoints[1]; }
  static void drop(dataplane::EndpointStats& stats, dataplane::Drop reason, std::uint64_t packets) {
    stats.drops[static_cast<std::size_t>(reason)].add(packets);
  }
  /// What is said of the direction from a to b.
  std::string said() {
    const auto text = explain(*service->find("call"), now);
    return text.substr(0, text.find('\n'));
  }
};

TEST_F(ExplainTest, BeforeTheAnswer) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  EXPECT_EQ(said(), R"(audio 1 from "a" to "": silent: the offer has not been answered)");
}

TEST_F(ExplainTest, NothingEverCame) {
  begin_call();
  EXPECT_THAT(
      said(),
      HasSubstr(R"(from "a" to "b": silent: no packet ever came from 198.51.100.1:6000 to 192.0.2.1:3)"));
}

TEST_F(ExplainTest, OnlyAStrangerSends) {
  begin_call();
  drop(from_a(), dataplane::Drop::kWrongSource, 50);
  from_a().last_stranger.store({*base::IpAddress::parse("203.0.113.66"), base::UdpPort{4000}});
  from_a().remote_rtp.store({*base::IpAddress::parse("198.51.100.1"), base::UdpPort{6000}});
  EXPECT_THAT(said(), HasSubstr("50 packets are dropped (wrong_source)"));
  EXPECT_THAT(said(), HasSubstr("last 203.0.113.66:4000 instead of 198.51.100.1:6000"));
}

TEST_F(ExplainTest, OnHold) {
  ASSERT_TRUE(offer("a", "", audio(6000, "0", "a=recvonly\r\n")));
  ASSERT_TRUE(answer("a", "b", audio(7000, "0", "a=sendonly\r\n")));
  settle();
  EXPECT_THAT(said(), HasSubstr("silent: on hold by offer/answer"));
}

TEST_F(ExplainTest, WhatCameDidNotGoOn) {
  struct Case {
    dataplane::Drop drop;
    const char* reason;
  };
  for (const auto& [reason, words] :
       {Case{dataplane::Drop::kNoNextHop, "no route to the other side"},
        Case{dataplane::Drop::kUndecodable, "the codec cannot decode them"},
        Case{dataplane::Drop::kUnknownPayloadType, "payload type was not negotiated"},
        Case{dataplane::Drop::kNoRemoteAddress, "address of the other side is not known"}}) {
    begin_call();
    from_a().rtp_packets_in.add(100);
    drop(from_a(), reason, 100);
    EXPECT_THAT(said(), HasSubstr("100 packets came, none went on"));
    EXPECT_THAT(said(), HasSubstr(words));
    ASSERT_TRUE(service->remove({"call", "", "", ""}, seconds{0}, now));
    settle();
  }
}

TEST_F(ExplainTest, FlowsAndStops) {
  begin_call();
  from_a().rtp_packets_in.add(500);
  from_a().last_in_ns.set(static_cast<std::uint64_t>(now.time_since_epoch().count()));
  from_b().rtp_packets_out.add(499);
  EXPECT_THAT(said(), HasSubstr("flows: 500 packets in"));
  EXPECT_THAT(said(), HasSubstr("499 out to 198.51.100.1:7000 (PCMU/8000 relayed)"));
  now += seconds{10};
  EXPECT_THAT(said(), HasSubstr("silent now: the last of 500 packets"));
  EXPECT_THAT(said(), HasSubstr("came 10 s ago"));
}

TEST_F(ExplainTest, ADisabledStream) {
  ASSERT_TRUE(offer("a", "", audio(6000)));
  ASSERT_TRUE(answer("a", "b", audio(0)));
  EXPECT_THAT(said(), HasSubstr("silent: the stream is disabled"));
}

}  // namespace
}  // namespace control
