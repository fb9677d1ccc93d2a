// Calls that one core carries, for each pair of codecs, over a memory port: real speech in 20 ms packets,
// both ways, in virtual time, through the whole worker. What the worker's turns cost in CPU time for each
// second of a call is the figure; its inverse is the number of calls at a full core.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "bench/dataplane/memory_worker.h"
#include "bench/load/speech_payloads.h"
#include "codecs/registry.h"
#include "codecs/simd/dispatch.h"
#include "mediad/base/log.h"

namespace bench {
namespace {

using dataplane::FlowMode;
using dataplane::FlowPlan;
using dataplane::RuleKind;
using std::chrono::milliseconds;

constexpr int kPacketMs = 20;
constexpr int kWarmUpMs = 1000;
constexpr int kMeasuredMs = 4000;

/// With as many calls as load a core to a good part: batches fill as they do then.
struct Case {
  std::string a, b;
  std::size_t calls;
};
const std::array kCases{Case{"PCMU", "PCMU", 2000}, Case{"PCMU", "PCMA", 2000}, Case{"PCMU", "G722", 500},
                        Case{"PCMU", "G729", 1000}, Case{"PCMU", "opus", 200},  Case{"G722", "opus", 100},
                        Case{"G729", "opus", 200}};

dataplane::ReceiveFormat receive(const SpeechPayloads& speech) {
  return {speech.payload_type, speech.format, codecs::find(speech.format)};
}

FlowPlan flow(std::uint8_t from, const SpeechPayloads& in, const SpeechPayloads& out) {
  FlowPlan flow{.from = from, .to = static_cast<std::uint8_t>(1 - from), .rules = {}, .send = {}};
  if (in.format == out.format) return flow;
  flow.mode = FlowMode::kTranslate;
  flow.rules = {{.in = in.payload_type, .kind = RuleKind::kTranscode}};
  flow.send.emplace();
  flow.send->payload_type = out.payload_type;
  flow.send->format = out.format;
  flow.send->codec = codecs::find(out.format);
  return flow;
}

dataplane::SessionPlan call(const SpeechPayloads& a, const SpeechPayloads& b) {
  dataplane::SessionPlan plan;
  plan.endpoints.resize(2);
  plan.endpoints[0].receive = {receive(a)};
  plan.endpoints[1].receive = {receive(b)};
  plan.endpoints[0].ssrc = 1;
  plan.endpoints[1].ssrc = 2;
  plan.flows = {flow(0, a, b), flow(1, b, a)};
  return plan;
}

std::chrono::nanoseconds thread_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

/// Callers' packets are spread over the 20 ms, as those of unrelated calls are.
class Run {
 public:
  Run(const SpeechPayloads& a, const SpeechPayloads& b, std::size_t calls)
      : worker_(8191, false), speech_{&a, &b}, now_(worker_.started()) {
    for (std::size_t i = 0; i < calls; ++i) worker_.add(call(a, b));
  }

  void pass(int duration_ms) {
    for (int ms = 0; ms < duration_ms; ++ms, ++tick_) {
      now_ += milliseconds{1};
      for (std::size_t i = tick_ % kPacketMs; i < worker_.callers().size(); i += kPacketMs) send(i);
      const auto start = thread_time();
      // An empty turn says that all that came has been dealt with but what waits for company.
      while (worker_.turn(now_) > 0 || worker_.has_backlog()) {
      }
      spent_ += thread_time() - start;
      out_ += worker_.take();
    }
  }
  void forget() {
    spent_ = {};
    in_ = out_ = 0;
  }
  [[nodiscard]] double cpu_ms_per_call_second() {
    const std::chrono::duration<double, std::milli> spent{spent_};
    return spent.count() * 2 / static_cast<double>(worker_.callers().size()) / (kMeasuredMs / 1000.0);
  }
  [[nodiscard]] double arrived() const { return static_cast<double>(out_) / static_cast<double>(in_); }

 private:
  void send(std::size_t caller) {
    const auto& speech = *speech_[caller % 2];
    // Each call is somewhere else in the speech.
    const auto& payload = speech.packets[(caller * 37 + tick_ / kPacketMs) % speech.packets.size()];
    worker_.put(worker_.callers()[caller], speech.payload_type, speech.ticks_per_packet, payload);
    ++in_;
  }

  MemoryWorker worker_;
  std::array<const SpeechPayloads*, 2> speech_;
  base::Instant now_;
  std::size_t tick_{0};
  std::chrono::nanoseconds spent_{0};
  std::size_t in_{0}, out_{0};
};

int measure(const Case& pair, const std::string& wav) {
  const auto a = must(encode_speech(pair.a, wav));
  const auto b = must(encode_speech(pair.b, wav));
  Run run{a, b, pair.calls};
  run.pass(kWarmUpMs);
  run.forget();
  run.pass(kMeasuredMs);
  const auto cost = run.cpu_ms_per_call_second();
  std::printf("%-6s %-6s %6zu %12.3f %14.0f %8.1f\n", pair.a.c_str(), pair.b.c_str(), pair.calls, cost,
              1000 / cost, 100 * run.arrived());
  return run.arrived() > 0.9 ? 0 : 1;  // speech has no pauses that long
}

int measure_all(const std::string& program, const std::string& wav) {
  std::printf("calls that a core carries over a memory port: real speech, 20 ms packets, kernels for %s\n",
              std::string{codecs::simd::name(codecs::simd::selected())}.c_str());
  std::printf("%-6s %-6s %6s %12s %14s %8s\n", "A", "B", "calls", "CPU ms/s", "calls a core", "% out");
  std::fflush(stdout);
  // The EAL starts once in a process: each pair has its own.
  int failed = 0;
  for (const auto& pair : kCases) {
    const auto command = program + " " + pair.a + " " + pair.b + " " + std::to_string(pair.calls) + " " + wav;
    failed |= std::system(command.c_str());
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  base::start_log(4);  // warnings
  const std::string wav = argc > 4 ? argv[4] : MEDIAD_SPEECH;
  if (argc > 3) return bench::measure({argv[1], argv[2], std::strtoul(argv[3], nullptr, 10)}, wav);
  return bench::measure_all(argv[0], wav);
}
