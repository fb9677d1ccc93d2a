#include "control/admin/metrics.h"

#include <fmt/format.h>

#include <iterator>

#include "codecs/registry.h"
#include "control/admin/call_json.h"
#include "control/call_report.h"

namespace control::admin {
namespace {

using dataplane::WorkerStats;

double seconds(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// Appends families and their samples.
class Page {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    append("# HELP mediad_{} {}\n# TYPE mediad_{} {}\n", name, help, name, type);
  }
  template <typename Number>
  void sample(std::string_view name, std::string_view labels, Number value) {
    if (labels.empty()) {
      append("mediad_{} {}\n", name, value);
    } else {
      append("mediad_{}{{{}}} {}\n", name, labels, value);
    }
  }
  template <typename Number>
  void single(std::string_view name, std::string_view type, std::string_view help, Number value) {
    family(name, type, help);
    sample(name, "", value);
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  template <typename... Args>
  void append(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }

  std::string text_;
};

void print_calls(const CallService& service, Page& page) {
  std::size_t streams = 0, transcoded = 0;
  service.for_each_call([&](const Call& call) {
    for (const auto& branch : call.branches) {
      for (const auto& media : branch->medias) {
        if (!media.session) continue;
        ++streams;
        if (branch->is_transcoded(media)) ++transcoded;
      }
    }
  });
  const auto& c = service.counters();
  page.single("sessions", "gauge", "Calls that nobody has deleted.", service.live_calls());
  page.single("sessions_total", "counter", "Calls begun.", c.calls);
  page.single("rejected_sessions_total", "counter", "Calls refused by a limit or for want of ports.",
              c.rejected);
  page.single("mediastreams", "gauge", "Streams with a session on a worker.", streams);
  page.single("transcoded_media", "gauge", "Streams that are transcoded.", transcoded);
  page.family("closed_sessions_total", "counter", "Branches of calls that have ended, by reason.");
  page.sample("closed_sessions_total", R"(reason="regular")", c.regular_ends);
  page.sample("closed_sessions_total", R"(reason="forced")", c.forced_ends);
  page.sample("closed_sessions_total", R"(reason="timeout")", c.media_timeouts);
  page.sample("closed_sessions_total", R"(reason="silent_timeout")", c.silent_timeouts);
  page.sample("closed_sessions_total", R"(reason="final_timeout")", c.final_timeouts);
  page.sample("closed_sessions_total", R"(reason="offer_timeout")", c.offer_timeouts);
  page.single("call_duration_seconds_total", "counter", "Time that ended branches have lasted.",
              seconds(c.call_time));
  page.single("one_way_sessions_total", "counter", "Ended streams with media from one side only.",
              c.one_way_streams);
  page.single("zero_packet_streams_total", "counter", "Ended streams without any media.", c.zero_way_streams);
  page.single("mos_total", "counter", "Sum of the average MOS of ended sources.", c.mos_sum);
  page.single("mos_samples_total", "counter", "How many of them there were.", c.mos_count);
  page.single("packets_lost_total", "counter", "RTP packets that ended sources had lost.", c.lost);
  page.single("rtp_reordered_total", "counter", "RTP packets of ended sources out of order.", c.reordered);
  page.single("rtp_duplicates_total", "counter", "RTP packets of ended sources seen twice.", c.duplicates);
  page.single("dtmf_events_total", "counter", "RFC 4733 events completed.", c.dtmf_events);
}

void print_requests(const CallCounters& counters, Page& page) {
  page.family("requests_total", "counter", "Requests of signalling.");
  for (std::size_t i = 0; i < kRequestKinds.size(); ++i) {
    page.sample("requests_total", fmt::format(R"(request="{}")", kRequestKinds[i]),
                counters.requests[i].requests);
  }
  page.family("request_errors_total", "counter", "Requests that got an error.");
  for (std::size_t i = 0; i < kRequestKinds.size(); ++i) {
    page.sample("request_errors_total", fmt::format(R"(request="{}")", kRequestKinds[i]),
                counters.requests[i].errors);
  }
  page.single("repeated_requests_total", "counter", "Requests that got their first reply again.",
              counters.repeated);
  page.single("malformed_requests_total", "counter", "Datagrams that were no request.", counters.malformed);

  page.family("request_seconds", "histogram",
              "From request to reply: offer and answer are what we add to call set-up.");
  for (std::size_t i = 0; i < kRequestKinds.size(); ++i) {
    const auto& latency = counters.requests[i].latency;
    const auto label = fmt::format(R"(request="{}")", kRequestKinds[i]);
    for (std::size_t b = 0; b < LatencyHistogram::kBounds.size(); ++b) {
      page.sample("request_seconds_bucket",
                  fmt::format(R"({},le="{}")", label, seconds(LatencyHistogram::kBounds[b])),
                  latency.up_to(b));
    }
    page.sample("request_seconds_bucket", label + R"(,le="+Inf")", latency.count());
    page.sample("request_seconds_sum", label, seconds(latency.sum()));
    page.sample("request_seconds_count", label, latency.count());
  }
}

void print_ports(const Placement& placement, Page& page) {
  page.family("ports_free", "gauge", "UDP ports that new calls may have.");
  for (const auto& usage : placement.usage()) {
    page.sample(
        "ports_free",
        fmt::format(R"(name="{}",address="{}")", usage.interface->name, usage.interface->local.to_string()),
        2 * usage.free_pairs);
  }
  page.family("ports_used", "gauge", "UDP ports that calls hold.");
  for (const auto& usage : placement.usage()) {
    page.sample(
        "ports_used",
        fmt::format(R"(name="{}",address="{}")", usage.interface->name, usage.interface->local.to_string()),
        2 * (usage.pairs - usage.free_pairs));
  }
}

/// One figure of each worker.
template <typename Read>
void print_of_each(std::span<const dataplane::WorkerProxy> workers, Page& page, std::string_view name,
                   std::string_view type, std::string_view help, Read read) {
  page.family(name, type, help);
  for (std::size_t i = 0; i < workers.size(); ++i) {
    page.sample(name, fmt::format(R"(worker="{}")", i), read(workers[i].stats()));
  }
}

/// One figure of each codec, direction and worker that has had work.
template <typename Read>
void print_of_codecs(std::span<const dataplane::WorkerProxy> workers, Page& page, std::string_view name,
                     std::string_view help, Read read) {
  page.family(name, "counter", help);
  const auto list = codecs::all();
  for (std::size_t w = 0; w < workers.size(); ++w) {
    for (std::size_t c = 0; c < list.size(); ++c) {
      const auto print = [&](std::string_view direction, const dataplane::CodecWork& work) {
        if (work.jobs.get() == 0) return;
        page.sample(
            name,
            fmt::format(R"(worker="{}",codec="{}",direction="{}")", w, label_of(list[c]->info()), direction),
            read(work));
      };
      print("decode", workers[w].stats().decoders[c]);
      print("encode", workers[w].stats().encoders[c]);
    }
  }
}

void print_codecs(std::span<const dataplane::WorkerProxy> workers, Page& page) {
  using Work = dataplane::CodecWork;
  const auto counter = [&](std::string_view name, std::string_view help, auto read) {
    print_of_codecs(workers, page, name, help, read);
  };
  counter("codec_packets_total", "Packets decoded (or concealed) and encoded.",
          [](const Work& work) { return work.jobs.get(); });
  counter("codec_batches_total", "Batches that they were worked on in.",
          [](const Work& work) { return work.batches.get(); });
  counter("codec_seconds_total", "Time inside the codec.",
          [](const Work& work) { return 1e-9 * static_cast<double>(work.ns.get()); });
  counter("codec_redone_frames_total",
          "Frames of 10 ms that left the range of the SIMD arithmetic and were done again without.",
          [](const Work& work) { return work.redone.get(); });
}

void print_workers(std::span<const dataplane::WorkerProxy> workers, Page& page) {
  const auto counter = [&](std::string_view name, std::string_view help, base::Counter WorkerStats::*member) {
    print_of_each(workers, page, name, "counter", help,
                  [member](const WorkerStats& s) { return (s.*member).get(); });
  };
  counter("packets_total", "Packets received.", &WorkerStats::packets_in);
  counter("bytes_total", "Octets received.", &WorkerStats::octets_in);
  counter("packets_sent_total", "Packets sent.", &WorkerStats::packets_out);
  counter("bytes_sent_total", "Octets sent.", &WorkerStats::octets_out);
  counter("worker_turns_total", "Passes of the loop.", &WorkerStats::turns);
  counter("worker_handed_over_total", "Packets that came in on another worker.",
          &WorkerStats::handed_over_in);
  counter("worker_events_lost_total", "Events that found the outbox full.", &WorkerStats::events_lost);
  const auto gauge = [&](std::string_view name, std::string_view help, auto read) {
    print_of_each(workers, page, name, "gauge", help, read);
  };
  gauge("worker_sessions", "Sessions served.", [](const WorkerStats& s) { return s.sessions.get(); });
  gauge("worker_effort_ceiling", "Most effort that encoders may spend, 0..10; it sinks as the worker fills.",
        [](const WorkerStats& s) { return s.effort_ceiling.get(); });
  gauge("worker_busy_ratio", "Share of the time since start with something to do.", [](const WorkerStats& s) {
    const auto busy = static_cast<double>(s.busy_ns.get());
    const auto all = busy + static_cast<double>(s.idle_ns.get());
    return all > 0 ? busy / all : 0;
  });
  gauge("worker_longest_turn_seconds", "Longest pass of the loop since start.",
        [](const WorkerStats& s) { return 1e-9 * static_cast<double>(s.longest_turn_ns.get()); });
  print_of_each(workers, page, "worker_busy_seconds_total", "counter", "Time with something to do.",
                [](const WorkerStats& s) { return 1e-9 * static_cast<double>(s.busy_ns.get()); });

  page.family("dropped_packets_total", "counter", "Packets discarded, by reason.");
  for (std::size_t d = 0; d < dataplane::kDropCount; ++d) {
    std::uint64_t n = 0;
    for (const auto& worker : workers) n += worker.stats().drops[d].get();
    page.sample("dropped_packets_total", fmt::format(R"(reason="{}")", dataplane::kDropTexts[d]), n);
  }
}

}  // namespace

std::string print_metrics(const CallService& service, base::Duration uptime) {
  Page page;
  page.single("uptime_seconds", "gauge", "Time since start.", seconds(uptime));
  print_calls(service, page);
  print_requests(service.counters(), page);
  print_ports(service.placement(), page);
  page.single("busy_ratio", "gauge",
              "Share of the last second in which the busiest worker had something to do.",
              service.busy_share());
  print_workers(service.workers(), page);
  print_codecs(service.workers(), page);
  return page.take();
}

}  // namespace control::admin
