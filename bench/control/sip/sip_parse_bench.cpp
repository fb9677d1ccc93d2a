// What a SIP message costs to read and to answer. Instructions of one parse (the figure that holds still):
//   valgrind --tool=callgrind --toggle-collect='parse_once*' build/bench/control/sip/bench_sip_parse
//   --benchmark_filter=ParseInvite$
// and divide the total by the iterations that the program prints.

#include <benchmark/benchmark.h>

#include <string>

#include "control/sip/wire/parse.h"
#include "control/sip/wire/print.h"

namespace {

const std::string& invite() {
  static const std::string text = [] {
    std::string head =
        "INVITE sip:+4930123456@gw.example.net;user=phone SIP/2.0\r\n"
        "Via: SIP/2.0/UDP 198.51.100.10:5060;branch=z9hG4bK87asdks7;rport\r\n"
        "Max-Forwards: 70\r\n"
        "From: \"Alice Example\" <sip:alice@example.com>;tag=9fxced76sl\r\n"
        "To: <sip:+4930123456@gw.example.net;user=phone>\r\n"
        "Call-ID: 3848276298220188511@client.example.com\r\n"
        "CSeq: 31862 INVITE\r\n"
        "Contact: <sip:alice@198.51.100.10:5060;transport=udp>;+sip.ice\r\n"
        "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK\r\n"
        "Supported: replaces, outbound, timer, 100rel\r\n"
        "Session-Expires: 1800;refresher=uac\r\n"
        "User-Agent: ExamplePhone/2.1 (build 20261125; en)\r\n"
        "P-Preferred-Identity: <sip:alice@example.com>\r\n"
        "Content-Type: application/sdp\r\n";
    const std::string body =
        "v=0\r\no=alice 2890844526 2890844526 IN IP4 198.51.100.10\r\ns=-\r\nc=IN IP4 198.51.100.10\r\nt=0 "
        "0\r\n"
        "m=audio 49172 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return head + body;
  }();
  return text;
}

}  // namespace

// External, so that callgrind can name it.
[[gnu::noinline]] std::size_t parse_once(const std::string& octets) {
  const auto parsed = control::sip::parse(octets);
  return parsed.fault ? 0 : parsed.message.field_count();
}

static void ParseInvite(benchmark::State& state) {
  std::size_t fields = 1;
  for (auto _ : state) fields &= parse_once(invite());
  if (parse_once(invite()) != 14) state.SkipWithError("not parsed");
  state.counters["octets"] = static_cast<double>(invite().size());
  benchmark::DoNotOptimize(fields);
}
BENCHMARK(ParseInvite);

static void ParseWorstHeaders(benchmark::State& state) {
  // 64 KB of parameters without an end: what costs most per octet.
  std::string octets = invite().substr(0, invite().find("Contact"));
  for (int i = 0; i < 7; ++i) {
    octets += "Contact: <sip:a@b>";
    for (int j = 0; j < 2000; ++j) octets += ";a=b";
    octets += "\r\n";
  }
  octets += "\r\n";
  for (auto _ : state) benchmark::DoNotOptimize(parse_once(octets));
  state.counters["octets"] = static_cast<double>(octets.size());
}
BENCHMARK(ParseWorstHeaders);

static void AnswerInvite(benchmark::State& state) {
  const auto parsed = control::sip::parse(invite());
  for (auto _ : state) {
    const auto head = control::sip::response_head(parsed.message, "198.51.100.10", 5060);
    benchmark::DoNotOptimize(
        print(control::sip::OutgoingResponse{.status = 180, .reason = "", .to_tag = "a6c85cf"}, head, {}));
  }
}
BENCHMARK(AnswerInvite);
