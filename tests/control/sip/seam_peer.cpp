// A SIP peer of the smallest kind above the seam, for runs against SIPp:
//   seam_peer uas ADDRESS [tcp]                 answers INVITE with 180 and 200, BYE and OPTIONS with 200
//   seam_peer uac ADDRESS TARGET RATE COUNT     makes COUNT calls at RATE a second, hangs up each at once
// It prints its counters when it ends (uas: on SIGTERM or SIGINT).

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <unordered_set>

#include "control/sip/resolve/dns_resolver.h"
#include "control/sip/sip_engine.h"

namespace {

using namespace control::sip;

constexpr const char* kSdp =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n";

class Answerer final : public SipUser {
 public:
  explicit Answerer(SipPort& port) : port_(port) {}
  void on_event(Event event, base::Instant) override {
    const auto* request = std::get_if<Request>(&event);
    if (request == nullptr) return;
    OutgoingResponse response{.status = 200, .reason = "", .to_tag = port_.new_token()};
    if (request->message.method() == Method::kInvite) {
      response.headers.copy(request->message, HeaderId::kRecordRoute);
      response.contact = LocalContact{.user = "uas"};
      response.status = 180;
      port_.respond(request->txn, response);
      response.status = 200;
      response.headers.add(HeaderId::kContentType, "application/sdp");
      response.body = kSdp;
    }
    port_.respond(request->txn, response);
  }

 private:
  SipPort& port_;
};

class Caller final : public SipUser {
 public:
  Caller(SipPort& port, boost::asio::io_context& loop, std::string target, int rate, int count)
      : port_(port), loop_(loop), timer_(loop), target_(std::move(target)), rate_(rate), left_(count) {}

  void tick() {
    for (int i = 0; i < std::max(1, rate_ / 100) && left_ > 0; ++i, --left_) call();
    timer_.expires_after(std::chrono::milliseconds(10));
    timer_.async_wait([this](auto) {
      if (left_ > 0) return tick();
      if (calls_.empty() || ++idle_ticks_ > 1000) return loop_.stop();
      tick();
    });
  }

  void on_event(Event event, base::Instant) override {
    if (auto* failed = std::get_if<TxnFailed>(&event)) {
      ++failed_;
      calls_.erase(failed->txn.value);
    }
    auto* response = std::get_if<Response>(&event);
    if (response == nullptr || response->message.status() < 200) return;
    const auto& m = response->message;
    if (m.status() != 200) {
      ++failed_;
      calls_.erase(response->txn.value);
      return;
    }
    if (m.method() == Method::kInvite) {
      port_.send_ack(in_dialog("ACK", m, 1), Target::to(m.addresses(HeaderId::kContact).at(0).uri.text));
      calls_.erase(response->txn.value);
      calls_.insert(
          port_.request(in_dialog("BYE", m, 2), Target::to(m.addresses(HeaderId::kContact).at(0).uri.text))
              .value);
      return;
    }
    ++done_;
    calls_.erase(response->txn.value);
  }

  int done_{0};
  int failed_{0};

 private:
  void call() {
    OutgoingRequest invite;
    invite.method = "INVITE";
    invite.uri = target_;
    invite.headers.add(HeaderId::kFrom, "<sip:caller@127.0.0.1>;tag=" + port_.new_token());
    invite.headers.add(HeaderId::kTo, "<" + target_ + ">").add(HeaderId::kCallId, port_.new_token());
    invite.headers.add(HeaderId::kCSeq, "1 INVITE").add(HeaderId::kMaxForwards, 70U);
    invite.headers.add(HeaderId::kContentType, "application/sdp");
    invite.body = kSdp;
    invite.contact = LocalContact{.user = "caller"};
    calls_.insert(port_.request(std::move(invite), Target::to(target_)).value);
  }

  static OutgoingRequest in_dialog(const std::string& method, const Message& answer, int number) {
    OutgoingRequest request;
    request.method = method;
    request.uri = answer.addresses(HeaderId::kContact).at(0).uri.text;
    request.headers.copy(answer, HeaderId::kFrom).copy(answer, HeaderId::kTo).copy(answer, HeaderId::kCallId);
    request.headers.add(HeaderId::kCSeq, std::to_string(number) + ' ' + method)
        .add(HeaderId::kMaxForwards, 70U);
    return request;
  }

  SipPort& port_;
  boost::asio::io_context& loop_;
  boost::asio::steady_timer timer_;
  std::string target_;
  int rate_;
  int left_;
  int idle_ticks_{0};
  std::unordered_set<std::uint64_t> calls_;
};

int usage() {
  std::cerr << "usage: seam_peer uas ADDRESS [tcp] | seam_peer uac ADDRESS TARGET RATE COUNT\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[1] : "";
  const auto address = argc > 2 ? base::SocketAddress::parse(argv[2]) : std::nullopt;
  if (!address || (mode != "uas" && mode != "uac") || (mode == "uac" && argc != 6)) return usage();
  boost::asio::io_context loop(1);
  auto resolver = DnsResolver::create(loop, {});
  if (!resolver) return 1;
  SipEngine engine(loop, **resolver);
  Listen listen;
  listen.address = *address;
  if (argc > 3 && std::string(argv[3]) == "tcp") listen.transport = Transport::kTcp;
  if (const auto bound = engine.listen(listen); !bound) {
    std::cerr << bound.error().text << '\n';
    return 1;
  }
  boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&](auto, auto) { loop.stop(); });
  Answerer answerer(engine);
  Caller caller(engine, loop, mode == "uac" ? argv[3] : "", mode == "uac" ? std::atoi(argv[4]) : 0,
                mode == "uac" ? std::atoi(argv[5]) : 0);
  if (mode == "uas") {
    engine.set_user(answerer);
  } else {
    engine.set_user(caller);
    caller.tick();
  }
  loop.run();
  const auto& t = engine.transaction_counters();
  std::printf(
      "requests=%lu responses=%lu retransmissions_in=%lu retransmissions_out=%lu refused=%lu dropped=%lu "
      "shed=%lu "
      "timeouts=%lu stray=%lu done=%d failed=%d\n",
      t.requests, t.responses, t.retransmissions_in, t.retransmissions_out, t.refused, t.dropped, t.shed,
      t.timeouts, t.stray_responses, caller.done_, caller.failed_);
  return caller.failed_ == 0 ? 0 : 1;
}
