#include "control/sip/wire/sdp_body.h"

#include <gtest/gtest.h>

#include "control/sip/wire/parse.h"

namespace control::sip {
namespace {

Message message(const std::string& fields, const std::string& body) {
  auto parsed = parse(
      "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: "
      "<sip:a@b>;tag=1"
      "\r\nTo: <sip:b@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" +
      fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_FALSE(parsed.fault);
  return std::move(parsed.message);
}

// The shape of RFC 3372 §2 and of an SIP-I gateway: ISUP beside the description.
const std::string kMixed =
    "preamble\r\n--unique\r\nContent-Type: application/isup; version=itu-t92+\r\nContent-Disposition: "
    "signal; "
    "handling=optional\r\n\r\n\x01\x11\x02\x0a\r\n--unique\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns=-"
    "\r\n\r\n--unique--\r\nepilogue";
const std::string kMixedType =
    "Content-Type: multipart/mixed; boundary=unique\r\nMIME-Version: 1.0\r\nContent-Disposition: render\r\n";

TEST(SdpBody, FindsWhatThereIs) {
  EXPECT_EQ(sdp_of(message("Content-Type: application/SDP\r\n", "v=0\r\n")), "v=0\r\n");
  EXPECT_EQ(sdp_of(message("Content-Type: text/plain\r\n", "v=0\r\n")), "");
  EXPECT_EQ(sdp_of(message("", "")), "");
  EXPECT_EQ(sdp_of(message(kMixedType, kMixed)), "v=0\r\ns=-\r\n");
  EXPECT_EQ(sdp_of(message("c: multipart/mixed;boundary=\"unique\"\r\n", kMixed)), "v=0\r\ns=-\r\n");
}

TEST(SdpBody, BrokenPartsHaveNone) {
  for (const auto* type : {"multipart/mixed", "multipart/mixed;boundary=other",
                           "multipart/mixed;boundary=\"\"", "multipart/mixed;boundary=unique2"}) {
    EXPECT_EQ(sdp_of(message(std::string("Content-Type: ") + type + "\r\n", kMixed)), "") << type;
  }
  // Never ended, no blank line, a boundary inside a line.
  for (const auto* body :
       {"--unique\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n",
        "--unique\r\nContent-Type: application/sdp\r\n--unique--",
        "x--unique\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--unique--", "--unique--", ""}) {
    EXPECT_EQ(sdp_of(message(kMixedType, body)), "") << body;
  }
}

TEST(SdpBody, ReplacesTheDescriptionAndNothingElse) {
  const auto body = body_with_sdp(message(kMixedType, kMixed), "v=0\r\nnew\r\n");
  auto expected = kMixed;
  expected.replace(expected.find("v=0\r\ns=-\r\n"), 10, "v=0\r\nnew\r\n");
  EXPECT_EQ(body.text, expected);
  EXPECT_EQ(body.headers.text(),
            "Content-Type: multipart/mixed; boundary=unique\r\nContent-Disposition: render\r\nMIME-Version: "
            "1.0\r\n");
}

TEST(SdpBody, ALengthOfThePartGoes) {
  const auto body = body_with_sdp(
      message(kMixedType,
              "--unique\nContent-Length: 5\nContent-Type: application/sdp\n\nv=0\n\n--unique--\n"),
      "new");
  EXPECT_EQ(body.text, "--unique\nContent-Type: application/sdp\n\r\nnew\n--unique--\n");
}

TEST(SdpBody, StandsAloneWhereItDid) {
  const auto body = body_with_sdp(message("Content-Type: application/sdp\r\n", "v=0\r\n"), "new");
  EXPECT_EQ(body.text, "new");
  EXPECT_EQ(body.headers.text(), "Content-Type: application/sdp\r\n");
}

TEST(SdpBody, CopiesAWholeBody) {
  const auto body =
      body_of(message("Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=160\r\n"));
  EXPECT_EQ(body.text, "Signal=5\r\nDuration=160\r\n");
  EXPECT_EQ(body.headers.text(), "Content-Type: application/dtmf-relay\r\n");
  EXPECT_TRUE(body_of(message("", "")).headers.empty());
}

}  // namespace
}  // namespace control::sip
