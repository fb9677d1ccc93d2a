#pragma once
/// \file
/// The B2BUA on a seam without a network, with phones that say what the test wants: the caller is a proxy at
/// 192.0.2.77 that may dial extensions, bob and carol have phones.

#include <string>
#include <vector>

#include "control/b2bua/b2bua.h"
#include "tests/control/auth/gate_fixture.h"
#include "tests/control/call_fixture.h"

namespace control {

class B2buaTest : public CallServiceTest {
 protected:
  B2buaTest() {
    table.extensions = {{"bob", ToUser{"bob"}},
                        {"carol", ToUser{"carol"}},
                        {"dave", ToUser{"dave"}},
                        {"both", ToGroup{"both"}},
                        {"hunt", ToGroup{"hunt"}}};
    table.groups = {{"both", {{"bob", "carol"}, false}}, {"hunt", {{"bob", "carol"}, true}}};
    table.dids = {{"out", ToTrunkNumber{"carrier", "4930"}}};
    table.trunks = {{"proxy", {"proxy", "sip:192.0.2.77", true, true}},
                    {"carrier", {"carrier", "sip:192.0.2.88", true, false}}};
    std::vector<Binding> bindings;
    for (const auto& [user, host] : {std::pair{"bob", 2}, {"carol", 3}}) {
      Binding b;
      b.user = user;
      b.contact = std::string("sip:") + user + "@192.0.2." + std::to_string(host);
      b.flow = sip::FakeSipPort::flow_of(static_cast<std::uint8_t>(host));
      b.expires = now + std::chrono::hours{1};
      bindings.push_back(std::move(b));
    }
    registrar.restore(std::move(bindings));
  }

  /// Lines of text as they stand in a message.
  static void add_fields(sip::HeaderLines& headers, std::string_view lines) {
    while (!lines.empty()) {
      const auto line = lines.substr(0, lines.find("\r\n"));
      lines.remove_prefix(line.size() + 2);
      const auto colon = line.find(": ");
      headers.add(line.substr(0, colon), line.substr(colon + 2));
    }
  }
  static std::string with_sdp(const std::string& head, const std::string& sdp) {
    return head + (sdp.empty() ? "" : "Content-Type: application/sdp\r\n") +
           "Content-Length: " + std::to_string(sdp.size()) + "\r\n\r\n" + sdp;
  }

  /// A request of the caller's; within the dialog once `to_tag` is set.
  sip::TxnId from_caller(const std::string& method, const std::string& user, const std::string& sdp = {},
                         const std::string& more = {}, std::uint8_t host = 77) {
    const auto request = port.receive(
        with_sdp(method + " sip:" + user +
                     "@192.0.2.100 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK" +
                     std::to_string(++branch) + "\r\nFrom: \"Ann\" <sip:ann@192.0.2.77>;tag=a\r\nTo: <sip:" +
                     user + "@192.0.2.100>" + (to_tag.empty() ? "" : ";tag=" + to_tag) +
                     "\r\nCall-ID: in\r\nMax-Forwards: 70\r\nContact: <sip:ann@192.0.2.77>\r\nCSeq: " +
                     std::to_string(method == "ACK" ? cseq : ++cseq) + ' ' + method + "\r\n" + more,
                 sdp),
        host);
    if (method == "ACK") {
      b2bua.on_event(sip::Ack{request.flow, request.message}, now);
    } else {
      b2bua.on_event(request, now);
    }
    return request.txn;
  }
  sip::TxnId invite(const std::string& user, const std::string& sdp = audio(4000)) {
    return from_caller("INVITE", user, sdp);
  }

  /// A callee's answer to a request that it got.
  void answer(const sip::FakeSipPort::SentRequest& sent, std::uint16_t status, const std::string& sdp = {},
              const std::string& tag = "b", const std::string& more = {}) {
    sip::HeaderLines headers;
    headers.add(sip::HeaderId::kContact, "<sip:phone@192.0.2.2>");
    if (!sdp.empty()) headers.add(sip::HeaderId::kContentType, "application/sdp");
    if (!more.empty()) headers.add(sip::HeaderId::kRetryAfter, more);
    b2bua.on_event(port.answer(sent, status, tag, headers, sdp), now);
  }
  /// A request of the callee's in the dialog that `invite` made.
  sip::TxnId from_callee(const sip::FakeSipPort::SentRequest& sent, const std::string& method,
                         const std::string& sdp = {}, const std::string& more = {}) {
    const auto seen = port.answer(sent, 200, "b").message;
    const auto request = port.receive(
        with_sdp(method + " sip:192.0.2.100 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKc" +
                     std::to_string(++branch) + "\r\nFrom: " + std::string(*seen.header(sip::HeaderId::kTo)) +
                     "\r\nTo: " + std::string(*seen.header(sip::HeaderId::kFrom)) +
                     "\r\nCall-ID: " + std::string(seen.call_id()) +
                     "\r\nMax-Forwards: 70\r\nContact: <sip:phone@192.0.2.2>\r\nCSeq: " +
                     std::to_string(++callee_cseq) + ' ' + method + "\r\n" + more,
                 sdp),
        2);
    b2bua.on_event(request, now);
    return request.txn;
  }
  /// Up to the ACK; returns the INVITE that the callee got.
  sip::FakeSipPort::SentRequest talk(const std::string& user = "bob") {
    invite(user);
    const auto sent = port.requests.at(0);
    answer(sent, 200, audio(5000));
    to_tag = last().to_tag;
    from_caller("ACK", user);
    settle();
    return sent;
  }

  [[nodiscard]] const sip::OutgoingResponse& last() const { return port.responses.back().response; }
  [[nodiscard]] std::vector<int> statuses(sip::TxnId txn) const {
    std::vector<int> list;
    for (const auto& each : port.responses) {
      if (each.txn == txn) list.push_back(each.response.status);
    }
    return list;
  }
  [[nodiscard]] std::vector<std::string> methods() const {
    std::vector<std::string> list;
    for (const auto& each : port.requests) list.push_back(each.request.method);
    return list;
  }
  void pass(base::Duration time) {
    const auto end = now + time;
    while (b2bua.next_deadline() && *b2bua.next_deadline() <= end) {
      now = *b2bua.next_deadline();
      b2bua.on_time(now);
    }
    now = end;
    settle();
  }
  /// Media that was removed is gone by now.
  [[nodiscard]] std::size_t ports_in_use() {
    service->check_time(now);
    settle();
    settle();
    const auto usage = placement->usage().front();
    return usage.pairs - usage.free_pairs;
  }

  sip::FakeSipPort port;
  TestAccounts accounts{"bob", "carol", "dave", "erin"};
  AuthGate gate{accounts,
                "secret",
                {.trunks = {{"proxy", {base::IpAddress::v4(192, 0, 2, 77)}, {}}},
                 .proxies = {base::IpAddress::v4(192, 0, 2, 66)}}};
  Registrar registrar{accounts};
  RoutingTable table;
  B2bua b2bua{{port, *service, gate, registrar, accounts, table,
               [](base::Instant at) { return base::WallTime{at.time_since_epoch()}; },
               [](std::uint32_t) { return 0U; },
               [](std::string_view trunk) {
                 return trunk == "carrier" ? std::optional{Credentials{"we", "pw"}} : std::nullopt;
               }},
              {}};
  std::string to_tag;
  std::uint32_t cseq{0}, callee_cseq{0};
  int branch{0};
};

}  // namespace control
