#include "control/dialog/dialog.h"

#include <gtest/gtest.h>

#include "tests/control/sip/fake_sip_port.h"

namespace control {
namespace {

using sip::FakeSipPort;
using sip::HeaderId;
using sip::Method;

std::string request_text(const std::string& method, int cseq, const std::string& headers = "",
                         const std::string& to_tag = "") {
  return method + " sip:bob@192.0.2.100 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK" + method +
         std::to_string(cseq) + "\r\nFrom: \"A\" <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>" +
         (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\nCall-ID: call\r\nCSeq: " + std::to_string(cseq) +
         ' ' + method + "\r\n" + headers + "\r\n";
}

const std::string kContact = "Contact: <sip:alice@10.0.0.1:5060>\r\n";

/// A request of ours as the peer reads it.
sip::Message as_sent(const sip::OutgoingRequest& request) {
  auto parsed = sip::parse(print(request, "SIP/2.0/UDP 192.0.2.100;branch=z9hG4bKx", {}));
  EXPECT_FALSE(parsed.fault) << parsed.fault->reason;
  return parsed.message;
}

sip::Response response_of(const std::string& status_line, const std::string& headers,
                          const std::string& to_tag = "b") {
  auto parsed =
      sip::parse("SIP/2.0 " + status_line +
                 "\r\nVia: SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK1\r\nFrom: <sip:us@192.0.2.100>;tag=u\r\n"
                 "To: <sip:bob@example.com>" +
                 (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\nCall-ID: ours\r\nCSeq: 7 INVITE\r\n" +
                 headers + "\r\n");
  EXPECT_FALSE(parsed.fault);
  return {{}, FakeSipPort::flow_of(2), std::move(parsed.message)};
}

TEST(Dialog, ServerSideAnswersTheCallerOverItsFlow) {
  FakeSipPort port;
  auto d = Dialog::of_request(port.receive(request_text("INVITE", 1, kContact)), "t");
  EXPECT_EQ(d.id(), (DialogId{"call", "t", "a"}));
  const auto bye = as_sent(d.make_request(Method::kBye));
  EXPECT_EQ(bye.uri_text(), "sip:alice@10.0.0.1:5060");
  EXPECT_EQ(bye.header(HeaderId::kFrom), "<sip:bob@example.com>;tag=t");
  EXPECT_EQ(bye.header(HeaderId::kTo), "\"A\" <sip:alice@example.com>;tag=a");
  EXPECT_EQ(bye.cseq().number, 1U);
  EXPECT_EQ(d.next_hop().flow, FakeSipPort::flow_of(1));
  EXPECT_EQ(dialog_of(as_sent(d.make_request(Method::kInfo))),
            (DialogId{"call", "a", "t"}));  // the peer's view
  d.forget_flow();
  EXPECT_EQ(d.next_hop().uri, "sip:alice@10.0.0.1:5060");
}

TEST(Dialog, FindsItselfInThePeersRequests) {
  FakeSipPort port;
  const auto d = Dialog::of_request(port.receive(request_text("INVITE", 1, kContact)), "t");
  EXPECT_EQ(dialog_of(port.receive(request_text("BYE", 2, "", "t")).message), d.id());
}

TEST(Dialog, RoutesAreKeptInTheRightOrder) {
  FakeSipPort port;
  const std::string routes = "Record-Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr;x=y>\r\n";
  auto server = Dialog::of_request(port.receive(request_text("INVITE", 1, kContact + routes)), "t");
  auto bye = as_sent(server.make_request(Method::kBye));
  EXPECT_EQ(bye.header(HeaderId::kRoute), "<sip:p2.example.com;lr>");
  EXPECT_EQ(server.next_hop().uri, "sip:p2.example.com;lr");
  auto client = Dialog::of_response(response_of("200 OK", "Contact: <sip:bob@10.0.0.2>\r\n" + routes));
  ASSERT_TRUE(client);
  bye = as_sent(client->make_request(Method::kBye));
  EXPECT_EQ(bye.header(HeaderId::kRoute), "<sip:p1.example.com;lr;x=y>");
  EXPECT_EQ(bye.uri_text(), "sip:bob@10.0.0.2");
  EXPECT_EQ(bye.cseq().number, 8U);
}

TEST(Dialog, StrictRoutersAreServed) {
  FakeSipPort port;
  auto d = Dialog::of_request(
      port.receive(request_text(
          "INVITE", 1, kContact + "Record-Route: <sip:old.example.com>, <sip:p1.example.com;lr>\r\n")),
      "t");
  const auto bye = as_sent(d.make_request(Method::kBye));
  EXPECT_EQ(bye.uri_text(), "sip:old.example.com");
  std::vector<std::string> routes;
  bye.for_each(HeaderId::kRoute, [&](std::string_view r) { routes.emplace_back(r); });
  EXPECT_EQ(routes, (std::vector<std::string>{"<sip:p1.example.com;lr>", "<sip:alice@10.0.0.1:5060>"}));
}

TEST(Dialog, ClientSideNeedsATagAndAContact) {
  EXPECT_FALSE(Dialog::of_response(response_of("180 Ringing", "", "")));
  EXPECT_FALSE(Dialog::of_response(response_of("200 OK", "")));
  auto early =
      Dialog::of_response(response_of("180 Ringing", "Record-Route: <sip:early.example.com;lr>\r\n"));
  ASSERT_TRUE(early);
  early->confirm(response_of("200 OK", "Contact: <sip:bob@10.0.0.2>\r\n"));
  EXPECT_TRUE(early->route_set().empty());
  const auto ack = as_sent(early->make_ack(7));
  EXPECT_EQ(ack.method(), Method::kAck);
  EXPECT_EQ(ack.cseq().number, 7U);
  EXPECT_EQ(ack.uri_text(), "sip:bob@10.0.0.2");
  EXPECT_EQ(early->id(), (DialogId{"ours", "u", "b"}));
}

TEST(Dialog, PrackNamesWhatItAcknowledges) {
  const auto ringing = response_of("183 Session Progress",
                                   "Contact: <sip:bob@10.0.0.2>\r\nRequire: 100rel\r\nRSeq: 988789\r\n");
  auto d = Dialog::of_response(ringing);
  ASSERT_TRUE(d);
  const auto prack = as_sent(d->make_prack(ringing.message));
  EXPECT_EQ(prack.header(HeaderId::kRAck), "988789 7 INVITE");
  EXPECT_EQ(prack.cseq().number, 8U);
}

TEST(Dialog, OldRequestsAreLate) {
  FakeSipPort port;
  auto d = Dialog::of_request(port.receive(request_text("INVITE", 5, kContact)), "t");
  EXPECT_EQ(d.take(port.receive(request_text("ACK", 5, "", "t")).message), Dialog::Order::kNew);
  EXPECT_EQ(d.take(port.receive(request_text("INFO", 9, "", "t")).message), Dialog::Order::kNew);
  EXPECT_EQ(d.take(port.receive(request_text("INFO", 9, "", "t")).message), Dialog::Order::kLate);
  EXPECT_EQ(d.take(port.receive(request_text("BYE", 6, "", "t")).message), Dialog::Order::kLate);
}

TEST(Dialog, TargetMovesWithARefresh) {
  FakeSipPort port;
  auto d = Dialog::of_request(port.receive(request_text("INVITE", 1, kContact)), "t");
  d.refresh_target(port.receive(request_text("UPDATE", 2, "Contact: <sip:alice@10.9.9.9>\r\n", "t")).message);
  EXPECT_EQ(d.remote_target(), "sip:alice@10.9.9.9");
  d.refresh_target(port.receive(request_text("UPDATE", 3, "", "t")).message);
  EXPECT_EQ(d.remote_target(), "sip:alice@10.9.9.9");
}

}  // namespace
}  // namespace control
