// A sequence of messages, answers, cancels and times read from the input, over virtual time. Whatever the
// order: a request comes up once, a client transaction ends once, and after two minutes nothing is left.

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "control/sip/transaction/transaction_layer.h"

namespace {

using namespace control::sip;
using namespace std::chrono_literals;

constexpr const char* kMethods[] = {"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "REGISTER"};
constexpr std::uint16_t kStatuses[] = {100, 180, 200, 302, 408, 486, 487, 503, 603, 183};

void check(bool holds) {
  if (!holds) std::abort();
}

struct Model {
  base::Instant now{1000s};
  TransactionLayer layer{now, Tokens::counting()};
  std::vector<TxnId> to_answer;
  std::vector<TxnId> asked;
  std::map<std::uint64_t, int> ends;
  std::vector<std::string> sent;

  void take(Outbox& out) {
    for (auto& send : out.sends) {
      if (!send.octets.starts_with("SIP/2.0")) sent.push_back(std::move(send.octets));
    }
    for (auto& event : out.events) {
      if (auto* request = std::get_if<Request>(&event)) to_answer.push_back(request->txn);
      if (auto* failed = std::get_if<TxnFailed>(&event)) ++ends[failed->txn.value];
      if (auto* response = std::get_if<Response>(&event)) {
        if (response->message.status() >= 300) ++ends[response->txn.value];
      }
    }
    for (const auto& [id, count] : ends) check(count == 1);
    out = {};
  }
};

std::string request_text(std::uint8_t method, std::uint8_t branch, bool old) {
  const std::string name = kMethods[method % std::size(kMethods)];
  std::string via = "Via: SIP/2.0/UDP 192.0.2.1:5060";
  if (!old) via += ";branch=z9hG4bK" + std::to_string(branch % 4);
  return name + " sip:a@example.com SIP/2.0\r\n" + via +
         "\r\nFrom: <sip:b@example.com>;tag=" + std::to_string(branch % 4) +
         "\r\nTo: <sip:a@example.com>\r\nCall-ID: 1\r\nCSeq: 1 " + name + "\r\n\r\n";
}

OutgoingRequest own_request(std::uint8_t method) {
  OutgoingRequest request;
  request.method = method % 2 == 0 ? "INVITE" : "OPTIONS";
  request.uri = "sip:a@example.com";
  request.headers.add(HeaderId::kFrom, "<sip:b@example.com>;tag=1").add(HeaderId::kTo, "<sip:a@example.com>");
  request.headers.add(HeaderId::kCallId, "2").add(HeaderId::kCSeq, "1 " + request.method);
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Model m;
  const FlowId flow{Transport::kUdp, 0, 0, {base::IpAddress::v4(192, 0, 2, 1), {5060}}};
  const LocalName local{"192.0.2.9:5060", {}};
  Outbox out;
  for (std::size_t i = 0; i + 2 < size && i < 600; i += 3) {
    const std::uint8_t action = data[i], a = data[i + 1], b = data[i + 2];
    switch (action % 7) {
      case 0:
        m.layer.receive(flow, local, {}, parse(request_text(a, b, (action & 0x80) != 0)), false, m.now, out);
        break;
      case 1:
        if (!m.to_answer.empty()) {
          OutgoingResponse response;
          response.status = kStatuses[b % std::size(kStatuses)];
          m.layer.respond(m.to_answer[a % m.to_answer.size()], response, m.now, out);
        }
        break;
      case 2:
        m.asked.push_back(m.layer.request(own_request(a), flow, local, m.now, out));
        break;
      case 3:
        if (!m.asked.empty()) m.layer.cancel(m.asked[a % m.asked.size()], {}, m.now, out);
        break;
      case 4:
        if (!m.sent.empty()) {
          const auto to = parse(m.sent[a % m.sent.size()]);
          check(!to.fault);
          OutgoingResponse response;
          response.status = kStatuses[b % std::size(kStatuses)];
          m.layer.receive(flow, local, {}, parse(print(response, response_head(to.message, "", 0), {})),
                          false, m.now, out);
        }
        break;
      case 5:
        m.now += std::chrono::milliseconds(a * 16 + b);
        m.layer.on_time(m.now, out);
        break;
      case 6:
        if (a == 0) m.layer.flow_down(flow, out);
        break;
    }
    m.take(out);
  }
  // Servers that were never answered with a final response wait for it; answer them, cancel ours, and let all
  // end.
  for (const auto id : m.to_answer)
    m.layer.respond(id, OutgoingResponse{.status = 500, .reason = "", .to_tag = ""}, m.now, out);
  for (const auto id : m.asked) m.layer.cancel(id, {}, m.now, out);
  m.take(out);
  for (int i = 0; i < 400; ++i) {
    m.now += 500ms;
    m.layer.on_time(m.now, out);
    m.take(out);
  }
  check(m.layer.size() == 0);
  return 0;
}
