#include "control/b2bua/b2bua.h"

#include <algorithm>
#include <utility>

#include "control/call_log.h"
#include "control/sip/uas_checks.h"
#include "control/sip/wire/chars.h"
#include "mediad/base/log.h"

namespace control {
namespace {

using sip::HeaderId;
using sip::Method;

/// True for `host[:port]` of ours.
bool is_name(const sip::Uri& uri, std::string_view local) {
  const auto text = "sip:" + std::string(local);
  const auto own = sip::Uri::parse(text);
  const auto port_of = [](const sip::Uri& each) {
    return each.port.value_or(each.scheme == sip::Uri::Scheme::kSips ? 5061 : 5060);
  };
  return own && sip::equal_ignoring_case(own->host, uri.host) && port_of(*own) == port_of(uri);
}

double seconds(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

std::string invite_key(const sip::Message& invite, const AuthenticatedOrigin& origin) {
  std::string key(invite.call_id());
  key.append(" ").append(invite.from_tag()).append(" ").append(std::to_string(invite.cseq().number));
  if (origin.kind() == AuthenticatedOrigin::Kind::kProxy) key.append(" ").append(invite.uri_text());
  return key;
}

B2bua::B2bua(Dependencies dependencies, B2buaOptions options)
    : d_(std::move(dependencies)), world_{d_.port, d_.media, std::move(options), {}, {}, d_.credentials_of} {}

B2bua::~B2bua() = default;

void B2bua::on_event(sip::Event event, base::Instant now) {
  std::visit([&](const auto& each) { on(each, now); }, event);
}

SipCall* B2bua::call_of(sip::TxnId txn) const {
  const auto at = world_.index.by_txn.find(txn.value);
  return at == world_.index.by_txn.end() ? nullptr : at->second;
}

void B2bua::respond(const sip::Request& request, sip::OutgoingResponse response) {
  if (response.to_tag.empty()) response.to_tag = d_.port.new_token();
  d_.port.respond(request.txn, response);
}

void B2bua::on(const sip::Request& request, base::Instant now) {
  if (auto refusal = sip::refuse_unservable(request.message)) return respond(request, *std::move(refusal));
  if (request.message.to_tag().empty()) return out_of_dialog(request, now);
  const auto at = world_.index.by_tag.find(std::string(request.message.to_tag()));
  if (at == world_.index.by_tag.end()) return respond(request, plain(481));
  auto* call = at->second;
  if (request.message.method() == Method::kRefer) {
    refer(*call, request, now);
  } else {
    call->on_request(request, now);
  }
  settle(call, now);
}

void B2bua::out_of_dialog(const sip::Request& request, base::Instant now) {
  switch (request.message.method()) {
    case Method::kOptions: {  // the same answer whoever is asked for: that we live
      auto response = plain(200);
      response.headers.add(HeaderId::kAllow, sip::kAllow).add(HeaderId::kAccept, "application/sdp");
      return respond(request, std::move(response));
    }
    case Method::kBye:
    case Method::kUpdate:
    case Method::kPrack:
    case Method::kInfo:
    case Method::kNotify:
      return respond(request, plain(481));
    default:
      break;
  }
  auto verdict = d_.gate.admit(request, now);
  if (auto* refusal = std::get_if<sip::OutgoingResponse>(&verdict))
    return respond(request, std::move(*refusal));
  admitted(request, std::get<AuthenticatedOrigin>(verdict), now);
}

void B2bua::admitted(const sip::Request& request, const AuthenticatedOrigin& origin, base::Instant now) {
  if (request.message.method() == Method::kRegister) {
    auto response = d_.registrar.handle(request, origin, now, d_.to_wall(now));
    if (response.status == 200) {
      spdlog::debug("sip register user={} from={}", origin.name(), request.flow.remote.to_string());
    }
    return respond(request, std::move(response));
  }
  if (request.message.method() == Method::kInvite) return invite(request, origin, now);
  auto response = plain(405);
  response.headers.add(HeaderId::kAllow, sip::kAllow);
  respond(request, std::move(response));
}

Decision B2bua::decide(const AuthenticatedOrigin& origin, const sip::Uri& uri, base::Instant now) const {
  const RoutingView view{d_.table, d_.accounts,
                         [&](std::string_view user) { return d_.registrar.bindings_of(user, now); }, d_.draw,
                         d_.is_alive};
  return route(origin, uri, view);
}

bool B2bua::has_room(const AuthenticatedOrigin& origin) const {
  if (!origin.is_user()) return true;
  const auto account = d_.accounts.find(origin.name());
  const auto at = calls_of_user_.find(origin.name());
  return account && (at == calls_of_user_.end() ? 0 : at->second) < account->max_calls;
}

std::optional<std::string_view> B2bua::loop_in(const sip::Request& request, const std::string& key) const {
  if (by_invite_.contains(key)) return "Merged Request";
  // Ours that came back is no loop yet if a proxy has given it another destination (a spiral).
  const auto at = world_.index.by_tag.find(std::string(request.message.from_tag()));
  if (at != world_.index.by_tag.end() && at->second->sent_to(request.message.uri())) return "Loop Detected";
  return std::nullopt;
}

HostView B2bua::hosts_of(const sip::Request& request) const {
  const auto is_ours = [this, &request](const sip::Uri& uri) {
    const auto& domains = d_.table.domains;
    return is_name(uri, d_.port.local_name(request.flow)) ||
           std::any_of(domains.begin(), domains.end(),
                       [&](const auto& each) { return sip::equal_ignoring_case(each, uri.host); });
  };
  const auto is_trusted = [this](const sip::Uri& uri) {
    const auto address = uri.host_address();
    return address && d_.gate.is_proxy(*address);
  };
  return {is_ours, is_trusted};
}

B2bua::Destination B2bua::destination_of(const sip::Request& request, const AuthenticatedOrigin& origin,
                                         base::Instant now) const {
  if (origin.kind() == AuthenticatedOrigin::Kind::kProxy) {
    if (auto place = anchor_place(request.message, hosts_of(request)))
      return {{ForkRound{{*std::move(place)}, false}}, "anchored for a proxy"};
  }
  const auto decision = decide(origin, request.message.uri(), now);
  if (const auto* refused = std::get_if<RefuseCall>(&decision.action))
    return {{}, decision.why, refused->status};
  if (std::holds_alternative<AnswerHere>(decision.action)) return {{}, "no service answers here", 480};
  return {rounds_of(decision, world_.options.domain), decision.why};
}

void B2bua::record_refusal(const sip::Message& invite, const AuthenticatedOrigin& origin,
                           const sip::OutgoingResponse& response, base::Instant now) const {
  if (!d_.record) return;
  CallRecord record;
  record.call_id = printable(invite.call_id());
  record.caller = printable(caller_of(origin, invite));
  record.dialled = printable(dialled_number(invite.uri()));
  record.origin = origin.name();
  record.started = record.ended = d_.to_wall(now);
  record.status = response.status;
  record.reason = response.reason.empty() ? sip::reason_phrase(response.status) : response.reason;
  record.ended_by = "mediad";
  d_.record(std::move(record));
}

void B2bua::invite(const sip::Request& request, const AuthenticatedOrigin& origin, base::Instant now) {
  ++world_.counters.calls;
  const auto refuse = [&](sip::OutgoingResponse response, std::string_view why) {
    ++world_.counters.refused;
    spdlog::info("sip call refused from={} to={} status={} why=\"{}\"", origin.name(),
                 printable(dialled_number(request.message.uri())), response.status, printable(why));
    record_refusal(request.message, origin, response, now);
    respond(request, std::move(response));
  };
  if (!request.message.body().empty() && !has_sdp(request.message) &&
      origin.kind() != AuthenticatedOrigin::Kind::kProxy) {
    auto response = plain(415);
    response.headers.add(HeaderId::kAccept, "application/sdp");
    return refuse(std::move(response), "body is no session description");
  }
  auto key_of_invite = invite_key(request.message, origin);
  if (const auto loop = loop_in(request, key_of_invite)) {
    auto response = plain(482);
    response.reason = *loop;
    return refuse(std::move(response), *loop);
  }
  // RFC 4028 §9.
  const auto wanted = SessionTimer{}.answer(request.message, world_.options.session_timer, now);
  if (wanted.too_small) {
    auto response = plain(422);
    response.headers.append(wanted.headers);
    return refuse(std::move(response), "session interval too small");
  }
  if (const auto replaces = request.message.header(HeaderId::kReplaces))
    return replace(request, origin, *replaces, now);
  if (!has_room(origin)) return refuse(plain(403), "as many calls as the account may have");
  auto destination = destination_of(request, origin, now);
  if (destination.refused_with != 0) return refuse(plain(destination.refused_with), destination.why);

  auto* key = &add(std::make_unique<SipCall>(world_, origin, request, std::move(destination.rounds), now),
                   key_of_invite);
  spdlog::info("sip call id={} call-id=\"{}\" from={} to={} why=\"{}\"", key->media_id(),
               printable(key->call_id()), origin.name(), printable(key->dialled()),
               printable(destination.why));
  key->start();
  settle(key, now);
}

SipCall& B2bua::add(std::unique_ptr<SipCall> call, std::string key) {
  auto& added = *call;
  if (added.origin().is_user()) ++calls_of_user_[added.origin().name()];
  if (!key.empty()) by_invite_[key] = &added;
  calls_[&added] = {std::move(call), {}, false, std::move(key)};
  return added;
}

void B2bua::on(const sip::Ack& ack, base::Instant now) {
  const auto at = world_.index.by_tag.find(std::string(ack.message.to_tag()));
  if (at == world_.index.by_tag.end()) return;
  auto* call = at->second;
  call->on_ack(ack.message, now);
  settle(call, now);
}

void B2bua::on(const sip::Cancel& cancel, base::Instant now) {
  if (auto* call = call_of(cancel.txn)) {
    call->on_cancel(cancel.message, now);
    settle(call, now);
  }
}

void B2bua::on(const sip::Response& response, base::Instant now) {
  if (auto* call = call_of(response.txn)) {
    call->on_response(response, now);
    settle(call, now);
  }
}

void B2bua::on(const sip::TxnFailed& failed, base::Instant now) {
  if (auto* call = call_of(failed.txn)) {
    call->on_failed(failed, now);
    settle(call, now);
  }
}

void B2bua::on(const sip::FlowDown& down, base::Instant) {
  d_.registrar.flow_down(down.flow);
}

void B2bua::settle(SipCall* call, base::Instant now) {
  auto& entry = calls_.at(call);
  if (call->is_answered() && !entry.was_answered) {
    entry.was_answered = true;
    spdlog::info("sip call answered id={} by={} after_s={:.1f}", call->media_id(), call->callee(),
                 seconds(now - call->started()));
  }
  const auto deadline = call->is_over() ? std::nullopt : call->deadline();
  if (entry.alarm != deadline) {
    if (entry.alarm) alarms_.erase({*entry.alarm, call});
    if (deadline) alarms_.insert({*deadline, call});
    entry.alarm = deadline;
  }
  if (!call->is_over()) return;
  spdlog::info("sip call ended id={} answered={} after_s={:.1f}", call->media_id(), entry.was_answered,
               seconds(now - call->started()));
  if (past_.size() == kMaxPast) past_.pop_front();
  past_.push_back({call->call_id(), call->media_id(), call->take_ladder()});
  if (d_.record) d_.record(call->record(d_.to_wall));
  if (call->origin().is_user()) {
    const auto at = calls_of_user_.find(call->origin().name());
    if (--at->second == 0) calls_of_user_.erase(at);
  }
  if (!entry.invite_key.empty()) by_invite_.erase(entry.invite_key);
  calls_.erase(call);
}

std::optional<base::Instant> B2bua::next_deadline() const {
  return alarms_.empty() ? std::nullopt : std::optional{alarms_.begin()->first};
}

void B2bua::on_time(base::Instant now) {
  while (!alarms_.empty() && alarms_.begin()->first <= now) {
    auto* call = alarms_.begin()->second;
    call->on_time(now);
    settle(call, now);
  }
}

template <typename Action>
void B2bua::for_each_call(base::Instant now, Action action) {
  std::vector<SipCall*> all;
  for (const auto& [key, entry] : calls_) all.push_back(key);
  for (auto* call : all) {
    action(*call);
    settle(call, now);
  }
}

void B2bua::check_media(base::Instant now) {
  for_each_call(now, [now](SipCall& call) { call.check_media(now); });
}

void B2bua::hang_up_all(base::Instant now) {
  for_each_call(now, [now](SipCall& call) { call.hang_up({}, now); });
}

std::optional<std::string> B2bua::trace(std::string_view call_id) const {
  for (const auto& [key, entry] : calls_) {
    if (key->call_id().starts_with(call_id) || key->media_id().starts_with(call_id))
      return key->ladder().print();
  }
  const auto at = std::find_if(past_.rbegin(), past_.rend(), [&](const Past& past) {
    return past.call_id.starts_with(call_id) || past.media_id.starts_with(call_id);
  });
  return at == past_.rend() ? std::nullopt : std::optional{at->ladder.print()};
}

}  // namespace control
