#include "control/sip/flow/stream_framer.h"

#include <gtest/gtest.h>

#include "control/sip/wire/limits.h"

namespace control::sip {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant kStart{1000s};

std::string message(const std::string& length_line, const std::string& body = "") {
  return "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n" + length_line + "\r\n" + body;
}

TEST(StreamFramer, FindsMessagesHoweverTheyAreCut) {
  const std::string one = message("Content-Length: 5\r\n", "hello");
  const std::string two = message("l : 0\r\n");
  const std::string stream = "\r\n" + one + two + "\r\n\r\n" + one;
  for (std::size_t piece :
       {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{50}, stream.size()}) {
    StreamFramer framer;
    std::vector<std::string> found;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      framer.push(std::string_view{stream}.substr(at, piece), kStart);
      while (auto next = framer.next(kStart)) found.push_back(*next);
    }
    EXPECT_EQ(found, (std::vector<std::string>{one, two, one})) << piece;
    EXPECT_EQ(framer.take_pings(), 1) << piece;
    EXPECT_FALSE(framer.waiting_since()) << piece;
    EXPECT_FALSE(framer.is_broken());
  }
}

TEST(StreamFramer, PingsAreCountedAndPongsSwallowed) {
  StreamFramer framer;
  framer.push("\r\n\r\n\r\n\r\n\r\n", kStart);
  EXPECT_FALSE(framer.next(kStart));
  EXPECT_EQ(framer.take_pings(), 2);
  EXPECT_EQ(framer.take_pings(), 0);
  EXPECT_FALSE(framer.waiting_since());
  framer.push("\r\n", kStart);
  EXPECT_FALSE(framer.next(kStart));
  EXPECT_EQ(framer.take_pings(), 1);
}

TEST(StreamFramer, KnowsSinceWhenItWaits) {
  StreamFramer framer;
  const auto octets = message("Content-Length: 5\r\n", "hello");
  framer.push(octets.substr(0, 20), kStart);
  EXPECT_FALSE(framer.next(kStart));
  framer.push(octets.substr(20, 60), kStart + 8s);
  EXPECT_FALSE(framer.next(kStart + 8s));
  // A slow sender does not gain time by sending a little more.
  EXPECT_EQ(framer.waiting_since(), kStart);
}

TEST(StreamFramer, MessageWithoutALengthIsTheLast) {
  for (const auto* line :
       {"", "Content-Length: -1\r\n", "Content-Length: 99999\r\n", "Content-Length: x\r\n"}) {
    StreamFramer framer;
    framer.push(message(line) + message("l: 0\r\n"), kStart);
    const auto found = framer.next(kStart);
    ASSERT_TRUE(found) << line;
    EXPECT_EQ(*found, message(line));
    EXPECT_TRUE(framer.is_broken());
    EXPECT_FALSE(framer.next(kStart));
  }
}

TEST(StreamFramer, EndlessHeadersBreakIt) {
  StreamFramer framer;
  for (std::size_t sent = 0; sent <= kMaxMessageOctets; sent += 1000) {
    framer.push(std::string(1000, 'x'), kStart);
    EXPECT_FALSE(framer.next(kStart));
  }
  EXPECT_TRUE(framer.is_broken());
}

}  // namespace
}  // namespace control::sip
