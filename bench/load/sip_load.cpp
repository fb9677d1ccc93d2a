/// \file
/// SIP load at a steady rate, whatever the server makes of it: calls that it sends on to us again (INVITE,
/// 180, 200, ACK, BYE on both sides), or refreshes of registrations with digest authentication. It knows
/// nothing of which server answers.
///
/// usage: sip_load --server IP:PORT --local IP --pid PID --rate R --seconds S [--hold-ms MS]
///        sip_load ... --users N --realm R
/// Calls come from port 5080 and are expected at port 5090 of --local. Prints one JSON object. Exit 2 if the
/// generator fell behind its own schedule: such a run says nothing.

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/batch_socket.h"
#include "bench/load/command_line.h"
#include "bench/load/server_cpu.h"
#include "bench/load/sip_callee.h"
#include "bench/load/sip_caller.h"
#include "bench/load/sip_registrant.h"
#include "bench/load/sip_timers.h"

namespace {

namespace po = boost::program_options;
using bench::BatchSocket;
using bench::Clock;
using Json = nlohmann::ordered_json;

constexpr std::uint16_t kCallerPort = 5080, kCalleePort = 5090;
/// Beyond it the rate was not what it was said to be. The kernel takes 50 ms of each second from real-time
/// threads.
constexpr std::chrono::milliseconds kMostBehind{120};

struct Options {
  std::string server, local, realm, number;
  pid_t pid{0};
  double rate{0};
  unsigned seconds{0}, hold_ms{0}, users{0};
};

/// Resident kilobytes of a process.
std::uint64_t memory_of(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string word; file >> word;) {
    std::uint64_t value = 0;
    if (word == "VmRSS:" && file >> value) return value;
  }
  return 0;
}

double percentile(std::vector<double> values, double p) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

Json percentiles(const std::vector<double>& values) {
  return {
      {"p50", percentile(values, 0.5)}, {"p99", percentile(values, 0.99)}, {"max", percentile(values, 1)}};
}

/// Runs `one` at a steady rate, then waits until `open` says that nothing is open any more, or for
/// `patience`.
class Pace {
 public:
  Pace(double rate, std::uint64_t count, std::chrono::milliseconds patience)
      : step_(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / rate))),
        count_(count),
        patience_(patience) {}

  template <typename One, typename Turn, typename Open>
  void run(const std::vector<int>& descriptors, One one, Turn turn, Open open) {
    std::vector<pollfd> waits;
    for (const int each : descriptors) waits.push_back({each, POLLIN, 0});
    auto due = Clock::now();
    Clock::time_point last{};
    for (std::uint64_t done = 0;;) {
      const auto now = Clock::now();
      // A few at a time, so that answers are not kept waiting.
      for (unsigned burst = 0; burst < 16 && done < count_ && due <= now; ++burst, ++done, due += step_) {
        behind_ = std::max(behind_, now - due);
        one(now);
      }
      if (done == count_ && last == Clock::time_point{}) last = now;
      const bool is_busy = turn(now);
      if (done == count_ && (open() == 0 || now - last > patience_)) return;
      if (is_busy || (done < count_ && due <= Clock::now())) continue;
      timespec wait{0, 500'000};
      ::ppoll(waits.data(), waits.size(), &wait, nullptr);
    }
  }
  [[nodiscard]] double behind_ms() const {
    return std::chrono::duration<double, std::milli>(behind_).count();
  }
  [[nodiscard]] bool is_void() const { return behind_ > kMostBehind; }

 private:
  Clock::duration step_;
  std::uint64_t count_;
  std::chrono::milliseconds patience_;
  Clock::duration behind_{};
};

base::Result<BatchSocket> open_socket(const Options& options, std::uint16_t port) {
  const auto local = base::SocketAddress::parse(fmt::format("{}:{}", options.local, port));
  const auto server = base::SocketAddress::parse(options.server);
  if (!local || !server) return base::Error{"--local wants IP, --server IP:PORT"};
  return BatchSocket::open(*local, *server);
}

int load_calls(const Options& options, BatchSocket caller_socket, BatchSocket callee_socket) {
  const auto count = static_cast<std::uint64_t>(options.rate * options.seconds);
  bench::SipCaller caller(caller_socket, {fmt::format("{}:{}", options.local, kCallerPort), options.server,
                                          options.number, std::chrono::milliseconds{options.hold_ms}, count});
  bench::SipCallee callee(callee_socket, fmt::format("{}:{}", options.local, kCalleePort));
  Pace pace(options.rate, count, std::chrono::seconds{40} + std::chrono::milliseconds{options.hold_ms});
  const auto memory_before = memory_of(options.pid);
  auto memory_most = memory_before;
  std::size_t open_most = 0;
  auto cpu = bench::cpu_time_of(options.pid);
  const auto began = Clock::now();
  auto look_at = began;
  std::optional<Clock::time_point> last_begun;
  std::uint64_t completed_by_then = 0;
  pace.run(
      {caller_socket.descriptor(), callee_socket.descriptor()},
      [&](Clock::time_point now) { caller.start_call(now); },
      [&](Clock::time_point now) {
        bool is_busy = caller_socket.receive([&](std::string_view text) { caller.take(text, now); });
        is_busy |= callee_socket.receive([&](std::string_view text) { callee.take(text, now); });
        caller.on_time(now);
        callee.on_time(now);
        caller_socket.flush();
        callee_socket.flush();
        if (caller.begun() == count && !last_begun) {
          last_begun = now;
          completed_by_then = caller.outcome().completed;
        }
        if (now >= look_at) {
          look_at = now + std::chrono::milliseconds{100};
          memory_most = std::max(memory_most, memory_of(options.pid));
          open_most = std::max(open_most, caller.open());
        }
        return is_busy;
      },
      [&] { return caller.open(); });
  cpu = bench::cpu_time_of(options.pid) - cpu;
  const auto& out = caller.outcome();
  const auto& back = callee.outcome();
  const double offering = std::chrono::duration<double>(*last_begun - began).count();
  const bool clean =
      out.completed == count && out.sent_again + out.heard_again + back.sent_again + back.heard_again == 0;
  std::cout << Json{{"calls", count},
                    {"rate", options.rate},
                    {"void", pace.is_void()},
                    {"behind_ms", pace.behind_ms()},
                    {"completed", out.completed},
                    {"goodput_per_s", static_cast<double>(completed_by_then) / offering},
                    {"shed", out.shed},
                    {"shed_with_retry_after", out.retry_after},
                    {"refused", out.refused},
                    {"first_refusal", out.first_refusal},
                    {"given_up", out.given_up + back.given_up + caller.open()},
                    {"sent_again", out.sent_again + back.sent_again},
                    {"heard_again", out.heard_again + back.heard_again},
                    {"first_heard_again_by_callee", back.first_again},
                    {"setup_ms", percentiles(out.setup_ms)},
                    {"server_cpu_us_per_call",
                     std::chrono::duration<double, std::micro>(cpu).count() /
                         static_cast<double>(std::max<std::uint64_t>(1, out.completed))},
                    {"most_open", open_most},
                    {"memory_before_kb", memory_before},
                    {"memory_most_kb", memory_most},
                    {"memory_after_kb", memory_of(options.pid)}}
                   .dump(1)
            << '\n';
  return pace.is_void() ? 2 : clean ? 0 : 1;
}

int load_registrations(const Options& options, BatchSocket socket) {
  bench::SipRegistrant phones(socket, {fmt::format("{}:{}", options.local, kCallerPort), options.server,
                                       options.realm, options.users});
  const auto turn = [&](Clock::time_point now) {
    const bool is_busy = socket.receive([&](std::string_view text) { phones.take(text, now); });
    phones.on_time(now);
    socket.flush();
    return is_busy;
  };
  const auto refresh = [&](Clock::time_point now) { phones.refresh(now); };
  const auto open = [&] { return phones.open(); };
  // The first registration of each, with its challenge, is not what is measured.
  Pace{1000, options.users, std::chrono::seconds{10}}.run({socket.descriptor()}, refresh, turn, open);
  phones.begin_counting();
  const auto count = static_cast<std::uint64_t>(options.rate * options.seconds);
  auto cpu = bench::cpu_time_of(options.pid);
  Pace pace(options.rate, count, std::chrono::seconds{10});
  pace.run({socket.descriptor()}, refresh, turn, open);
  cpu = bench::cpu_time_of(options.pid) - cpu;
  const auto& out = phones.outcome();
  const bool clean = out.refreshed == count && out.sent_again == 0;
  std::cout << Json{{"refreshes", count},
                    {"rate", options.rate},
                    {"void", pace.is_void()},
                    {"behind_ms", pace.behind_ms()},
                    {"refreshed", out.refreshed},
                    {"challenged", out.challenged},
                    {"shed", out.shed},
                    {"refused", out.refused},
                    {"given_up", out.given_up + phones.open()},
                    {"sent_again", out.sent_again},
                    {"skipped", out.skipped},
                    {"answer_ms", percentiles(out.answer_ms)},
                    {"server_cpu_us_per_refresh",
                     std::chrono::duration<double, std::micro>(cpu).count() /
                         static_cast<double>(std::max<std::uint64_t>(1, out.refreshed))},
                    {"memory_after_kb", memory_of(options.pid)}}
                   .dump(1)
            << '\n';
  return pace.is_void() ? 2 : clean ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  po::options_description description("sip_load");
  description.add_options()("server", po::value(&options.server)->required(), "IP:PORT")(
      "local", po::value(&options.local)->required(), "IP")("pid", po::value(&options.pid)->default_value(0),
                                                            "the server, for its CPU time and memory")(
      "rate", po::value(&options.rate)->default_value(1000), "calls or refreshes a second")(
      "seconds", po::value(&options.seconds)->default_value(5))(
      "hold-ms", po::value(&options.hold_ms)->default_value(200), "how long a call lasts")(
      "number", po::value(&options.number)->default_value("1000"), "what is dialled")(
      "users", po::value(&options.users)->default_value(0), "refresh registrations of load0, load1, …")(
      "realm", po::value(&options.realm)->default_value("mediad"));
  if (!bench::read_command_line(argc, argv, description)) return 2;
  auto caller = open_socket(options, kCallerPort);
  auto callee = open_socket(options, kCalleePort);
  for (const auto* each : {&caller, &callee}) {
    if (*each) continue;
    std::cerr << "sip_load: " << each->error().text << '\n';
    return 1;
  }
  if (options.users != 0) return load_registrations(options, *std::move(caller));
  return load_calls(options, *std::move(caller), *std::move(callee));
}
