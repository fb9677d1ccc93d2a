#include "control/sip/wire/parse.h"

#include <gtest/gtest.h>

#include "control/sip/wire/limits.h"

namespace control::sip {
namespace {

std::string options(const std::string& extra = "", const std::string& body = "") {
  return "OPTIONS sip:a@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: "
         "<sip:b@example.com>;tag=1\r\n"
         "To: <sip:a@example.com>\r\nCall-ID: 1@x\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n" +
         extra + "\r\n" + body;
}

std::string_view fault_of(std::string octets, Framing framing = Framing::kDatagram) {
  const auto parsed = parse(std::move(octets), framing);
  return parsed.fault ? parsed.fault->reason : std::string_view{};
}

TEST(Parse, AcceptsAndIndexes) {
  const auto parsed = parse("\r\n\r\n" + options("Subject: x\r\nX-Own: 1\r\nl: 3\r\n", "abcdef"));
  ASSERT_FALSE(parsed.fault);
  EXPECT_EQ(parsed.message.method(), Method::kOptions);
  EXPECT_EQ(parsed.message.body(), "abc");
  EXPECT_EQ(parsed.message.header(HeaderId::kSubject), "x");
  EXPECT_EQ(parsed.message.header("x-own"), "1");
  EXPECT_EQ(parsed.message.from_tag(), "1");
  const Message copy = parsed.message;
  EXPECT_EQ(copy.call_id(), "1@x");
}

TEST(Parse, ReadsResponses) {
  const auto parsed = parse(
      "SIP/2.0 180 Ringing\r\nv: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nf: <sip:b@x.org>;tag=1\r\n"
      "t: <sip:a@x.org>;tag=2\r\ni: 1@x\r\nCSeq: 7 INVITE\r\n\r\n");
  ASSERT_FALSE(parsed.fault);
  EXPECT_FALSE(parsed.message.is_request());
  EXPECT_EQ(parsed.message.status(), 180);
  EXPECT_EQ(parsed.message.reason(), "Ringing");
  EXPECT_EQ(parsed.message.method(), Method::kInvite);
  EXPECT_EQ(parsed.message.to_tag(), "2");
}

TEST(Parse, StreamsNeedAContentLength) {
  EXPECT_EQ(fault_of(options(), Framing::kStream), "Missing Content-Length");
  EXPECT_EQ(fault_of(options("Content-Length: 0\r\n"), Framing::kStream), "");
  EXPECT_EQ(fault_of(options()), "");
}

TEST(Parse, LineEndsAreCrlfAndNothingElse) {
  EXPECT_EQ(fault_of(options("Subject: a\nX: b\r\n")), "Line Without CRLF");
  EXPECT_EQ(fault_of(options("Subject: a\rX: b\r\n")), "Control Character In Header");
  EXPECT_EQ(fault_of(options("Subject: a\\\rX: b\r\n")), "Control Character In Header");
  EXPECT_EQ(fault_of(options(std::string("Subject: a\0b\r\n", 14))), "Control Character In Header");
  EXPECT_EQ(fault_of(options("NoColon\r\n")), "Malformed Header");
  EXPECT_EQ(fault_of(options(": empty\r\n")), "Malformed Header");
}

TEST(Parse, LimitsHold) {
  std::string many;
  for (std::size_t i = 6; i < kMaxHeaders; ++i) many += "X: 1\r\n";
  EXPECT_EQ(fault_of(options(many)), "");
  EXPECT_EQ(fault_of(options(many + "X: 1\r\n")), "Too Many Headers");
  EXPECT_EQ(fault_of(options("X: " + std::string(kMaxHeaderOctets - 3, 'x') + "\r\n")), "");
  EXPECT_EQ(fault_of(options("X: " + std::string(kMaxHeaderOctets - 2, 'x') + "\r\n")), "Header Too Long");
  EXPECT_EQ(fault_of(options("", std::string(kMaxMessageOctets, 'x'))), "Message Too Large");
  std::string vias = "Via: SIP/2.0/UDP a";
  for (std::size_t i = 2; i < kMaxVias; ++i) vias += ",SIP/2.0/UDP a";
  EXPECT_EQ(fault_of(options(vias + "\r\n")), "");
  EXPECT_EQ(fault_of(options(vias + ",SIP/2.0/UDP a\r\n")), "Too Many Vias");
}

TEST(Parse, SaysWhatIsMissing) {
  for (const std::string name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
    auto octets = options();
    const auto at = octets.find("\r\n" + name + ":") + 2;
    octets.erase(at, octets.find("\r\n", at) + 2 - at);
    EXPECT_EQ(fault_of(octets), "Missing " + name);
    EXPECT_EQ(parse(octets).answerable, name != "Via");
  }
}

TEST(Parse, NoAckAndNoResponseIsAnswered) {
  EXPECT_FALSE(parse("ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\r\n").answerable);
  EXPECT_FALSE(parse("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\n\r\n").answerable);
  EXPECT_FALSE(parse("hello").answerable);
  EXPECT_FALSE(parse("").answerable);
}

TEST(Parse, ContactStarIsForRegisterAlone) {
  EXPECT_EQ(fault_of(options("Contact: *\r\n")), "Bad Contact");
}

}  // namespace
}  // namespace control::sip
