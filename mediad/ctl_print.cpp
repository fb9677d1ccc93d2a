#include "mediad/ctl_print.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace mediad {
namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "-";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

double number(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

const Json& items(const Json& object, const char* key) {
  static const Json kNone = Json::array();
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

bool is_true(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && *found == true;
}

std::string duration(double seconds) {
  const auto s = static_cast<long>(seconds);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string fraction(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_number() ? fmt::format("{:.2f}", number(object, key)) : "-";
}

std::string print_status(const Json& reply) {
  auto out = fmt::format("mediad {}  up {}{}\n", text(reply, "version"), duration(number(reply, "uptime")),
                         is_true(reply, "draining") ? "  DRAINING" : "");
  out += fmt::format("calls {} now, {} in all, {} rejected, {} timed out; busiest worker {:.1f} %\n",
                     text(reply, "calls"), text(reply, "calls-total"), text(reply, "rejected"),
                     text(reply, "timeouts"), 100 * number(reply, "busy"));
  for (const auto& ports : items(reply, "ports")) {
    out += fmt::format("ports {} {}: {} of {} free\n", text(ports, "name"), text(ports, "address"),
                       text(ports, "free"), text(ports, "total"));
  }
  return out;
}

std::string print_calls(const Json& reply) {
  auto out = fmt::format("{:<40} {:<9} {:>9} {:>6} {:>7} {:>10} {:>5}  {}\n", "CALL-ID", "STATE", "AGE",
                         "WORKER", "STREAMS", "PACKETS", "MOS", "");
  for (const auto& call : items(reply, "calls")) {
    out += fmt::format("{:<40} {:<9} {:>9} {:>6} {:>7} {:>10} {:>5}  {}\n", text(call, "call-id"),
                       text(call, "state"), duration(number(call, "age")), text(call, "worker"),
                       text(call, "streams"), text(call, "packets"), fraction(call, "mos"),
                       is_true(call, "transcoded") ? "transcoded" : "");
  }
  return out;
}

std::string print_media(const Json& media) {
  auto out = fmt::format("  {} {} {}{}{}\n", text(media, "type"), text(media, "index"),
                         text(media, "protocol"), is_true(media, "running") ? "" : "  not running",
                         is_true(media, "running") && !is_true(media, "active") ? "  on hold" : "");
  out += fmt::format("    {} -> our {}, sends {}{}\n", text(media, "remote"), text(media, "local"),
                     text(media, "receives"),
                     is_true(media, "transcoded") ? ", becomes " + text(media, "becomes") : std::string{});
  out +=
      fmt::format("    in {} packets {} octets, out {} packets {} octets, RTCP in {}, silent for {:.1f} s\n",
                  text(media, "packets-in"), text(media, "octets-in"), text(media, "packets-out"),
                  text(media, "octets-out"), text(media, "rtcp-in"), number(media, "silent-for"));
  for (const auto& source : items(media, "sources")) {
    out += fmt::format(
        "    SSRC {}: {} packets, lost {} ({:.1f} %), jitter {:.1f} ms, rtt {:.1f} ms, MOS {}{}\n",
        text(source, "ssrc"), text(source, "packets"), text(source, "lost"), number(source, "loss-percent"),
        number(source, "jitter-ms"), number(source, "round-trip-ms"), fraction(source, "mos"),
        is_true(source, "mos-estimated") ? " (estimated)" : "");
  }
  for (const auto& [reason, count] : items(media, "drops").items()) {
    out += fmt::format("    dropped {}: {}\n", reason, count.dump());
  }
  return out;
}

std::string print_call(const Json& reply) {
  const auto& call = items(reply, "call");
  auto out = fmt::format("{}  {}  age {}  worker {}\n", text(call, "call-id"), text(call, "state"),
                         duration(number(call, "age")), text(call, "worker"));
  for (const auto& choice : items(call, "choices")) out += "chosen: " + choice.get<std::string>() + "\n";
  for (const auto& party : items(call, "parties")) {
    const auto label = text(party, "label");
    out += fmt::format("tag \"{}\"{}\n", text(party, "tag"), label.empty() ? "" : " label " + label);
    for (const auto& media : items(party, "medias")) out += print_media(media);
  }
  return out;
}

/// What a codec did between two looks, all workers together: a row for each direction that had work.
struct CodecRow {
  double packets{0}, batches{0}, ns{0}, redone{0};
  void add(const Json& before, const Json& now) {
    packets += number(now, "packets") - number(before, "packets");
    batches += number(now, "batches") - number(before, "batches");
    ns += number(now, "ns") - number(before, "ns");
    redone += number(now, "redone-frames") - number(before, "redone-frames");
  }
};

std::string print_codecs(const Json& old_workers, const Json& workers, double elapsed) {
  std::map<std::pair<std::string, std::string>, CodecRow> rows;
  for (std::size_t i = 0; i < workers.size() && i < old_workers.size(); ++i) {
    const auto& old_codecs = items(old_workers[i], "codecs");
    for (const auto& [codec, directions] : items(workers[i], "codecs").items()) {
      for (const auto& [direction, work] : directions.items())
        rows[{codec, direction}].add(items(items(old_codecs, codec.c_str()), direction.c_str()), work);
    }
  }
  std::string out;
  for (const auto& [key, row] : rows) {
    if (row.packets <= 0) continue;
    if (out.empty())
      out = fmt::format("\n{:<14} {:<7} {:>9} {:>6} {:>10} {:>9}\n", "CODEC", "", "PACKETS/s", "FILL",
                        "us/PACKET", "REDONE/s");
    out += fmt::format("{:<14} {:<7} {:>9.0f} {:>6.1f} {:>10.2f} {:>9.1f}\n", key.first, key.second,
                       row.packets / elapsed, row.packets / std::max(row.batches, 1.0),
                       row.ns / row.packets / 1000, row.redone / elapsed);
  }
  return out;
}

}  // namespace

std::string print_reply(std::string_view command, const Json& reply) {
  if (command == "status") return print_status(reply);
  if (command == "calls") return print_calls(reply);
  if (command == "call") return print_call(reply);
  if (command == "explain" || command == "sip") return text(reply, "text");
  if (command == "drain" || command == "resume") return fmt::format("{} calls left\n", text(reply, "calls"));
  if (command == "kill") return "ended\n";
  return reply.dump(2) + "\n";
}

std::string print_top(const Json& before, const Json& now) {
  const auto elapsed = std::max(0.001, number(now, "uptime") - number(before, "uptime"));
  const auto rate = [elapsed](const Json& a, const Json& b, const char* key) {
    return (number(b, key) - number(a, key)) / elapsed;
  };
  auto out = fmt::format("up {}  calls {}  ", duration(number(now, "uptime")), text(now, "calls"));
  for (const auto* request : {"offer", "answer", "delete"}) {
    out += fmt::format("{}s/s {:.0f}  ", request,
                       rate(items(before, "requests"), items(now, "requests"), request));
  }
  out += fmt::format("\n\n{:<7} {:>9} {:>7} {:>11} {:>11} {:>9} {:>13}  {}\n", "WORKER", "SESSIONS", "BUSY%",
                     "IN/s", "OUT/s", "EFFORT", "LONGEST us", "DROPS/s");
  const auto& old_workers = items(before, "workers");
  const auto& workers = items(now, "workers");
  for (std::size_t i = 0; i < workers.size() && i < old_workers.size(); ++i) {
    const auto& a = old_workers[i];
    const auto& b = workers[i];
    std::string drops;
    for (const auto& [reason, count] : items(b, "drops").items()) {
      const auto per_second = rate(items(a, "drops"), items(b, "drops"), reason.c_str());
      if (per_second > 0) drops += fmt::format("{} {:.0f} ", reason, per_second);
    }
    out +=
        fmt::format("{:<7} {:>9} {:>7.1f} {:>11.0f} {:>11.0f} {:>9} {:>13.0f}  {}\n", i, text(b, "sessions"),
                    rate(a, b, "busy-ns") / 1e7, rate(a, b, "packets-in"), rate(a, b, "packets-out"),
                    text(b, "effort-ceiling"), number(b, "longest-turn-ns") / 1000, drops);
  }
  return out + print_codecs(old_workers, workers, elapsed);
}

}  // namespace mediad
