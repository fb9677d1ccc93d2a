#include "control/registrar/registrar.h"

#include <algorithm>
#include <utility>

#include "control/registrar/register_request.h"
#include "control/sip/wire/fields.h"
#include "control/sip/wire/uri.h"

namespace control {
namespace {

using sip::HeaderId;

std::uint32_t seconds_left(const Binding& binding, base::Instant now) {
  return static_cast<std::uint32_t>(
      std::max<std::int64_t>(0, (binding.expires - now) / std::chrono::seconds{1}));
}

}  // namespace

sip::OutgoingResponse Registrar::refuse(std::uint16_t status, std::string reason) {
  ++counters_.refused;
  return {.status = status, .reason = std::move(reason), .to_tag = ""};
}

sip::OutgoingResponse Registrar::handle(const sip::Request& request, const AuthenticatedOrigin& origin,
                                        base::Instant now, base::WallTime wall) {
  const auto to = request.message.to();
  // RFC 3261 §10.3 steps 4 and 5: who may register what. Others' addresses are refused alike whether they
  // exist or not.
  if (!to.uri.is_sip()) return refuse(400, "To Is Not A SIP URI");
  const auto user = sip::unescaped(to.uri.user);
  if (!origin.is_user() || origin.name() != user) return refuse(403);
  const auto account = accounts_.find(user);
  if (!account) return refuse(404);
  auto read = read_register(request);
  if (const auto* fault = std::get_if<RegisterFault>(&read)) return refuse(fault->status, fault->reason);
  auto& wish = std::get<RegisterWish>(read);

  Bindings kept = by_user_[user];
  std::erase_if(kept, [&](const Binding& b) { return b.expires <= now; });
  const auto& message = request.message;
  // Step 7: within one Call-ID only a higher CSeq counts; nothing is changed unless all can be.
  const auto is_late = [&](const Binding& old) {
    return old.call_id == message.call_id() && old.cseq >= message.cseq().number;
  };
  if (wish.remove_all) {
    if (std::any_of(kept.begin(), kept.end(), is_late)) return refuse(500, "CSeq Out Of Order");
    kept.clear();
  }
  for (auto& [binding, wanted] : wish.contacts) {
    const auto seconds = std::min(wanted.value_or(options_.default_expires), options_.max_expires);
    if (seconds != 0 && seconds < options_.min_expires) {
      auto refusal = refuse(423);
      refusal.headers.add(HeaderId::kMinExpires, options_.min_expires);
      return refusal;
    }
    const auto old = std::find_if(kept.begin(), kept.end(), [&wanted_binding = binding](const Binding& b) {
      return wanted_binding.replaces(b);
    });
    if (old != kept.end() && is_late(*old)) return refuse(500, "CSeq Out Of Order");
    if (old != kept.end()) kept.erase(old);
    if (seconds == 0) continue;
    binding.user = user;
    binding.expires = now + std::chrono::seconds{seconds};
    kept.push_back(std::move(binding));
  }
  if (kept.size() > account->max_bindings) return refuse(403, "Too Many Bindings");
  by_user_[user] = std::move(kept);
  changed_.insert(user);
  if (is_reliable(request.flow.transport)) by_flow_[request.flow].insert(user);
  ++counters_.accepted;
  auto response = list(request, user, now, wall);
  if (wish.uses_outbound) {
    // RFC 5626 §6: says that the flow will be used, and how often the phone has to be heard on it.
    response.headers.add(HeaderId::kRequire, "outbound");
    if (is_reliable(request.flow.transport)) response.headers.add(HeaderId::kFlowTimer, options_.flow_timer);
  }
  return response;
}

/// Step 8: 200 with all that is bound.
sip::OutgoingResponse Registrar::list(const sip::Request& request, const std::string& user, base::Instant now,
                                      base::WallTime wall) {
  sip::OutgoingResponse response{.status = 200, .reason = "", .to_tag = ""};
  for (const auto& b : by_user_[user]) {
    std::string value = '<' + b.contact + ">;expires=" + std::to_string(seconds_left(b, now));
    if (!b.instance.empty()) value += ";+sip.instance=" + b.instance;
    if (b.reg_id != 0) value += ";reg-id=" + std::to_string(b.reg_id);
    response.headers.add(HeaderId::kContact, value);
  }
  response.headers.copy(request.message, HeaderId::kPath);
  response.headers.add(HeaderId::kDate, sip::print_date(std::chrono::floor<std::chrono::seconds>(wall)));
  return response;
}

std::vector<Binding> Registrar::bindings_of(std::string_view user, base::Instant now) const {
  Bindings result;
  const auto at = by_user_.find(std::string(user));
  if (at == by_user_.end()) return result;
  for (const auto& b : at->second) {
    if (b.expires <= now || !target_of(b)) continue;
    // RFC 5626 §7: the flows of one instance are one phone; the last registered is the best.
    const auto same = std::find_if(result.begin(), result.end(), [&](const Binding& r) {
      return b.reg_id != 0 && r.reg_id != 0 && r.instance == b.instance;
    });
    if (same != result.end()) {
      *same = b;
    } else {
      result.push_back(b);
    }
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Binding& a, const Binding& b) { return a.q > b.q; });
  return result;
}

void Registrar::flow_down(const sip::FlowId& flow) {
  const auto at = by_flow_.find(flow);
  if (at == by_flow_.end()) return;
  for (const auto& user : at->second) {
    const auto bindings = by_user_.find(user);
    if (bindings == by_user_.end()) continue;
    for (auto& b : bindings->second) {
      if (b.flow == flow) b.flow_is_alive = false;
    }
  }
  by_flow_.erase(at);
}

void Registrar::expire(base::Instant now) {
  for (auto at = by_user_.begin(); at != by_user_.end();) {
    const auto gone = std::erase_if(at->second, [&](const Binding& b) { return b.expires <= now; });
    counters_.expired += gone;
    if (gone != 0) changed_.insert(at->first);
    at = at->second.empty() ? by_user_.erase(at) : std::next(at);
  }
}

void Registrar::restore(std::vector<Binding> bindings) {
  for (auto& b : bindings) {
    auto& list = by_user_[b.user];
    list.push_back(std::move(b));
  }
}

std::vector<BindingChange> Registrar::take_changes() {
  std::vector<BindingChange> changes;
  for (const auto& user : std::exchange(changed_, {})) {
    const auto at = by_user_.find(user);
    changes.push_back({user, at == by_user_.end() ? Bindings{} : at->second});
  }
  return changes;
}

std::size_t Registrar::size() const {
  std::size_t count = 0;
  for (const auto& [user, bindings] : by_user_) count += bindings.size();
  return count;
}

}  // namespace control
