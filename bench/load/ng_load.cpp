/// \file
/// Signalling load: calls of offer, answer and delete over ng as Kamailio sends them (bencode, UDP, one
/// cookie a request), a number of them at a time, without any media. It knows nothing of which daemon
/// answers.
///
/// usage: ng_load --server IP:PORT --pid PID --calls N --parallel P
/// Prints one JSON object: calls per second, the server's CPU time per call, latency of each request. Exit 1
/// if a reply was an error or none came.

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/load/command_line.h"
#include "bench/load/server_cpu.h"
#include "control/ng/bencode.h"
#include "mediad/base/native_address.h"

namespace {

namespace po = boost::program_options;
using control::ng::Value;
using Clock = std::chrono::steady_clock;

struct Call {
  unsigned number{0};
  unsigned step{0};  ///< of kSteps
  Clock::time_point asked;
};
constexpr std::array<std::string_view, 3> kSteps = {"offer", "answer", "delete"};

struct Outcome {
  std::array<std::vector<double>, kSteps.size()> latency_us;
  unsigned errors{0};
  std::string first_error;
};

std::string description(unsigned port) {
  return fmt::format(
      "v=0\r\no=- 1545997027 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
      "m=audio {} RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
      "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\na=ptime:20\r\n",
      port);
}

/// Cookie and dictionary in the order in which Kamailio writes them.
std::string request(const Call& call) {
  Value::Dictionary d{{"supports", Value::List{"load limit"}}};
  const auto command = kSteps[call.step];
  if (command != "delete") {
    d.emplace_back("sdp", description(10000 + 2 * (call.number % 20000) + call.step));
    d.emplace_back("ICE", "remove");
    d.emplace_back("transport-protocol", "RTP/AVP");
    d.emplace_back("replace", Value::List{"origin", "session-connection"});
  } else {
    d.emplace_back("delete-delay", "0");
  }
  d.emplace_back("call-id", fmt::format("{}-{}@ng-load", ::getpid(), call.number));
  d.emplace_back("received-from", Value::List{"IP4", "127.0.0.1"});
  d.emplace_back("from-tag", fmt::format("a{}", call.number));
  if (command != "offer") d.emplace_back("to-tag", fmt::format("b{}", call.number));
  d.emplace_back("command", command);
  auto text = fmt::format("{}_{}_{} ", ::getpid(), call.number, call.step);
  encode_bencode(Value{std::move(d)}, text);
  return text;
}

class Load {
 public:
  Load(int fd, unsigned calls, unsigned parallel) : fd_(fd), calls_(calls), slots_(parallel) {}

  /// False if the server fell silent.
  bool run(Outcome& outcome) {
    for (auto& slot : slots_) begin_next(slot);
    std::vector<char> buffer(65536);
    while (finished_ < calls_) {
      pollfd wait{fd_, POLLIN, 0};
      if (::poll(&wait, 1, 3000) <= 0) return false;
      const auto size = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (size < 0) return false;
      take({buffer.data(), static_cast<std::size_t>(size)}, outcome);
    }
    return true;
  }

 private:
  void begin_next(Call& slot) {
    if (begun_ == calls_) return;
    slot = {begun_++, 0, {}};
    ask(slot);
  }

  void ask(Call& slot) {
    const auto text = request(slot);
    slot.asked = Clock::now();
    (void)::send(fd_, text.data(), text.size(), 0);
  }

  void take(std::string_view reply, Outcome& outcome) {
    const auto cookie = reply.substr(0, reply.find(' '));
    for (auto& slot : slots_) {
      if (cookie != fmt::format("{}_{}_{}", ::getpid(), slot.number, slot.step)) continue;
      outcome.latency_us[slot.step].push_back(
          std::chrono::duration<double, std::micro>(Clock::now() - slot.asked).count());
      if (reply.find("6:result2:ok") == std::string_view::npos && outcome.errors++ == 0)
        outcome.first_error = reply;
      if (++slot.step < kSteps.size()) {
        ask(slot);
      } else {
        ++finished_;
        begin_next(slot);
      }
      return;
    }
  }

  int fd_;
  unsigned calls_, begun_{0}, finished_{0};
  std::vector<Call> slots_;
};

double percentile(std::vector<double>& values, double p) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

int open_socket(const base::SocketAddress& server) {
  const auto address = base::to_native(server);
  const int fd = ::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return fd >= 0 && ::connect(fd, address.get(), address.size) == 0 ? fd : -1;
}

}  // namespace

int main(int argc, char** argv) {
  std::string server;
  pid_t pid = 0;
  unsigned calls = 0, parallel = 0;
  po::options_description description("ng_load");
  description.add_options()("server", po::value(&server)->required(), "IP:PORT")(
      "pid", po::value(&pid)->default_value(0), "the daemon, for its CPU time")(
      "calls", po::value(&calls)->default_value(10000))("parallel", po::value(&parallel)->default_value(16));
  if (!bench::read_command_line(argc, argv, description)) return 2;
  const auto address = base::SocketAddress::parse(server);
  const int fd = address ? open_socket(*address) : -1;
  if (fd < 0) {
    std::cerr << "ng_load: cannot talk to " << server << '\n';
    return 1;
  }

  Outcome outcome;
  const auto cpu_before = bench::cpu_time_of(pid);
  const auto began = Clock::now();
  const bool complete = Load{fd, calls, parallel}.run(outcome);
  const auto seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const auto cpu_us = std::chrono::duration<double, std::micro>(bench::cpu_time_of(pid) - cpu_before).count();

  nlohmann::ordered_json result{{"calls", calls},
                                {"complete", complete},
                                {"errors", outcome.errors},
                                {"calls_per_s", calls / seconds},
                                {"server_cpu_us_per_call", cpu_us / calls}};
  if (!outcome.first_error.empty()) result["first_error"] = outcome.first_error;
  for (std::size_t i = 0; i < kSteps.size(); ++i) {
    auto& latency = outcome.latency_us[i];
    result[std::string{kSteps[i]} + "_us"] = {{"p50", percentile(latency, 0.5)},
                                              {"p99", percentile(latency, 0.99)}};
  }
  std::cout << result.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  ::close(fd);
  return complete && outcome.errors == 0 ? 0 : 1;
}
