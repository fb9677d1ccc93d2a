/// \file
/// Whole-system media load: sets up N calls over ng, sends real encoded speech both ways at 50 packets a
/// second and leg, and reports what it cost the server and what came back. It knows nothing of which daemon
/// answers.
///
/// usage: media_load --server IP:PORT --pid PID --local IP --calls N --seconds S --a PCMU --b opus --wav FILE
///                   [--delay] [--flags "word word"]
/// Prints one JSON object. Exit 1 if a call could not be set up, 2 if it fell behind its own schedule.

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/load/command_line.h"
#include "bench/load/media_side.h"
#include "bench/load/ng_client.h"
#include "bench/load/server_cpu.h"

namespace {

namespace po = boost::program_options;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr int kPhases = 20;  // calls are spread evenly over the 20 ms packet interval

std::string session_description(const base::SocketAddress& local, const bench::SpeechPayloads& speech) {
  const auto* family = local.ip.is_v4() ? "IP4" : "IP6";
  const auto ip = local.ip.to_string();
  std::string rtpmap = fmt::format("{}/{}", speech.format.encoding, speech.format.clock_rate.hz);
  if (speech.format.channels > 1) rtpmap += fmt::format("/{}", speech.format.channels);
  return fmt::format(
      "v=0\r\no=- 1 1 IN {0} {1}\r\ns=-\r\nc=IN {0} {1}\r\nt=0 0\r\nm=audio {2} RTP/AVP {3}\r\n"
      "a=rtpmap:{3} {4}\r\na=ptime:20\r\na=sendrecv\r\n",
      family, ip, local.port.number, speech.payload_type, rtpmap);
}

/// The media address in a session description that the server made.
base::Result<base::SocketAddress> media_address(const std::string& sdp) {
  const auto c = sdp.find("\nc=IN IP");
  const auto m = sdp.find("\nm=audio ");
  if (c == std::string::npos || m == std::string::npos) return base::Error{"no c= or m= line in: " + sdp};
  const auto ip = base::IpAddress::parse(sdp.substr(c + 10, sdp.find_first_of("\r\n", c + 10) - c - 10));
  const auto port = std::atoi(sdp.c_str() + m + 9);
  if (!ip || port <= 0 || port > 65535) return base::Error{"no media address in: " + sdp};
  return base::SocketAddress{*ip, base::UdpPort{static_cast<std::uint16_t>(port)}};
}

base::Result<void> set_up_call(bench::NgClient& ng, int number, bench::MediaSide& a, bench::MediaSide& b) {
  const auto id = fmt::format("load-{}-{}", ::getpid(), number);
  json offer{{"command", "offer"},   {"call-id", id},
             {"from-tag", "a" + id}, {"sdp", session_description(a.local(), a.speech())},
             {"ICE", "remove"},      {"replace", {"origin"}}};
  const bool transcoding = a.speech().format.encoding != b.speech().format.encoding;
  if (transcoding) offer["codec"] = {{"mask", {"all"}}, {"transcode", {b.speech().format.encoding}}};
  const auto offered = ng.request(offer);
  if (!offered) return offered.error();
  if (offered->value("result", "") != "ok") return base::Error{offered->dump()};
  const auto to_b = media_address((*offered)["sdp"]);
  if (!to_b) return to_b.error();

  // The answer speaks with the payload type that the server offered for the codec.
  const auto answered = ng.request({{"command", "answer"},
                                    {"call-id", id},
                                    {"from-tag", "a" + id},
                                    {"to-tag", "b" + id},
                                    {"sdp", session_description(b.local(), b.speech())},
                                    {"ICE", "remove"},
                                    {"replace", {"origin"}}});
  if (!answered) return answered.error();
  if (answered->value("result", "") != "ok") return base::Error{answered->dump()};
  const auto to_a = media_address((*answered)["sdp"]);
  if (!to_a) return to_a.error();
  b.add_call(*to_b);
  a.add_call(*to_a);
  return {};
}

struct RunResult {
  nanoseconds cpu{0};
  nanoseconds wall{0};
  nanoseconds worst_lag{0};
  bench::SideTotals a, b;
  std::vector<std::int64_t> delays;
};

bench::SideTotals since(const bench::SideTotals& now, const bench::SideTotals& before) {
  return {now.sent - before.sent, now.received - before.received, now.out_of_order - before.out_of_order,
          now.unknown - before.unknown};
}

void pause_for(nanoseconds time) {
  const timespec sleep{time.count() / 1'000'000'000, time.count() % 1'000'000'000};
  ::nanosleep(&sleep, nullptr);
}

/// Receives what is still under way.
void drain(bench::MediaSide& a, bench::MediaSide& b) {
  for (int i = 0; i < 20; ++i) {
    pause_for(milliseconds{10});
    a.receive(nullptr);
    b.receive(nullptr);
  }
}

/// Sends for `seconds` on an open-loop schedule of 1 ms ticks; returns how far it ever fell behind.
nanoseconds send_for(bench::MediaSide& a, bench::MediaSide& b, int seconds, bool stamped,
                     std::vector<std::int64_t>* delays) {
  const auto calls = a.calls();
  const auto start = base::MonotonicClock::now();
  nanoseconds worst_lag{0};
  for (int tick = 0; tick < seconds * 1000; ++tick) {
    const auto due = start + milliseconds{tick};
    const auto now = base::MonotonicClock::now();
    if (now < due) {
      pause_for(due - now);
    } else {
      worst_lag = std::max<nanoseconds>(worst_lag, now - due);
    }
    const auto phase = static_cast<std::size_t>(tick % kPhases);
    const auto first = calls * phase / kPhases;
    const auto last = calls * (phase + 1) / kPhases;
    a.send(first, last, stamped);
    b.send(first, last, stamped);
    a.receive(delays);
    b.receive(delays);
  }
  return worst_lag;
}

/// A warm-up, in which learning and probation happen, then the run that counts.
RunResult run(bench::MediaSide& a, bench::MediaSide& b, pid_t server, int warm_up, int seconds,
              bool stamped) {
  (void)send_for(a, b, warm_up, stamped, nullptr);
  drain(a, b);
  RunResult result;
  const auto a_before = a.totals();
  const auto b_before = b.totals();
  const auto cpu_before = bench::cpu_time_of(server);
  const auto start = base::MonotonicClock::now();
  result.worst_lag = send_for(a, b, seconds, stamped, stamped ? &result.delays : nullptr);
  result.wall = base::MonotonicClock::now() - start;
  drain(a, b);
  result.cpu = bench::cpu_time_of(server) - cpu_before;
  result.a = since(a.totals(), a_before);
  result.b = since(b.totals(), b_before);
  return result;
}

double percentile_us(std::vector<std::int64_t>& values, double fraction) {
  if (values.empty()) return 0;
  const auto at =
      std::min(values.size() - 1, static_cast<std::size_t>(static_cast<double>(values.size()) * fraction));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return static_cast<double>(values[at]) / 1000.0;
}

json describe(RunResult& result, std::size_t calls, int seconds) {
  const auto sent = result.a.sent + result.b.sent;
  const auto received = result.a.received + result.b.received;
  json report{{"calls", calls},
              {"sent", sent},
              {"received", received},
              {"lost", static_cast<std::int64_t>(sent) - static_cast<std::int64_t>(received)},
              {"out_of_order", result.a.out_of_order + result.b.out_of_order},
              {"unknown", result.a.unknown + result.b.unknown},
              {"cpu_percent",
               100.0 * static_cast<double>(result.cpu.count()) / static_cast<double>(result.wall.count())},
              {"cpu_us_per_packet", static_cast<double>(result.cpu.count()) / 1000.0 /
                                        static_cast<double>(std::max<std::uint64_t>(sent, 1))},
              {"cpu_ms_per_call_second",
               static_cast<double>(result.cpu.count()) / 1e6 / static_cast<double>(calls) / seconds},
              {"worst_lag_ms", static_cast<double>(result.worst_lag.count()) / 1e6}};
  if (!result.delays.empty()) {
    report["delay_us"] = {{"p50", percentile_us(result.delays, 0.5)},
                          {"p99", percentile_us(result.delays, 0.99)},
                          {"p99.9", percentile_us(result.delays, 0.999)},
                          {"max", percentile_us(result.delays, 1.0)}};
  }
  return report;
}

int fail(const base::Error& error) {
  std::cerr << "media_load: " << error.text << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  po::options_description options{"media_load"};
  options.add_options()("server", po::value<std::string>()->required())("pid", po::value<int>()->required())(
      "local", po::value<std::string>()->required())("calls", po::value<int>()->default_value(100))(
      "seconds", po::value<int>()->default_value(5))("warm-up", po::value<int>()->default_value(2))(
      "a", po::value<std::string>()->default_value("PCMU"))(
      "b", po::value<std::string>()->default_value("PCMU"))("wav", po::value<std::string>()->required())(
      "delay", "measure delay (relay only)");
  const auto read = bench::read_command_line(argc, argv, options);
  if (!read) return 1;
  const auto& values = *read;
  const auto server = base::SocketAddress::parse(values["server"].as<std::string>());
  const auto local = base::IpAddress::parse(values["local"].as<std::string>());
  if (!server || !local) return fail({"--server or --local is no address"});
  const auto speech_a = bench::encode_speech(values["a"].as<std::string>(), values["wav"].as<std::string>());
  const auto speech_b = bench::encode_speech(values["b"].as<std::string>(), values["wav"].as<std::string>());
  if (!speech_a) return fail(speech_a.error());
  if (!speech_b) return fail(speech_b.error());
  auto a = bench::MediaSide::open(*local, *speech_a);
  auto b = bench::MediaSide::open(*local, *speech_b);
  auto ng = bench::NgClient::connect(*server);
  if (!a) return fail(a.error());
  if (!b) return fail(b.error());
  if (!ng) return fail(ng.error());

  const auto calls = values["calls"].as<int>();
  for (int i = 0; i < calls; ++i) {
    if (auto done = set_up_call(*ng, i, *a, *b); !done) return fail(done.error());
  }
  const auto seconds = values["seconds"].as<int>();
  auto result =
      run(*a, *b, values["pid"].as<int>(), values["warm-up"].as<int>(), seconds, values.count("delay") != 0);
  for (int i = 0; i < calls; ++i) {
    const auto id = fmt::format("load-{}-{}", ::getpid(), i);
    (void)ng->request({{"command", "delete"}, {"call-id", id}, {"from-tag", "a" + id}, {"delete-delay", 0}});
  }
  std::cout << describe(result, static_cast<std::size_t>(calls), seconds).dump() << '\n';
  return result.worst_lag > milliseconds{20} ? 2 : 0;
}
