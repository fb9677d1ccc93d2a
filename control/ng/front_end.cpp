#include "control/ng/front_end.h"

#include "control/call_log.h"
#include "control/ng/bencode.h"
#include "control/ng/json.h"
#include "control/ng/statistics.h"
#include "mediad/base/log.h"

namespace control::ng {
namespace {

constexpr std::size_t kMaxCookie = 255;
constexpr std::size_t kMaxReply = 65507;         // of UDP over IPv4
constexpr std::size_t kUsualReply = 1024;        // a longer one costs a copy
constexpr std::size_t kMaxKnownUnknowns = 1000;  // beyond that somebody makes them up
constexpr std::size_t kDefaultList = 32;         // as many as rtpengine lists unasked

Value::Dictionary failure(std::string_view reason) {
  return {{"result", "error"}, {"error-reason", reason}};
}

/// What must be there before a request for media makes sense; empty if it is.
std::string_view missing(const NgRequest& request) {
  if (request.sdp.empty()) return "No SDP body in message";
  if (request.call_id.empty()) return "No call-id in message";
  if (request.from_tag.empty()) return "No from-tag in message";
  if (request.command == RequestKind::kAnswer && request.to_tag.empty()) return "No to-tag in message";
  return {};
}

CallNames names_of(const NgRequest& request) {
  return {request.call_id, request.from_tag, request.to_tag, request.via_branch};
}

Value::Dictionary with_ok(Value::Dictionary reply) {
  reply.insert(reply.begin(), Value::Entry{"result", "ok"});
  return reply;
}

bool is_error(const Value::Dictionary& reply) {
  return reply.front().second == Value{"error"};
}

}  // namespace

FrontEnd::FrontEnd(CallService& service, ToWall to_wall, base::Instant started)
    : service_(service), to_wall_(std::move(to_wall)), started_(started) {}

const std::string* FrontEnd::handle(std::string_view datagram, const base::IpAddress& host,
                                    base::Instant now) {
  const auto blank = datagram.find(' ');
  if (blank == 0 || blank == std::string_view::npos || blank > kMaxCookie) {
    ++service_.counters().malformed;
    if (bad_input_.admit(now)) spdlog::warn("ng datagram without a cookie from={}", host.to_string());
    return nullptr;
  }
  const auto cookie = datagram.substr(0, blank);
  auto key = std::string{cookie};
  key.append(reinterpret_cast<const char*>(host.octets.data()), host.size());
  if (const auto* stored = cache_.find(key, now)) {
    ++service_.counters().repeated;
    return stored;
  }
  return cache_.store(std::move(key), serve(cookie, datagram.substr(blank + 1), now), now);
}

std::string FrontEnd::serve(std::string_view cookie, std::string_view body, base::Instant now) {
  const auto began = base::MonotonicClock::now();
  const bool json = body.starts_with('{');
  const auto print = [&](Value::Dictionary reply) {
    std::string text;
    text.reserve(kUsualReply);
    text.append(cookie) += ' ';
    const Value value{std::move(reply)};
    json ? encode_json(value, text) : encode_bencode(value, text);
    return text;
  };
  const auto message = json ? decode_json(body) : decode_bencode(body);
  const auto request = message ? parse_request(*message) : base::Result<NgRequest>{message.error()};
  if (!request) {
    ++service_.counters().malformed;
    if (bad_input_.admit(now))
      spdlog::warn("ng request not understood why=\"{}\"", printable(request.error().text));
    return print(failure(request.error().text));
  }
  log_unknown(*request);

  auto reply = dispatch(*request, now);
  auto& counter = service_.counters().requests[static_cast<std::size_t>(request->command)];
  ++counter.requests;
  if (is_error(reply)) ++counter.errors;
  auto text = print(std::move(reply));
  if (text.size() > kMaxReply) text = print(failure("Reply does not fit a datagram"));
  counter.latency.add(base::MonotonicClock::now() - began);
  return text;
}

Value::Dictionary FrontEnd::dispatch(const NgRequest& request, base::Instant now) {
  switch (request.command) {
    case RequestKind::kPing:
      return {{"result", "pong"}};
    case RequestKind::kOffer:
    case RequestKind::kAnswer:
      return offer_answer(request, now);
    case RequestKind::kDelete:
      return remove(request, now);
    case RequestKind::kQuery:
      return query(request);
    case RequestKind::kList:
      return list(request);
    case RequestKind::kStatistics:
      return {{"result", "ok"}, {"statistics", print_statistics(service_, now - started_)}};
  }
  return failure("Unrecognized command");
}

Value::Dictionary FrontEnd::offer_answer(const NgRequest& request, base::Instant now) {
  if (const auto what = missing(request); !what.empty()) return failure(what);
  const auto names = names_of(request);
  auto result = request.command == RequestKind::kOffer
                    ? service_.offer(names, request.sdp, request.flags, now)
                    : service_.answer(names, request.sdp, request.flags, now);
  if (result) return {{"result", "ok"}, {"sdp", *std::move(result)}};
  const auto& why = result.error().text;
  if (request.supports_load_limit && call_error::is_limit(why))
    return {{"result", "load limit"}, {"message", why}};
  return failure(why);
}

Value::Dictionary FrontEnd::remove(const NgRequest& request, base::Instant now) {
  if (request.call_id.empty()) return failure("No call-id in message");
  const auto report = service_.remove(names_of(request), request.delete_delay, now);
  if (!report) {
    if (request.fatal) return failure(report.error().text);
    return {{"result", "ok"}, {"warning", report.error().text}};
  }
  // Short enough, for a call with one stream, to need no IP fragments.
  return with_ok(print_report(*report, Detail::kCompact, to_wall_));
}

Value::Dictionary FrontEnd::query(const NgRequest& request) {
  if (request.call_id.empty()) return failure("No call-id in message");
  const auto report = service_.query(names_of(request));
  if (!report) return failure(report.error().text);
  return with_ok(print_report(*report, Detail::kFull, to_wall_));
}

Value::Dictionary FrontEnd::list(const NgRequest& request) const {
  const auto limit = request.limit.value_or(kDefaultList);
  if (limit <= 0) return failure("invalid limit, must be > 0");
  Value::List ids;
  std::size_t octets = 0;
  for (const auto id : service_.list(static_cast<std::size_t>(limit))) {
    octets += id.size() + 8;
    if (octets > kMaxMessage - kMaxCookie - 64) break;  // what no datagram could carry
    ids.emplace_back(id);
  }
  return {{"result", "ok"}, {"calls", std::move(ids)}};
}

void FrontEnd::log_unknown(const NgRequest& request) {
  const auto tell_once = [this](std::string name) {
    if (known_unknowns_.size() >= kMaxKnownUnknowns) return;
    auto [place, is_new] = known_unknowns_.insert(std::move(name));
    if (is_new) spdlog::warn("ng flag ignored name=\"{}\" (told once)", *place);
  };
  for (const auto& name : request.unknown) tell_once(printable(name));
  // The call is served from another interface, which is not what the proxy wants.
  for (const auto* name : {&request.flags.direction_from, &request.flags.direction_to}) {
    if (!name->empty() && !service_.placement().knows(*name)) tell_once("direction=" + printable(*name));
  }
}

}  // namespace control::ng
