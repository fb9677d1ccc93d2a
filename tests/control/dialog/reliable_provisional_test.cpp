#include "control/dialog/reliable_provisional.h"

#include <gmock/gmock.h>

#include "control/sip/wire/parse.h"

namespace control {
namespace {

using namespace std::chrono_literals;
using Act = Retransmission::Act;

constexpr base::Instant kStart{1000s};

sip::OutgoingResponse ringing() {
  sip::OutgoingResponse response;
  response.status = 180;
  return response;
}

sip::Message provisional(const std::string& status, const std::string& headers) {
  auto parsed = sip::parse("SIP/2.0 " + status +
                           " x\r\nVia: SIP/2.0/UDP a.org;branch=z9hG4bK1\r\nFrom: <sip:b@b.org>;tag=1\r\n"
                           "To: <sip:a@b.org>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" +
                           headers + "\r\n");
  EXPECT_FALSE(parsed.fault);
  return parsed.message;
}

TEST(ReliableProvisionals, OneAtATime) {
  ReliableProvisionals list(7);
  EXPECT_TRUE(list.push(ringing(), kStart));
  EXPECT_FALSE(list.push(ringing(), kStart));
  EXPECT_EQ(list.current()->headers.text(), "Require: 100rel\r\nRSeq: 7\r\n");
  EXPECT_FALSE(list.acknowledge({8, {1, "INVITE"}}, 1, kStart));  // not sent yet
  EXPECT_FALSE(list.acknowledge({7, {2, "INVITE"}}, 1, kStart));
  EXPECT_FALSE(list.acknowledge({7, {1, "UPDATE"}}, 1, kStart));
  EXPECT_TRUE(list.acknowledge({7, {1, "INVITE"}}, 1, kStart));
  EXPECT_FALSE(list.acknowledge({7, {1, "INVITE"}}, 1, kStart));
  EXPECT_EQ(list.current()->headers.text(), "Require: 100rel\r\nRSeq: 8\r\n");
  EXPECT_TRUE(list.acknowledge({8, {1, "INVITE"}}, 1, kStart));
  EXPECT_TRUE(list.is_idle());
  EXPECT_EQ(list.deadline(), std::nullopt);
}

// RFC 3262 §3: the interval doubles from T1, without the limit of T2, for 64 T1.
TEST(ReliableProvisionals, RepeatsUntilItGivesUp) {
  ReliableProvisionals list(1);
  list.push(ringing(), kStart);
  std::vector<base::Duration> sent;
  auto act = Act::kNothing;
  while (act != Act::kGiveUp) {
    const auto at = *list.deadline();
    act = list.on_time(at);
    if (act == Act::kSend) sent.push_back(at - kStart);
  }
  EXPECT_THAT(sent, testing::ElementsAre(500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms));
  list.clear();
  EXPECT_EQ(list.on_time(kStart + 60s), Act::kNothing);
}

TEST(ReliableProvisionals, IsOneOnlyWithBothFields) {
  EXPECT_EQ(reliable_number(provisional("183", "Require: 100rel\r\nRSeq: 5\r\n")), 5U);
  EXPECT_EQ(reliable_number(provisional("183", "RSeq: 5\r\n")), std::nullopt);
  EXPECT_EQ(reliable_number(provisional("183", "Require: 100rel\r\n")), std::nullopt);
  EXPECT_EQ(reliable_number(provisional("183", "Require: 100rel\r\nRSeq: 0\r\n")), std::nullopt);
  EXPECT_EQ(reliable_number(provisional("100", "Require: 100rel\r\nRSeq: 5\r\n")), std::nullopt);
  EXPECT_EQ(reliable_number(provisional("200", "Require: 100rel\r\nRSeq: 5\r\n")), std::nullopt);
}

// RFC 3262 §4.
TEST(ProvisionalOrder, TakesEachOnceAndInOrder) {
  ProvisionalOrder order;
  EXPECT_TRUE(order.take(41));
  EXPECT_FALSE(order.take(41));
  EXPECT_FALSE(order.take(43));
  EXPECT_TRUE(order.take(42));
  EXPECT_FALSE(order.take(41));
}

}  // namespace
}  // namespace control
