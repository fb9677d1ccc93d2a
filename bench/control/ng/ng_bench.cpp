// What a call costs the control thread: offer, answer and delete from datagram to datagram, without sockets.
// The far end of the rings is played by the benchmark; its work (sessions are built and come home) is
// included.
#include <benchmark/benchmark.h>
#include <spdlog/spdlog.h>

#include "control/ng/bencode.h"
#include "control/ng/front_end.h"

namespace {

using control::ng::Value;

std::string description(std::string_view formats, std::string_view maps) {
  return "v=0\r\no=- 1545997027 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 10000 "
         "RTP/AVP " +
         std::string{formats} + "\r\n" + std::string{maps} + "a=sendrecv\r\na=ptime:20\r\n";
}

std::string request(std::uint64_t cookie, std::string_view command, std::string_view call_id,
                    std::string sdp) {
  Value::Dictionary d{{"supports", Value::List{"load limit"}}};
  if (!sdp.empty()) {
    d.emplace_back("sdp", std::move(sdp));
    d.emplace_back("ICE", "remove");
    d.emplace_back("transport-protocol", "RTP/AVP");
    d.emplace_back("replace", Value::List{"origin", "session-connection"});
  }
  if (command == "delete") d.emplace_back("delete-delay", "0");
  d.emplace_back("call-id", call_id);
  d.emplace_back("received-from", Value::List{"IP4", "127.0.0.1"});
  d.emplace_back("from-tag", "caller");
  if (command != "offer") d.emplace_back("to-tag", "callee");
  d.emplace_back("command", command);
  auto text = std::to_string(cookie) + "_1 ";
  encode_bencode(Value{std::move(d)}, text);
  return text;
}

/// Empties the inbox; sessions that are to be removed go home.
void play_worker(dataplane::WorkerLink& link, std::vector<dataplane::SessionHandle>& sessions) {
  while (auto command = link.inbox.pop()) {
    if (auto* add = std::get_if<dataplane::AddSession>(&*command))
      sessions.push_back(std::move(add->session));
    if (auto* remove = std::get_if<dataplane::RemoveSession>(&*command)) {
      dataplane::Event home{dataplane::SessionHome{remove->id, std::move(sessions.back())}};
      sessions.pop_back();
      if (!link.outbox.push(home)) std::abort();
    }
  }
}

void call_by_ng(benchmark::State& state, const std::string& offer, const std::string& answer) {
  spdlog::set_level(spdlog::level::off);
  dataplane::WorkerLink link;
  std::vector<dataplane::WorkerProxy> workers{dataplane::WorkerProxy{link}};
  control::Placement placement{{{*control::MediaInterface::parse("127.0.0.1")},
                                base::UdpPort{30000},
                                base::UdpPort{40000},
                                1,
                                [](base::UdpPort) { return 0; },
                                1}};
  control::CallService service{{}, {placement, workers, {}, 1}};
  const auto start = base::MonotonicClock::now();
  control::ng::FrontEnd front_end{
      service, [](base::Instant at) { return base::WallTime{at.time_since_epoch()}; }, start};
  const auto host = base::IpAddress::v4(127, 0, 0, 1);
  std::vector<dataplane::SessionHandle> sessions;
  std::uint64_t cookie = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const auto call_id = std::to_string(cookie) + "@bench";
    const std::array requests = {request(++cookie, "offer", call_id, offer),
                                 request(++cookie, "answer", call_id, answer),
                                 request(++cookie, "delete", call_id, {})};
    state.ResumeTiming();
    for (const auto& text : requests) {
      const auto* reply = front_end.handle(text, host, start);
      if (reply == nullptr || reply->find("6:result2:ok") == std::string::npos)
        state.SkipWithError("request failed");
      play_worker(link, sessions);
    }
    service.poll(start);
  }
}

void relayed_call(benchmark::State& state) {
  const auto both = description("0 8 101", "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n");
  call_by_ng(state, both, both);
}
BENCHMARK(relayed_call)->Unit(benchmark::kMicrosecond);

void decode_offer(benchmark::State& state) {
  const auto text = request(1, "offer", "call", description("0 8 101", ""));
  const auto body = std::string_view{text}.substr(text.find(' ') + 1);
  for (auto _ : state) benchmark::DoNotOptimize(control::ng::decode_bencode(body));
}
BENCHMARK(decode_offer)->Unit(benchmark::kMicrosecond);

}  // namespace
