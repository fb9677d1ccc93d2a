#include "control/b2bua/trunk_logins.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace control {
namespace {

using sip::HeaderId;

/// A third try is only for a nonce that grew old between the two.
constexpr unsigned kMaxLoginTries = 3;

/// Calls `use(name, value)` for each line that we have written.
template <typename Use>
void for_each_line(const sip::HeaderLines& headers, Use use) {
  auto text = headers.text();
  while (!text.empty()) {
    const auto line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(std::min(text.size(), line.size() + 2));
    const auto colon = line.find(": ");
    if (colon != line.npos) use(line.substr(0, colon), line.substr(colon + 2));
  }
}

std::string_view value_of(const sip::HeaderLines& headers, HeaderId id) {
  std::string_view found;
  for_each_line(headers, [&](std::string_view name, std::string_view value) {
    if (name == sip::name_of(id)) found = value;
  });
  return found;
}

std::uint32_t cseq_of(const sip::HeaderLines& headers) {
  const auto value = value_of(headers, HeaderId::kCSeq);
  std::uint32_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

sip::HeaderLines renumbered(const sip::HeaderLines& headers, std::uint32_t cseq, const std::string& method) {
  sip::HeaderLines copy;
  for_each_line(headers, [&](std::string_view name, std::string_view value) {
    if (name == sip::name_of(HeaderId::kCSeq)) {
      copy.add(name, std::to_string(cseq) + ' ' + method);
    } else {
      copy.add(name, value);
    }
  });
  return copy;
}

}  // namespace

void TrunkLogins::add(std::string call_id, Credentials credentials) {
  legs_.push_back({std::move(call_id), credentials, DigestClient(credentials), 0, 0, {}});
}

TrunkLogins::Leg* TrunkLogins::leg_of(const sip::HeaderLines& headers) {
  if (legs_.empty()) return nullptr;
  const auto call_id = value_of(headers, HeaderId::kCallId);
  const auto at =
      std::find_if(legs_.begin(), legs_.end(), [&](const Leg& l) { return l.call_id == call_id; });
  return at == legs_.end() ? nullptr : &*at;
}

sip::OutgoingRequest TrunkLogins::prepared(const sip::OutgoingRequest& request, Leg& leg) {
  auto out = request;
  // The dialog above counts without the tries that it does not see.
  const auto cseq = std::max(cseq_of(request.headers), leg.last_cseq + 1);
  leg.last_cseq = cseq;
  out.headers = renumbered(request.headers, cseq, request.method);
  sip::OutgoingRequest credentials;
  credentials.method = request.method;
  credentials.uri = request.uri;
  leg.digest.authorize(credentials, port_.new_token());
  out.headers.append(credentials.headers);
  if (request.method == "INVITE") {
    leg.ack_cseq = cseq;
    leg.ack_headers = std::move(credentials.headers);
  }
  return out;
}

sip::TxnId TrunkLogins::send(sip::OutgoingRequest request, sip::Target target) {
  auto* leg = leg_of(request.headers);
  if (leg == nullptr) return port_.request(std::move(request), std::move(target));
  const auto txn = port_.request(prepared(request, *leg), target);
  pending_.push_back({txn, txn, std::move(request), std::move(target)});
  return txn;
}

void TrunkLogins::send_ack(sip::OutgoingRequest ack, sip::Target target) {
  if (const auto* leg = leg_of(ack.headers); leg != nullptr && cseq_of(ack.headers) == leg->ack_cseq)
    ack.headers.append(leg->ack_headers);
  port_.send_ack(std::move(ack), std::move(target));
}

void TrunkLogins::cancel(sip::TxnId txn, std::string_view reason) {
  const auto at =
      std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) { return p.first == txn; });
  if (at == pending_.end()) return port_.cancel(txn, reason);
  at->is_cancelled = true;
  port_.cancel(at->current, reason);
}

std::optional<sip::TxnId> TrunkLogins::try_again(const sip::Response& response) {
  const auto status = response.message.status();
  const auto at = std::find_if(pending_.begin(), pending_.end(),
                               [&](const Pending& p) { return p.current == response.txn; });
  if (status < 200 || at == pending_.end()) return std::nullopt;
  auto* leg = leg_of(at->request.headers);
  const bool is_challenge =
      (status == 401 || status == 407) && !at->is_cancelled && at->tries < kMaxLoginTries;
  // A nonce of an earlier request may be good for one only: its refusal says nothing of the password.
  if (is_challenge && at->tries == 1) leg->digest = DigestClient(leg->credentials);
  if (!is_challenge || !leg->digest.take_challenge(response.message)) {
    pending_.erase(at);
    return std::nullopt;
  }
  ++at->tries;
  at->current = port_.request(prepared(at->request, *leg), at->target);
  later_tries_.emplace_back(at->current, at->first);
  return at->current;
}

sip::TxnId TrunkLogins::first_try(sip::TxnId txn) const {
  const auto at = std::find_if(later_tries_.begin(), later_tries_.end(),
                               [&](const auto& each) { return each.first == txn; });
  return at == later_tries_.end() ? txn : at->second;
}

}  // namespace control
