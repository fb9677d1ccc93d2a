#include "control/admin/commands.h"

#include <nlohmann/json.hpp>

#include "control/admin/call_json.h"
#include "control/explain.h"

namespace control::admin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostCalls = 10000;  // a reply of a few megabytes

Json failure(std::string_view reason) {
  return {{"result", "error"}, {"error-reason", reason}};
}

double seconds(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Json status(const Commands::Dependencies& d, base::Instant now) {
  const auto& counters = d.service.counters();
  Json ports = Json::array();
  for (const auto& usage : d.service.placement().usage()) {
    ports.push_back({{"name", usage.interface->name},
                     {"address", usage.interface->local.to_string()},
                     {"free", 2 * usage.free_pairs},
                     {"total", 2 * usage.pairs}});
  }
  return {{"result", "ok"},
          {"version", d.version},
          {"uptime", seconds(now - d.started)},
          {"draining", d.service.draining()},
          {"calls", d.service.live_calls()},
          {"calls-total", counters.calls},
          {"rejected", counters.rejected},
          {"timeouts", counters.media_timeouts + counters.silent_timeouts + counters.final_timeouts +
                           counters.offer_timeouts},
          {"busy", d.service.busy_share()},
          {"ports", std::move(ports)}};
}

Json calls(const Commands::Dependencies& d, base::Instant now) {
  Json list = Json::array();
  d.service.for_each_call([&](const Call& call) {
    if (list.size() < kMostCalls) list.push_back(brief(call, now));
  });
  return {{"result", "ok"}, {"calls", std::move(list)}};
}

Json top(const Commands::Dependencies& d, base::Instant now) {
  Json workers = Json::array();
  for (const auto& worker : d.service.workers()) workers.push_back(figures(worker.stats()));
  Json requests = Json::object();
  for (std::size_t i = 0; i < kRequestKinds.size(); ++i) {
    requests[std::string{kRequestKinds[i]}] = d.service.counters().requests[i].requests;
  }
  return {{"result", "ok"},
          {"uptime", seconds(now - d.started)},
          {"calls", d.service.live_calls()},
          {"busy", d.service.busy_share()},
          {"requests", std::move(requests)},
          {"workers", std::move(workers)}};
}

Json about_call(const Commands::Dependencies& d, std::string_view command, const std::string& call_id,
                base::Instant now) {
  const auto* call = d.service.find(call_id);
  if (call == nullptr) return failure("unknown call-id");
  if (command == "explain") return {{"result", "ok"}, {"text", explain(*call, now)}};
  if (command == "kill") {
    d.service.kill(call_id, now);
    return {{"result", "ok"}};
  }
  return {{"result", "ok"}, {"call", full(*call, now, d.to_wall)}};
}

Json sip_command(const Commands::Dependencies& d, const nlohmann::json& words) {
  if (!d.sip) return failure("mediad runs without listen-sip");
  std::vector<std::string> list;
  for (const auto& word : words) {
    if (!word.is_string()) return failure("a word is no string");
    list.push_back(word.get<std::string>());
  }
  auto reply = d.sip(list);
  if (!reply) return failure(reply.error().text);
  return {{"result", "ok"}, {"text", *std::move(reply)}};
}

Json answer(const Commands::Dependencies& d, std::string_view text, base::Instant now) {
  const auto request = nlohmann::json::parse(text, nullptr, false);
  if (!request.is_object()) return failure("request is not a JSON object");
  const auto command = request.value("command", nlohmann::json{});
  const auto call_id = request.value("call-id", nlohmann::json{});
  if (!command.is_string()) return failure("request has no command");
  const auto name = command.get<std::string>();
  if (name == "status") return status(d, now);
  if (name == "calls") return calls(d, now);
  if (name == "top") return top(d, now);
  if (name == "sip") return sip_command(d, request.value("words", nlohmann::json::array()));
  if (name == "drain" || name == "resume") {
    d.service.set_draining(name == "drain");
    const auto& ask = name == "drain" ? d.drain : d.resume;
    if (ask) ask();
    return {{"result", "ok"}, {"calls", d.service.live_calls()}};
  }
  if (name == "call" || name == "explain" || name == "kill") {
    if (!call_id.is_string()) return failure("request has no call-id");
    return about_call(d, name, call_id.get<std::string>(), now);
  }
  return failure("unknown command");
}

}  // namespace

std::string Commands::handle(std::string_view request, base::Instant now) {
  return answer(dependencies_, request, now).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace control::admin
