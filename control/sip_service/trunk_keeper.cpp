#include "control/sip_service/trunk_keeper.h"

#include <algorithm>
#include <utility>

#include "control/sip/wire/chars.h"
#include "mediad/base/deadline.h"
#include "mediad/base/log.h"

namespace control {
namespace {

using sip::HeaderId;
using State = TrunkRegistration::State;

/// One lost OPTIONS may be an accident.
constexpr unsigned kMaxUnanswered = 2;

std::string address_at(const std::string& trunk_uri, std::string_view user) {
  const auto colon = trunk_uri.find(':');
  const auto end = trunk_uri.find(';');
  return trunk_uri.substr(0, colon + 1) + sip::escaped_user(user) + '@' +
         trunk_uri.substr(colon + 1, end == std::string::npos ? end : end - colon - 1);
}

std::uint16_t status_of(const sip::Response& response) {
  return response.message.status();
}

}  // namespace

void TrunkKeeper::set_trunks(const RoutingTable& table, const std::vector<TrunkLogin>& logins,
                             base::Instant now) {
  std::map<std::string, Kept, std::less<>> fresh;
  for (const auto& login : logins) {
    const auto trunk = table.trunks.find(login.trunk);
    if (trunk == table.trunks.end() || !trunk->second.enabled) continue;
    if (!login.registers && login.options_seconds == 0) continue;
    const auto old = kept_.find(login.trunk);
    if (old != kept_.end() && old->second.login == login && old->second.uri == trunk->second.uri) {
      fresh.emplace(login.trunk, std::move(old->second));
      continue;
    }
    Kept kept;
    kept.uri = trunk->second.uri;
    kept.login = login;
    begin(kept, now);
    fresh.emplace(login.trunk, std::move(kept));
  }
  kept_ = std::move(fresh);
}

void TrunkKeeper::begin(Kept& kept, base::Instant now) {
  const auto& login = kept.login;
  if (login.options_seconds != 0) kept.next_options = now;
  if (!login.registers) return;
  const auto& user = login.credentials.user;
  kept.registration.emplace(
      TrunkRegistrationOptions{kept.uri, address_at(kept.uri, user), user, login.credentials, login.expires},
      port_.new_token(), port_.new_token(), now);
}

void TrunkKeeper::send_options(Kept& kept, base::Instant now) {
  sip::OutgoingRequest request;
  request.method = "OPTIONS";
  request.uri = kept.uri;
  request.headers.add(HeaderId::kMaxForwards, 70U);
  request.headers.add(HeaderId::kFrom, "<sip:mediad@mediad.invalid>;tag=" + port_.new_token());
  request.headers.add(HeaderId::kTo, '<' + kept.uri + '>').add(HeaderId::kCallId, port_.new_token());
  request.headers.add(HeaderId::kCSeq, "1 OPTIONS").add(HeaderId::kAccept, "application/sdp");
  request.contact = sip::LocalContact{"", "", ""};
  kept.options_txn = port_.request(std::move(request), sip::Target::to(kept.uri));
  kept.next_options = now + std::chrono::seconds{kept.login.options_seconds};
}

void TrunkKeeper::on_time(base::Instant now) {
  for (auto& [name, kept] : kept_) {
    if (kept.next_options && *kept.next_options <= now) send_options(kept, now);
    if (!kept.registration) continue;
    const auto target = kept.registration->target();
    if (auto request = kept.registration->on_time(now, port_.new_token()))
      kept.register_txn = port_.request(*std::move(request), target);
  }
}

bool TrunkKeeper::on_event(const sip::Event& event, base::Instant now) {
  const auto* response = std::get_if<sip::Response>(&event);
  const auto* failed = std::get_if<sip::TxnFailed>(&event);
  if (response == nullptr && failed == nullptr) return false;
  const auto txn = response != nullptr ? response->txn : failed->txn;
  for (auto& [name, kept] : kept_) {
    if (kept.register_txn != txn && kept.options_txn != txn) continue;
    const bool was_alive = kept.unanswered < kMaxUnanswered;
    if (response != nullptr) {
      on(kept, *response, now);
    } else {
      on(kept, *failed, now);
    }
    const bool lives = kept.unanswered < kMaxUnanswered;
    if (lives != was_alive)
      spdlog::warn("sip trunk {} {}", name, lives ? "answers again" : "does not answer");
    return true;
  }
  return false;
}

void TrunkKeeper::on(Kept& kept, const sip::Response& response, base::Instant now) {
  if (status_of(response) < 200) return;
  if (response.txn == kept.options_txn) {
    // Any answer but that it cannot serve shows that it lives: not everybody knows OPTIONS.
    kept.unanswered = status_of(response) == 503 || status_of(response) == 408 ? kept.unanswered + 1 : 0U;
    return;
  }
  const auto before = kept.registration->state();
  kept.registration->on_response(response.message, now, random_());
  const auto state = kept.registration->state();
  if (status_of(response) < 300) kept.registrar = response.flow.remote.ip;
  if (state == State::kRefused) kept.registrar.reset();
  if (state != before || status_of(response) >= 402) {
    spdlog::info("sip trunk {} registration status={} {}", kept.login.trunk, status_of(response),
                 state == State::kRegistered ? "registered" : "not registered");
  }
}

void TrunkKeeper::on(Kept& kept, const sip::TxnFailed& failed, base::Instant now) {
  if (failed.txn == kept.options_txn) {
    ++kept.unanswered;
    return;
  }
  kept.registration->on_failure(now, random_());
}

std::optional<base::Instant> TrunkKeeper::deadline() const {
  std::optional<base::Instant> first;
  for (const auto& [name, kept] : kept_) {
    first = base::earlier(first, kept.next_options);
    if (kept.registration) first = base::earlier(first, kept.registration->deadline());
  }
  return first;
}

bool TrunkKeeper::is_alive(std::string_view trunk) const {
  const auto at = kept_.find(trunk);
  return at == kept_.end() || at->second.unanswered < kMaxUnanswered;
}

std::vector<TrunkIdentity> TrunkKeeper::with_registrars(std::vector<TrunkIdentity> configured) const {
  for (auto& trunk : configured) {
    const auto at = kept_.find(trunk.name);
    if (at != kept_.end() && at->second.registrar) trunk.addresses.push_back(*at->second.registrar);
  }
  return configured;
}

std::string TrunkKeeper::describe(std::string_view trunk) const {
  const auto at = kept_.find(trunk);
  if (at == kept_.end()) return {};
  const auto& kept = at->second;
  std::string text;
  if (kept.registration) {
    const auto status = kept.registration->last_status();
    switch (kept.registration->state()) {
      case State::kRegistered:
        text = "registered";
        break;
      case State::kRefused:
        text = "registration refused with " + std::to_string(status);
        break;
      case State::kTrying:
        text = status == 0 ? "registering" : "registering, last answer " + std::to_string(status);
        break;
    }
  }
  if (kept.login.options_seconds != 0)
    text.append(text.empty() ? "" : ", ").append(is_alive(trunk) ? "alive" : "dead");
  return text;
}

std::size_t TrunkKeeper::registered() const {
  return static_cast<std::size_t>(std::count_if(kept_.begin(), kept_.end(), [](const auto& each) {
    return each.second.registration && each.second.registration->state() == State::kRegistered;
  }));
}

std::size_t TrunkKeeper::dead() const {
  return static_cast<std::size_t>(std::count_if(
      kept_.begin(), kept_.end(), [](const auto& each) { return each.second.unanswered >= kMaxUnanswered; }));
}

}  // namespace control
