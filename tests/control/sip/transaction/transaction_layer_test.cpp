#include "control/sip/transaction/transaction_layer.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <random>

namespace control::sip {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant kStart{1000s};

FlowId flow_to(std::uint8_t host, Transport transport = Transport::kUdp) {
  return {
      transport, 0, transport == Transport::kUdp ? 0U : 1U, {base::IpAddress::v4(192, 0, 2, host), {5060}}};
}

OutgoingRequest request_of(const std::string& method, const std::string& call = "1@x") {
  OutgoingRequest request;
  request.method = method;
  request.uri = "sip:bob@192.0.2.2";
  request.headers.add(HeaderId::kFrom, "<sip:alice@192.0.2.1>;tag=a")
      .add(HeaderId::kTo, "<sip:bob@192.0.2.2>");
  request.headers.add(HeaderId::kCallId, call)
      .add(HeaderId::kCSeq, "1 " + method)
      .add(HeaderId::kMaxForwards, 70U);
  request.headers.add(HeaderId::kRoute, "<sip:192.0.2.2;lr>");
  return request;
}

OutgoingResponse response_of(std::uint16_t status) {
  return {.status = status, .reason = "", .to_tag = "b"};
}

/// Two layers and the datagrams between them, over virtual time.
class Pair {
 public:
  explicit Pair(Transport transport = Transport::kUdp)
      : to_server_(flow_to(2, transport)), to_client_(flow_to(1, transport)) {}

  TxnId request(const std::string& method) {
    Outbox out;
    const TxnId id = client.request(request_of(method), to_server_, {"192.0.2.1:5060", {}}, now, out);
    take(out, true);
    return id;
  }
  void respond(TxnId id, std::uint16_t status) {
    Outbox out;
    server.respond(id, response_of(status), now, out);
    take(out, false);
  }
  void cancel(TxnId id) {
    Outbox out;
    client.cancel(id, "SIP;cause=487", now, out);
    take(out, true);
  }
  /// Delivers all that is under way, `loses` permitting.
  void deliver() {
    while (!wire_.empty()) {
      auto [from_client, octets] = std::move(wire_.front());
      wire_.pop_front();
      if (loses && loses(octets)) continue;
      Outbox out;
      auto& receiver = from_client ? server : client;
      receiver.receive(from_client ? to_client_ : to_server_,
                       {from_client ? "192.0.2.2:5060" : "192.0.2.1:5060", {}}, {}, parse(octets), overloaded,
                       now, out);
      take(out, !from_client);
    }
  }
  /// Lets time pass with everything delivered on the way.
  void run_for(base::Duration time) {
    const auto end = now + time;
    while (true) {
      deliver();
      auto next = client.next_deadline();
      const auto other = server.next_deadline();
      if (other && (!next || *other < *next)) next = other;
      if (!next || *next > end) break;
      now = *next;
      Outbox from_client, from_server;
      client.on_time(now, from_client);
      server.on_time(now, from_server);
      take(from_client, true);
      take(from_server, false);
    }
    now = end;
  }
  void take(Outbox& out, bool from_client) {
    for (auto& send : out.sends) {
      ++sent;
      last_sent = send.octets;
      wire_.emplace_back(from_client, std::move(send.octets));
    }
    auto& events = from_client ? client_events : server_events;
    for (auto& event : out.events) events.push_back(std::move(event));
  }

  template <typename E>
  E* last(std::deque<Event>& events) {
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      if (auto* e = std::get_if<E>(&*it)) return e;
    }
    return nullptr;
  }
  template <typename E>
  int count(const std::deque<Event>& events) {
    int n = 0;
    for (const auto& e : events) n += std::holds_alternative<E>(e) ? 1 : 0;
    return n;
  }
  int status() { return last<Response>(client_events) ? last<Response>(client_events)->message.status() : 0; }

  base::Instant now{kStart};
  TransactionLayer client{kStart, Tokens{}};
  TransactionLayer server{kStart, Tokens{}};
  std::deque<Event> client_events;
  std::deque<Event> server_events;
  std::function<bool(const std::string&)> loses;
  bool overloaded{false};
  int sent{0};
  std::string last_sent;

 private:
  FlowId to_server_;
  FlowId to_client_;
  std::deque<std::pair<bool, std::string>> wire_;
};

TEST(TransactionLayer, CallIsAnsweredAndForgotten) {
  Pair p;
  p.request("INVITE");
  p.deliver();
  const auto id = p.last<Request>(p.server_events)->txn;
  p.respond(id, 180);
  p.deliver();
  EXPECT_EQ(p.status(), 180);
  p.respond(id, 200);
  p.deliver();
  EXPECT_EQ(p.status(), 200);
  EXPECT_EQ(p.sent, 3);
  p.run_for(40s);
  EXPECT_EQ(p.client.size() + p.server.size(), 0U);
  EXPECT_EQ(p.sent, 3);
}

TEST(TransactionLayer, TryingComesByItself) {
  Pair p;
  p.request("INVITE");
  p.run_for(300ms);
  EXPECT_EQ(p.status(), 100);
  EXPECT_EQ(p.client.counters().retransmissions_out, 0U);
}

TEST(TransactionLayer, RefusalIsAcknowledgedBelowTheSeam) {
  Pair p;
  p.request("INVITE");
  p.deliver();
  p.respond(p.last<Request>(p.server_events)->txn, 486);
  p.deliver();
  EXPECT_EQ(p.status(), 486);
  const auto ack = parse(p.last_sent);
  ASSERT_FALSE(ack.fault);
  EXPECT_EQ(ack.message.method(), Method::kAck);
  EXPECT_EQ(ack.message.to_tag(), "b");
  EXPECT_EQ(ack.message.header(HeaderId::kRoute), "<sip:192.0.2.2;lr>");
  EXPECT_EQ(p.count<Ack>(p.server_events), 0);
  p.run_for(40s);
  EXPECT_EQ(p.server.counters().retransmissions_out, 0U);
  EXPECT_EQ(p.client.size() + p.server.size(), 0U);
}

TEST(TransactionLayer, LostMessagesAreRepeatedAndSeenOnce) {
  Pair p;
  int drops = 2;
  p.loses = [&](const std::string&) { return drops-- > 0; };
  p.request("INVITE");
  p.run_for(2s);
  ASSERT_EQ(p.count<Request>(p.server_events), 1);
  EXPECT_EQ(p.client.counters().retransmissions_out, 2U);
  drops = 1;
  p.respond(p.last<Request>(p.server_events)->txn, 404);
  p.run_for(2s);
  EXPECT_EQ(p.status(), 404);
  EXPECT_GE(p.server.counters().retransmissions_out, 1U);
}

TEST(TransactionLayer, NobodyThereIsATimeout) {
  Pair p;
  p.loses = [](const std::string&) { return true; };
  const auto invite = p.request("INVITE");
  const auto options = p.request("OPTIONS");
  p.run_for(33s);
  ASSERT_EQ(p.count<TxnFailed>(p.client_events), 2);
  for (const auto& event : p.client_events) {
    const auto& failed = std::get<TxnFailed>(event);
    EXPECT_EQ(failed.cause, TxnFailed::Cause::kTimeout);
    EXPECT_TRUE(failed.txn == invite || failed.txn == options);
  }
  EXPECT_EQ(p.client.size(), 0U);
}

TEST(TransactionLayer, UnacknowledgedRefusalIsTold) {
  Pair p;
  p.request("INVITE");
  p.deliver();
  p.loses = [](const std::string& octets) { return octets.starts_with("ACK"); };
  p.respond(p.last<Request>(p.server_events)->txn, 404);
  p.run_for(33s);
  ASSERT_EQ(p.count<TxnFailed>(p.server_events), 1);
  EXPECT_EQ(p.last<TxnFailed>(p.server_events)->cause, TxnFailed::Cause::kUnacknowledged);
}

TEST(TransactionLayer, CancelWaitsForAProvisionalResponse) {
  Pair p;
  const auto id = p.request("INVITE");
  p.cancel(id);
  EXPECT_EQ(p.sent, 1);
  p.deliver();
  const auto server_id = p.last<Request>(p.server_events)->txn;
  p.respond(server_id, 180);
  p.deliver();
  const auto* cancel = p.last<Cancel>(p.server_events);
  ASSERT_TRUE(cancel);
  EXPECT_EQ(cancel->txn, server_id);
  EXPECT_EQ(cancel->message.header(HeaderId::kReason), "SIP;cause=487");
  p.respond(server_id, 487);
  p.deliver();
  EXPECT_EQ(p.status(), 487);
  p.run_for(40s);
  EXPECT_EQ(p.count<Cancel>(p.server_events), 1);
  EXPECT_EQ(p.client.size() + p.server.size(), 0U);
}

TEST(TransactionLayer, CancelThatCrosses200ChangesNothing) {
  Pair p;
  const auto id = p.request("INVITE");
  p.deliver();
  const auto server_id = p.last<Request>(p.server_events)->txn;
  p.respond(server_id, 180);
  p.deliver();
  p.cancel(id);               // under way
  p.respond(server_id, 200);  // and so is this
  p.deliver();
  EXPECT_EQ(p.count<Cancel>(p.server_events), 0);
  EXPECT_EQ(p.status(), 200);
  p.run_for(40s);
  EXPECT_EQ(p.count<TxnFailed>(p.client_events), 0);
  EXPECT_EQ(p.client.size() + p.server.size(), 0U);
}

TEST(TransactionLayer, CancelIgnoredByAPeerEndsTheCall) {
  Pair p;
  const auto id = p.request("INVITE");
  p.deliver();
  p.respond(p.last<Request>(p.server_events)->txn, 180);
  p.deliver();
  p.cancel(id);
  p.run_for(33s);
  EXPECT_EQ(p.last<TxnFailed>(p.client_events)->txn, id);
}

TEST(TransactionLayer, StrangersCannotCancel) {
  Pair p;
  p.request("INVITE");
  p.deliver();
  auto cancel = p.last<Request>(p.server_events)->message.text();
  std::string octets(cancel);
  octets.replace(0, 6, "CANCEL");
  octets.replace(octets.find("1 INVITE"), 8, "1 CANCEL");
  Outbox out;
  p.server.receive(flow_to(66), {}, {}, parse(octets), false, p.now, out);
  EXPECT_TRUE(out.events.empty());
  ASSERT_EQ(out.sends.size(), 1U);
  EXPECT_TRUE(out.sends[0].octets.starts_with("SIP/2.0 481 "));
}

TEST(TransactionLayer, Every2xxComesUpAndMayBeSentAgain) {
  Pair p;
  p.request("INVITE");
  p.deliver();
  const auto id = p.last<Request>(p.server_events)->txn;
  p.respond(id, 200);
  p.respond(id, 200);
  p.deliver();
  EXPECT_EQ(p.count<Response>(p.client_events), 2);
  Outbox out;
  p.client.send_ack(request_of("ACK"), flow_to(2), {"192.0.2.1:5060", {}}, out);
  p.take(out, true);
  p.deliver();
  EXPECT_EQ(p.count<Ack>(p.server_events), 1);
}

TEST(TransactionLayer, ForgedAndDoubleViaResponsesAreStray) {
  Pair p;
  p.request("INVITE");
  p.deliver();
  p.respond(p.last<Request>(p.server_events)->txn, 180);
  std::string forged = p.last_sent;
  forged.replace(forged.find("z9hG4bK") + 7, 4, "0000");
  std::string twice = p.last_sent;
  twice.insert(twice.find("From:"), "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1\r\n");
  Outbox out;
  for (const auto& octets : {forged, twice})
    p.client.receive(flow_to(2), {}, {}, parse(octets), false, p.now, out);
  EXPECT_TRUE(out.events.empty());
  EXPECT_EQ(p.client.counters().stray_responses, 2U);
}

TEST(TransactionLayer, MalformedRequestsAreAnsweredWithoutATransaction) {
  Pair p;
  Outbox out;
  p.server.receive(flow_to(1), {}, {},
                   parse("INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP "
                         "10.0.0.1:5070;branch=z9hG4bKx;rport\r\nCSeq: 1 INVITE\r\n\r\n"),
                   false, p.now, out);
  p.server.receive(flow_to(1), {}, {}, parse("rubbish"), false, p.now, out);
  ASSERT_EQ(out.sends.size(), 1U);
  EXPECT_TRUE(out.sends[0].octets.starts_with("SIP/2.0 400 Missing From\r\n"));
  EXPECT_NE(out.sends[0].octets.find("rport=5060"), std::string::npos);
  EXPECT_NE(out.sends[0].octets.find("received=192.0.2.1"), std::string::npos);
  EXPECT_EQ(p.server.size(), 0U);
  EXPECT_EQ(p.server.counters().dropped, 1U);
}

TEST(TransactionLayer, ResponsesGoWhereRfc3581And3261Say) {
  const auto reply_port = [](const std::string& via) {
    TransactionLayer layer(kStart, Tokens{});
    Outbox out;
    FlowId flow = flow_to(1);
    flow.remote.port.number = 40000;
    layer.receive(
        flow, {}, {},
        parse(
            "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP " + via +
            "\r\nFrom: <sip:b@x.org>;tag=1\r\nTo: <sip:a@x.org>\r\nCall-ID: 1@x\r\nCSeq: 1 OPTIONS\r\n\r\n"),
        false, kStart, out);
    layer.respond(std::get<Request>(out.events.at(0)).txn, response_of(200), kStart, out);
    return out.sends.at(0).flow.remote.port.number;
  };
  EXPECT_EQ(reply_port("10.0.0.1:5070;branch=z9hG4bK1;rport"), 40000);
  EXPECT_EQ(reply_port("10.0.0.1:5070;branch=z9hG4bK1"), 5070);
  EXPECT_EQ(reply_port("10.0.0.1;branch=z9hG4bK1"), 5060);
}

TEST(TransactionLayer, Rfc2543RequestsMatchWithoutABranch) {
  TransactionLayer layer(kStart, Tokens{});
  const std::string invite =
      "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\nFrom: <sip:b@x.org>;tag=1\r\nTo: "
      "<sip:a@x.org>\r\nCall-ID: 1@x\r\n"
      "CSeq: 1 INVITE\r\n\r\n";
  Outbox out;
  layer.receive(flow_to(1), {}, {}, parse(invite), false, kStart, out);
  layer.receive(flow_to(1), {}, {}, parse(invite), false, kStart, out);
  EXPECT_EQ(out.events.size(), 1U);
  layer.respond(std::get<Request>(out.events[0]).txn, response_of(404), kStart, out);
  std::string ack = invite;
  ack.replace(0, 6, "ACK");
  ack.replace(ack.find("1 INVITE"), 8, "1 ACK");
  ack.replace(ack.find("To: <sip:a@x.org>"), 17, "To: <sip:a@x.org>;tag=b");
  layer.receive(flow_to(1), {}, {}, parse(ack), false, kStart, out);
  EXPECT_EQ(out.events.size(), 1U);
  layer.on_time(kStart + 6s, out);
  EXPECT_EQ(layer.size(), 0U);
}

TEST(TransactionLayer, OverloadShedsWhatIsNewAndKeepsWhatExists) {
  Pair p;
  p.request("INVITE");
  p.deliver();
  p.overloaded = true;
  p.request("OPTIONS");
  p.deliver();
  EXPECT_EQ(p.status(), 503);
  EXPECT_EQ(p.last<Response>(p.client_events)->message.header(HeaderId::kRetryAfter), "5");
  EXPECT_EQ(p.server.counters().shed, 1U);
  p.respond(p.last<Request>(p.server_events)->txn, 180);
  p.deliver();
  EXPECT_EQ(p.status(), 180);
}

TEST(TransactionLayer, LostFlowFailsWhatWaitsOnIt) {
  Pair p(Transport::kTcp);
  const auto id = p.request("INVITE");
  Outbox out;
  p.client.flow_down(flow_to(2, Transport::kTcp), out);
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_EQ(std::get<TxnFailed>(out.events[0]).txn, id);
  EXPECT_EQ(std::get<TxnFailed>(out.events[0]).cause, TxnFailed::Cause::kTransport);
  EXPECT_EQ(p.client.size(), 0U);
}

TEST(TransactionLayer, HeavyLossEndsEveryTransactionOneWayOrAnother) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Pair p;
    p.loses = [&](const std::string&) { return random() % 3 == 0; };
    const auto id = p.request(random() % 2 == 0 ? "INVITE" : "REGISTER");
    if (random() % 3 == 0) p.cancel(id);
    const std::uint16_t final_status = random() % 2 == 0 ? 200 : 603;
    const auto answer_after = random() % 10;
    // A user that answers late, and repeats its 2xx as RFC 3261 §13.3.1.4 wants.
    for (unsigned half_second = 0; half_second < 70; ++half_second) {
      p.run_for(500ms);
      auto* request = p.last<Request>(p.server_events);
      if (request != nullptr) p.respond(request->txn, half_second < answer_after ? 180 : final_status);
    }
    p.run_for(100s);
    EXPECT_LE(p.count<Request>(p.server_events), 1) << round;
    EXPECT_TRUE(p.status() >= 200 || p.count<TxnFailed>(p.client_events) == 1) << round << ' ' << p.status();
    EXPECT_EQ(p.client.size() + p.server.size(), 0U) << round;
  }
}

}  // namespace
}  // namespace control::sip
