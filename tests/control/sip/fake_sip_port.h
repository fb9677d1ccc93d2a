#pragma once
/// \file
/// A SipPort without a network, for tests above the seam: it keeps what was asked of it, and events come from
/// the test. Time is the test's: `now` is whatever it says.

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "control/sip/sip_port.h"
#include "control/sip/wire/parse.h"

namespace control::sip {

class FakeSipPort final : public SipPort {
 public:
  struct SentRequest {
    TxnId txn;
    OutgoingRequest request;
    Target target;
  };
  struct SentResponse {
    TxnId txn;
    OutgoingResponse response;
  };

  void respond(TxnId txn, const OutgoingResponse& response) override { responses.push_back({txn, response}); }
  TxnId request(OutgoingRequest request, Target target) override {
    const TxnId txn{++last_txn_};
    requests.push_back({txn, std::move(request), std::move(target)});
    return txn;
  }
  void cancel(TxnId txn, std::string_view reason) override { cancels.emplace_back(txn, reason); }
  void send_ack(OutgoingRequest ack, Target target) override {
    acks.push_back({{}, std::move(ack), std::move(target)});
  }
  base::Result<void> listen(const Listen&) override { return {}; }
  void close(const FlowId& flow) override { closed.push_back(flow); }
  [[nodiscard]] std::string local_name(const FlowId&) const override { return "192.0.2.100:5060"; }
  std::string new_token() override { return "token" + std::to_string(++last_token_); }

  /// The event of a request that came from 192.0.2.HOST; the text must be acceptable.
  Request receive(const std::string& octets, std::uint8_t host = 1, Transport transport = Transport::kUdp) {
    auto parsed = parse(octets);
    if (parsed.fault) throw std::invalid_argument(std::string(parsed.fault->reason) + " in:\n" + octets);
    return {TxnId{++last_txn_}, flow_of(host, transport), {}, std::move(parsed.message)};
  }
  static FlowId flow_of(std::uint8_t host, Transport transport = Transport::kUdp) {
    return {transport, 0, is_reliable(transport) ? host : 0U, {base::IpAddress::v4(192, 0, 2, host), {5060}}};
  }
  /// The event of a response to a request that was sent: as a peer would answer it.
  Response answer(const SentRequest& sent, std::uint16_t status, const std::string& to_tag = "peer",
                  const HeaderLines& headers = {}, const std::string& body = {}) {
    const auto request =
        parse(print(sent.request, "SIP/2.0/UDP 192.0.2.100;branch=z9hG4bKfake", {"192.0.2.100:5060", {}}));
    if (request.fault) throw std::invalid_argument(std::string(request.fault->reason));
    OutgoingResponse response{.status = status, .reason = "", .to_tag = to_tag};
    response.headers = headers;
    response.body = body;
    auto parsed = parse(print(response, response_head(request.message, "", 0), {}));
    return {sent.txn, flow_of(2), std::move(parsed.message)};
  }

  std::vector<SentRequest> requests;
  std::vector<SentResponse> responses;
  std::vector<std::pair<TxnId, std::string>> cancels;
  std::vector<SentRequest> acks;
  std::vector<FlowId> closed;
  base::Instant now{std::chrono::seconds{1000}};

 private:
  std::uint64_t last_txn_{0};
  std::uint64_t last_token_{0};
};

}  // namespace control::sip
