#include "control/b2bua/call_context.h"

#include <algorithm>
#include <utility>

namespace control {
namespace {

std::string describe(std::uint16_t status, std::string_view reason, std::string_view method) {
  std::string text = std::to_string(status) + ' ';
  text += reason.empty() ? sip::reason_phrase(status) : reason;
  if (!method.empty()) text.append(" (").append(method).append(")");
  return text;
}

std::string with_body(std::string text, bool has_body) {
  return has_body ? text + " + SDP" : text;
}

}  // namespace

CallContext::CallContext(CallWorld& w, SipCall& owner, base::Instant at)
    : world(w), media(w.media, w.port.new_token()), now(at), owner_(owner), ladder_(at), logins_(w.port) {}

CallContext::~CallContext() {
  media.end(now);  // whatever way the call came to its end, no port outlives it
  for (const auto& [txn, peer] : txns_) world.index.by_txn.erase(txn);
  for (const auto& tag : tags_) world.index.by_tag.erase(tag);
}

sip::TxnId CallContext::send(sip::OutgoingRequest request, sip::Target target, std::string_view peer) {
  ladder_.went(now, peer, with_body(request.method + ' ' + request.uri, !request.body.empty()));
  const auto txn = logins_.send(std::move(request), std::move(target));
  world.index.by_txn.emplace(txn.value, &owner_);
  txns_.emplace_back(txn.value, peer);
  return txn;
}

void CallContext::ack(sip::OutgoingRequest ack, sip::Target target, std::string_view peer) {
  ladder_.went(now, peer, with_body("ACK", !ack.body.empty()));
  logins_.send_ack(std::move(ack), std::move(target));
}

void CallContext::cancel(sip::TxnId txn, std::string_view reason, std::string_view peer) {
  ladder_.went(now, peer, "CANCEL");
  logins_.cancel(txn, reason);
}

void CallContext::respond(sip::TxnId txn, const sip::OutgoingResponse& response, std::string_view peer) {
  if (txn == sip::TxnId{}) {
    told_nobody = response.status;
    return;
  }
  ladder_.went(now, peer, with_body(describe(response.status, response.reason, {}), !response.body.empty()));
  if (!txns_.empty() && txns_.front().first == txn.value) {  // the caller's INVITE was the first of all
    facts.note_response(response.status,
                        response.reason.empty() ? sip::reason_phrase(response.status) : response.reason, now);
  }
  world.port.respond(txn, response);
}

void CallContext::came(const sip::Message& message, std::string_view peer) {
  const bool has_body = !message.body().empty();
  if (message.is_request()) {
    ladder_.came(
        now, peer,
        with_body(std::string(message.method_name()) + ' ' + std::string(message.uri_text()), has_body));
  } else {
    ladder_.came(now, peer,
                 with_body(describe(message.status(), message.reason(), message.cseq().method), has_body));
  }
}

void CallContext::came(const sip::Response& response) {
  const auto at = std::find_if(txns_.begin(), txns_.end(),
                               [&](const auto& each) { return each.first == response.txn.value; });
  came(response.message, at == txns_.end() ? std::string_view{} : std::string_view{at->second});
}

void CallContext::log_in(std::string_view trunk, std::string_view call_id) {
  if (!world.credentials_of) return;
  if (auto credentials = world.credentials_of(trunk))
    logins_.add(std::string(call_id), *std::move(credentials));
}

std::optional<sip::Response> CallContext::settled(const sip::Response& response) {
  const auto again = logins_.try_again(response);
  if (!again) return sip::Response{logins_.first_try(response.txn), response.flow, response.message};
  const auto at = std::find_if(txns_.begin(), txns_.end(),
                               [&](const auto& each) { return each.first == response.txn.value; });
  const auto peer = at == txns_.end() ? std::string{} : at->second;
  ladder_.went(now, peer, std::string(response.message.cseq().method) + " with credentials");
  world.index.by_txn.emplace(again->value, &owner_);
  txns_.emplace_back(again->value, peer);
  return std::nullopt;
}

sip::TxnFailed CallContext::settled(const sip::TxnFailed& failed) const {
  return {logins_.first_try(failed.txn), failed.cause};
}

void CallContext::own(sip::TxnId txn) {
  world.index.by_txn.emplace(txn.value, &owner_);
  txns_.emplace_back(txn.value, "caller");
}

void CallContext::over(std::string_view by, std::string_view reason) {
  facts.note_end(by, reason, now);
  if (const auto report = media.end(now)) facts.note_media(*report, MediaAnchor::kCallerTag);
}

std::string CallContext::new_tag() {
  auto tag = world.port.new_token();
  world.index.by_tag.emplace(tag, &owner_);
  tags_.push_back(tag);
  return tag;
}

void CallContext::adopt_tag(const std::string& tag) {
  world.index.by_tag[tag] = &owner_;
  tags_.push_back(tag);
}

void CallContext::give_up_tag(const std::string& tag) {
  if (std::erase(tags_, tag) != 0) world.index.by_tag.erase(tag);
}

sip::OutgoingResponse plain(std::uint16_t status, std::string to_tag) {
  sip::OutgoingResponse response;
  response.status = status;
  response.to_tag = std::move(to_tag);
  return response;
}

}  // namespace control
