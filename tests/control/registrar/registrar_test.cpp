#include "control/registrar/registrar.h"

#include <gtest/gtest.h>

#include "control/sip/wire/parse.h"
#include "tests/control/auth/gate_fixture.h"

namespace control {
namespace {

using namespace std::chrono_literals;

class RegistrarTest : public testing::Test {
 protected:
  sip::OutgoingResponse send(const std::string& headers, const std::string& user = "alice",
                             std::uint8_t host = 1, sip::Transport transport = sip::Transport::kUdp,
                             const std::string& to = "sip:alice@example.com") {
    const auto request = port_.receive(
        "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: "
        "<sip:alice@example.com>;tag=1\r\nTo: <" +
            to + ">\r\nCall-ID: call\r\nCSeq: " + std::to_string(++cseq_) + " REGISTER\r\n" + headers +
            "\r\n",
        host, transport);
    return registrar_.handle(request, user_origin(user), now_,
                             base::WallTime{std::chrono::seconds{1'700'000'000}});
  }
  std::vector<std::string> contacts(const std::string& user = "alice") {
    std::vector<std::string> list;
    for (const auto& b : registrar_.bindings_of(user, now_)) list.push_back(b.contact);
    return list;
  }

  base::Instant now_{1000s};
  TestAccounts accounts_{"alice", "bob"};
  sip::FakeSipPort port_;
  Registrar registrar_{accounts_};
  std::uint32_t cseq_{0};
};

using Contacts = std::vector<std::string>;

TEST_F(RegistrarTest, BindsRefreshesAndForgets) {
  const auto answer = send("Contact: <sip:alice@10.0.0.1:5060>\r\nExpires: 600\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.headers.text().find("Contact: <sip:alice@10.0.0.1:5060>;expires=600\r\n"),
            std::string_view::npos);
  EXPECT_NE(answer.headers.text().find("Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"), std::string_view::npos);
  now_ += 500s;
  send("Contact: <sip:alice@10.0.0.1:5060>;expires=600\r\n");
  now_ += 500s;
  EXPECT_EQ(contacts(), Contacts{"sip:alice@10.0.0.1:5060"});
  now_ += 100s;
  EXPECT_EQ(contacts(), Contacts{});
  registrar_.expire(now_);
  EXPECT_EQ(registrar_.size(), 0U);
  EXPECT_EQ(registrar_.counters().expired, 1U);
}

TEST_F(RegistrarTest, KeepsSeveralPhonesByPreference) {
  send("Contact: <sip:a@10.0.0.1>;q=0.2\r\n");
  send("Contact: <sip:a@10.0.0.2>;q=0.75, <sip:a@10.0.0.3>\r\n");
  EXPECT_EQ(contacts(), (Contacts{"sip:a@10.0.0.3", "sip:a@10.0.0.2", "sip:a@10.0.0.1"}));
  const auto listing = send("");
  EXPECT_EQ(listing.status, 200);
  EXPECT_EQ(contacts().size(), 3U);
  send("Contact: <sip:a@10.0.0.2>;expires=0\r\n");
  EXPECT_EQ(contacts(), (Contacts{"sip:a@10.0.0.3", "sip:a@10.0.0.1"}));
  EXPECT_EQ(send("Contact: *\r\nExpires: 0\r\n").status, 200);
  EXPECT_EQ(contacts(), Contacts{});
}

TEST_F(RegistrarTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(send("Contact: *\r\n").status, 400);
  EXPECT_EQ(send("Contact: *\r\nContact: <sip:a@10.0.0.1>\r\nExpires: 0\r\n").status, 400);
  EXPECT_EQ(send("Contact: <mailto:a@10.0.0.1>\r\n").status, 400);
  EXPECT_EQ(send("Contact: <sip:a@10.0.0.1>\r\n", "alice", 1, sip::Transport::kUdp, "isbn:2983792873").status,
            400);
  const auto brief = send("Contact: <sip:a@10.0.0.1>;expires=10\r\n");
  EXPECT_EQ(brief.status, 423);
  EXPECT_NE(brief.headers.text().find("Min-Expires: 60\r\n"), std::string_view::npos);
  EXPECT_EQ(registrar_.size(), 0U);
}

TEST_F(RegistrarTest, OnlyOnesOwnAddress) {
  EXPECT_EQ(send("Contact: <sip:a@10.0.0.1>\r\n", "bob").status, 403);
  EXPECT_EQ(
      send("Contact: <sip:a@10.0.0.1>\r\n", "bob", 1, sip::Transport::kUdp, "sip:nobody@example.com").status,
      403);
  const auto request = port_.receive(
      "REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: "
      "<sip:a@b>;tag=1\r\n"
      "To: <sip:alice@example.com>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nContact: <sip:x@y.org>\r\n\r\n");
  EXPECT_EQ(registrar_.handle(request, trunk_origin("alice"), now_, {}).status, 403);
}

TEST_F(RegistrarTest, OldSequenceNumbersChangeNothing) {
  cseq_ = 10;
  send("Contact: <sip:a@10.0.0.1>\r\n");
  cseq_ = 5;
  EXPECT_EQ(send("Contact: <sip:a@10.0.0.2>, <sip:a@10.0.0.1>;expires=0\r\n").status, 500);
  EXPECT_EQ(contacts(), Contacts{"sip:a@10.0.0.1"});
}

TEST_F(RegistrarTest, HasALimitOfBindings) {
  for (int i = 1; i <= 10; ++i)
    EXPECT_EQ(send("Contact: <sip:a@10.0.0." + std::to_string(i) + ">\r\n").status, 200);
  EXPECT_EQ(send("Contact: <sip:a@10.0.0.11>\r\n").status, 403);
  EXPECT_EQ(send("Contact: <sip:a@10.0.0.10>\r\n").status, 200);
}

TEST_F(RegistrarTest, OutboundKeepsOneFlowOfAPhoneAndUsesTheNewest) {
  const std::string head =
      "Supported: path, outbound\r\nContact: "
      "<sip:a@10.0.0.1;transport=tcp;ob>;+sip.instance=\"<urn:uuid:1>\";reg-id=";
  const auto answer = send(head + "1\r\n", "alice", 1, sip::Transport::kTcp);
  EXPECT_NE(answer.headers.text().find("Require: outbound\r\nFlow-Timer: 120\r\n"), std::string_view::npos);
  EXPECT_NE(answer.headers.text().find(";+sip.instance=\"<urn:uuid:1>\";reg-id=1"), std::string_view::npos);
  send(head + "2\r\n", "alice", 2, sip::Transport::kTcp);
  EXPECT_EQ(registrar_.size(), 2U);
  auto bindings = registrar_.bindings_of("alice", now_);
  ASSERT_EQ(bindings.size(), 1U);
  const auto second_flow = sip::FakeSipPort::flow_of(2, sip::Transport::kTcp);
  EXPECT_EQ(target_of(bindings[0])->flow, second_flow);
  // When that connection is lost the phone's other flow carries calls.
  registrar_.flow_down(second_flow);
  bindings = registrar_.bindings_of("alice", now_);
  ASSERT_EQ(bindings.size(), 1U);
  EXPECT_EQ(bindings[0].flow, sip::FakeSipPort::flow_of(1, sip::Transport::kTcp));
  registrar_.flow_down(bindings[0].flow);
  EXPECT_TRUE(registrar_.bindings_of("alice", now_).empty());
  // The same reg-id over a new connection replaces the old binding.
  send(head + "1\r\n", "alice", 3, sip::Transport::kTcp);
  EXPECT_EQ(registrar_.size(), 2U);
  EXPECT_EQ(registrar_.bindings_of("alice", now_).size(), 1U);
}

TEST_F(RegistrarTest, PathIsKeptShownAndFollowed) {
  EXPECT_EQ(send("Path: <sip:edge.example.com;lr>\r\nContact: <sip:a@10.0.0.1>\r\n").status, 421);
  const auto answer = send(
      "Supported: path\r\nPath: <sip:edge.example.com;lr>\r\nPath: <sip:inner.example.com;lr>\r\nContact: "
      "<sip:a@10.0.0.1>\r\n");
  EXPECT_NE(
      answer.headers.text().find("Path: <sip:edge.example.com;lr>\r\nPath: <sip:inner.example.com;lr>\r\n"),
      std::string_view::npos);
  const auto binding = registrar_.bindings_of("alice", now_).at(0);
  EXPECT_EQ(binding.path, "<sip:edge.example.com;lr>, <sip:inner.example.com;lr>");
  EXPECT_EQ(target_of(binding)->uri, "sip:edge.example.com;lr");
}

TEST_F(RegistrarTest, TellsTheStoreWhatChanged) {
  send("Contact: <sip:a@10.0.0.1>\r\n");
  auto changes = registrar_.take_changes();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].bindings.size(), 1U);
  EXPECT_TRUE(registrar_.take_changes().empty());
  send("Contact: *\r\nExpires: 0\r\n");
  changes = registrar_.take_changes();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_TRUE(changes[0].bindings.empty());
}

}  // namespace
}  // namespace control
