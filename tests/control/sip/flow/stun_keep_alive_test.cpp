#include "control/sip/flow/stun_keep_alive.h"

#include <gtest/gtest.h>

namespace control::sip {
namespace {

// The transaction id and the mapped addresses of RFC 5769 §2.2 and §2.3.
const std::string kCookieAndId("\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae", 16);

std::string binding_request(const std::string& attributes = "") {
  return std::string("\x00\x01\x00", 3) + static_cast<char>(attributes.size()) + kCookieAndId + attributes;
}

TEST(StunKeepAlive, AnswersWithTheAddressesOfRfc5769) {
  const auto v4 = answer_stun(binding_request(), *base::SocketAddress::parse("192.0.2.1:32853"));
  ASSERT_TRUE(v4);
  EXPECT_EQ(*v4, std::string("\x01\x01\x00\x0c", 4) + kCookieAndId +
                     std::string("\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43", 12));
  const auto v6 = answer_stun(binding_request(),
                              *base::SocketAddress::parse("[2001:db8:1234:5678:11:2233:4455:6677]:32853"));
  ASSERT_TRUE(v6);
  EXPECT_EQ(
      v6->substr(20),
      std::string(
          "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9",
          24));
}

TEST(StunKeepAlive, AnswersNothingElse) {
  const auto from = *base::SocketAddress::parse("192.0.2.1:1");
  EXPECT_TRUE(answer_stun(binding_request(std::string("\x80\x22\x00\x04test", 8)), from));
  auto response = binding_request();
  response[0] = 1;
  auto other_cookie = binding_request();
  other_cookie[4] = 0;
  for (const auto& datagram :
       {response, other_cookie, binding_request().substr(0, 19), binding_request() + "xxxx",
        binding_request("abc"), std::string(), std::string("OPTIONS sip:a@b SIP/2.0\r\n")}) {
    EXPECT_FALSE(answer_stun(datagram, from));
  }
}

}  // namespace
}  // namespace control::sip
