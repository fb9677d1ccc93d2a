#include "control/dialog/session_timer.h"

#include <gtest/gtest.h>

#include "control/sip/wire/parse.h"

namespace control {
namespace {

using namespace std::chrono_literals;
using Act = SessionTimer::Act;

constexpr base::Instant kStart{1000s};

sip::Message invite(const std::string& headers) {
  auto parsed = sip::parse(
      "INVITE sip:a@b.org SIP/2.0\r\nVia: SIP/2.0/UDP a.org;branch=z9hG4bK1\r\nFrom: <sip:b@b.org>;tag=1\r\n"
      "To: <sip:a@b.org>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" +
      headers + "\r\n");
  EXPECT_FALSE(parsed.fault);
  return parsed.message;
}

sip::Message ok(const std::string& headers) {
  auto parsed = sip::parse(
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.org;branch=z9hG4bK1\r\nFrom: <sip:b@b.org>;tag=1\r\n"
      "To: <sip:a@b.org>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" +
      headers + "\r\n");
  EXPECT_FALSE(parsed.fault);
  return parsed.message;
}

TEST(SessionTimer, PeerThatCanRefreshesItself) {
  SessionTimer timer;
  const auto answer = timer.answer(invite("Supported: timer\r\nSession-Expires: 600\r\n"), {}, kStart);
  EXPECT_EQ(answer.headers.text(), "Session-Expires: 600;refresher=uac\r\nRequire: timer\r\n");
  EXPECT_EQ(timer.on_time(kStart + 567s), Act::kNothing);
  EXPECT_EQ(timer.deadline(), kStart + 568s);
  EXPECT_EQ(timer.on_time(kStart + 568s), Act::kEnd);
}

TEST(SessionTimer, PeerThatCannotLeavesItToUs) {
  SessionTimer timer;
  const auto answer = timer.answer(invite(""), {.interval = 300, .min_interval = 90}, kStart);
  EXPECT_EQ(answer.headers.text(), "Session-Expires: 300;refresher=uas\r\n");
  EXPECT_EQ(timer.deadline(), kStart + 150s);
  EXPECT_EQ(timer.on_time(kStart + 150s), Act::kRefresh);
  EXPECT_EQ(timer.on_time(kStart + 151s), Act::kNothing);
  EXPECT_EQ(timer.on_time(kStart + 268s), Act::kEnd);
}

TEST(SessionTimer, TooShortIs422) {
  SessionTimer timer;
  const auto answer = timer.answer(invite("Supported: timer\r\nx: 60\r\n"), {}, kStart);
  EXPECT_TRUE(answer.too_small);
  EXPECT_EQ(answer.headers.text(), "Min-SE: 90\r\n");
  EXPECT_FALSE(timer.is_running());
}

TEST(SessionTimer, LongWishesAreCutButNotBelowTheirMinimum) {
  SessionTimer timer;
  (void)timer.answer(invite("Supported: timer\r\nSession-Expires: 7200\r\n"), {}, kStart);
  EXPECT_EQ(timer.seconds(), 1800U);
  (void)timer.answer(invite("Supported: timer\r\nSession-Expires: 7200\r\nMin-SE: 3600\r\n"), {}, kStart);
  EXPECT_EQ(timer.seconds(), 3600U);
}

TEST(SessionTimer, WhoIsNamedRefreshes) {
  SessionTimer timer;
  (void)timer.answer(invite("Supported: timer\r\nSession-Expires: 600;refresher=uas\r\n"), {}, kStart);
  EXPECT_TRUE(timer.we_refresh());
  timer.agreed(ok("Session-Expires: 600;refresher=uas\r\n"), kStart);
  EXPECT_FALSE(timer.we_refresh());
  timer.agreed(ok("Session-Expires: 600;refresher=uac\r\n"), kStart);
  EXPECT_TRUE(timer.we_refresh());
  timer.agreed(ok(""), kStart);
  EXPECT_FALSE(timer.is_running());
}

TEST(SessionTimer, ServesAPeerThoughWeAskForNone) {
  SessionTimer timer;
  const SessionTimerPolicy none{.interval = 0, .min_interval = 90};
  EXPECT_EQ(SessionTimer::offer(none).text(), "Min-SE: 90\r\n");
  EXPECT_TRUE(timer.answer(invite(""), none, kStart).headers.empty());
  EXPECT_FALSE(timer.is_running());
  (void)timer.answer(invite("Supported: timer\r\nSession-Expires: 600\r\n"), none, kStart);
  EXPECT_EQ(timer.seconds(), 600U);
}

}  // namespace
}  // namespace control
