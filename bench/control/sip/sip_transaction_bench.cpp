// What a call costs below the seam without the kernel: INVITE, 180, 200, ACK, BYE, 200 as a server, parsed,
// matched and printed. Instructions of one call:
//   valgrind --tool=callgrind --toggle-collect='serve_call*' build/bench/control/sip/bench_sip_transaction
//   --benchmark_filter=ServeCall$
// divided by the calls that the program prints.

#include <benchmark/benchmark.h>

#include <string>

#include "control/sip/transaction/transaction_layer.h"

namespace {

using namespace control::sip;

const FlowId kFlow{Transport::kUdp, 0, 0, {base::IpAddress::v4(198, 51, 100, 10), {5060}}};
const LocalName kLocal{"192.0.2.1:5060", {}};
constexpr const char* kSdp =
    "v=0\r\no=alice 2890844526 2890844526 IN IP4 198.51.100.10\r\ns=-\r\nc=IN IP4 198.51.100.10\r\nt=0 0\r\n"
    "m=audio 49172 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";

std::string request(const std::string& method, int cseq, const std::string& call, const std::string& to_tag) {
  const std::string body = method == "INVITE" ? kSdp : "";
  return method +
         " sip:+4930123456@192.0.2.1;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP "
         "198.51.100.10:5060;branch=z9hG4bK" +
         method + call +
         ";rport\r\nMax-Forwards: 70\r\nFrom: \"Alice Example\" "
         "<sip:alice@example.com>;tag=9fxced76sl\r\nTo: "
         "<sip:+4930123456@192.0.2.1;user=phone>" +
         to_tag + "\r\nCall-ID: " + call + "@client.example.com\r\nCSeq: " + std::to_string(cseq) + ' ' +
         method + "\r\nContact: <sip:alice@198.51.100.10:5060>\r\nUser-Agent: ExamplePhone/2.1\r\n" +
         (body.empty() ? "" : "Content-Type: application/sdp\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Call {
  explicit Call(const std::string& id)
      : invite(request("INVITE", 1, id, "")),
        ack(request("ACK", 1, id, ";tag=b")),
        bye(request("BYE", 2, id, ";tag=b")) {}
  std::string invite, ack, bye;
};

}  // namespace

[[gnu::noinline]] std::size_t serve_call(TransactionLayer& layer, const Call& call, base::Instant now) {
  Outbox out;
  std::size_t octets = 0;
  layer.receive(kFlow, kLocal, {}, parse(call.invite), false, now, out);
  const auto invite = std::get<Request>(out.events.back()).txn;
  OutgoingResponse response{.status = 180, .reason = "", .to_tag = "b"};
  response.contact = LocalContact{.user = "b"};
  layer.respond(invite, response, now, out);
  response.status = 200;
  response.headers.add(HeaderId::kContentType, "application/sdp");
  response.body = kSdp;
  layer.respond(invite, response, now, out);
  layer.receive(kFlow, kLocal, {}, parse(call.ack), false, now, out);
  layer.receive(kFlow, kLocal, {}, parse(call.bye), false, now, out);
  layer.respond(std::get<Request>(out.events.back()).txn,
                OutgoingResponse{.status = 200, .reason = "", .to_tag = ""}, now, out);
  for (const auto& send : out.sends) octets += send.octets.size();
  return octets;
}

static void ServeCall(benchmark::State& state) {
  base::Instant now{std::chrono::seconds{1000}};
  TransactionLayer layer(now, Tokens::counting());
  std::vector<Call> calls;
  for (int i = 0; i < 1000; ++i) calls.emplace_back(std::to_string(i));
  Outbox ended;
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(serve_call(layer, calls[next], now));
    if (++next == calls.size()) {
      state.PauseTiming();
      next = 0;
      now += std::chrono::seconds{40};
      layer.on_time(now, ended);
      state.ResumeTiming();
    }
  }
  state.counters["calls"] = static_cast<double>(state.iterations());
}
BENCHMARK(ServeCall)->Iterations(5000);
