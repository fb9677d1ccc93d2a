#include "control/sip/wire/print.h"

#include <gtest/gtest.h>

#include "control/sip/wire/parse.h"

namespace control::sip {
namespace {

TEST(Print, RequestsReadBack) {
  OutgoingRequest request;
  request.method = "INVITE";
  request.uri = "sip:a@example.com";
  request.headers.add(HeaderId::kFrom, "<sip:b@example.com>;tag=1").add(HeaderId::kTo, "<sip:a@example.com>");
  request.headers.add(HeaderId::kCallId, "1@x")
      .add(HeaderId::kCSeq, "1 INVITE")
      .add(HeaderId::kMaxForwards, 70U);
  request.headers.add(HeaderId::kContentType, "application/sdp");
  request.body = "v=0\r\n";
  request.contact = LocalContact{.user = "b", .uri_params = ";ob", .header_params = ";expires=60"};
  const auto parsed = parse(print(request, "SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK1",
                                  LocalName{.host = "192.0.2.1:5060", .transport = "tcp"}),
                            Framing::kStream);
  ASSERT_FALSE(parsed.fault) << parsed.fault->reason;
  EXPECT_EQ(parsed.message.body(), "v=0\r\n");
  EXPECT_EQ(parsed.message.max_forwards(), 70);
  EXPECT_EQ(parsed.message.header(HeaderId::kContact), "<sip:b@192.0.2.1:5060;transport=tcp;ob>;expires=60");
}

TEST(Print, NoValueSmugglesInAHeader) {
  HeaderLines lines;
  lines.add(HeaderId::kSubject, "x\r\nRoute: <sip:evil>");
  EXPECT_EQ(lines.text(), "Subject: x  Route: <sip:evil>\r\n");
}

TEST(Print, ResponsesTakeOverWhatTheyMust) {
  const auto parsed = parse(
      "INVITE sip:a@example.com SIP/2.0\r\nv: SIP/2.0/UDP "
      "10.1.1.1:4540;rport;received=9.9.9.9;branch=z9hG4bKkjshdyff, "
      "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2\r\nVia: SIP/2.0/TCP c.example.com;branch=z9hG4bK3\r\n"
      "f: <sip:b@example.com>;tag=1\r\nt: <sip:a@example.com>\r\ni: 1@x\r\nCSeq: 1 INVITE\r\nTimestamp: "
      "54\r\n"
      "Record-Route: <sip:p.example.com;lr>\r\n\r\n");
  ASSERT_FALSE(parsed.fault);
  OutgoingResponse ringing{.status = 180, .reason = "", .to_tag = "42"};
  ringing.headers.copy(parsed.message, HeaderId::kRecordRoute);
  // RFC 3581 §4: received always goes with rport.
  EXPECT_EQ(
      print(ringing, response_head(parsed.message, "192.0.2.1", 9988), {}),
      "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP "
      "10.1.1.1:4540;rport=9988;branch=z9hG4bKkjshdyff;received=192.0.2.1, "
      "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2\r\nVia: SIP/2.0/TCP c.example.com;branch=z9hG4bK3\r\n"
      "From: <sip:b@example.com>;tag=1\r\nCall-ID: 1@x\r\nCSeq: 1 INVITE\r\nTimestamp: 54\r\n"
      "To: <sip:a@example.com>;tag=42\r\nRecord-Route: <sip:p.example.com;lr>\r\nContent-Length: 0\r\n\r\n");
}

TEST(Print, TagOfTheRequestStays) {
  const auto parsed = parse(
      "BYE sip:a@example.com SIP/2.0\r\nVia: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\r\n"
      "From: <sip:b@example.com>;tag=1\r\nTo: <sip:a@example.com>;tag=2\r\nCall-ID: 1@x\r\nCSeq: 2 "
      "BYE\r\n\r\n");
  ASSERT_FALSE(parsed.fault);
  const auto text = print(OutgoingResponse{.status = 200, .reason = "Fine", .to_tag = "9"},
                          response_head(parsed.message, "", 0), {});
  EXPECT_NE(text.find("SIP/2.0 200 Fine\r\nVia: SIP/2.0/UDP a.example.com;branch=z9hG4bK1\r\n"),
            std::string::npos);
  EXPECT_NE(text.find("To: <sip:a@example.com>;tag=2\r\n"), std::string::npos);
}

}  // namespace
}  // namespace control::sip
