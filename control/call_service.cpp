#include "control/call_service.h"

#include <algorithm>

#include "control/call_log.h"
#include "mediad/base/log.h"

namespace control {
namespace {

using base::Error;
using base::Result;

/// Behind Timer C (RFC 3261 §16.6, more than three minutes) no other answer to an offer can come.
constexpr std::chrono::seconds kExchangeStands{240};

Error error(std::string_view text) {
  return Error{std::string{text}};
}

Side side_of(unsigned leg) {
  return leg == kCaller ? Side::kA : Side::kB;
}

/// Takes over what the flags say about the sender's media and about what is sent to it.
void apply_flags(Leg& sender, Leg& receiver, const OfferFlags& flags) {
  if (flags.learning) sender.source.learning = *flags.learning;
  sender.source.asymmetric = flags.asymmetric;
  if (!flags.label.empty()) sender.label = flags.label;
  if (flags.strict_source) sender.source.strict = receiver.source.strict = true;
  if (flags.media_handover) sender.source.media_handover = receiver.source.media_handover = true;
  if (flags.tos) sender.tos = receiver.tos = flags.tos;
}

void note_protocols(Branch& branch, unsigned sender, const sdp::SessionDescription& in,
                    const sdp::SessionDescription& out) {
  for (std::size_t i = 0; i < branch.medias.size(); ++i) {
    auto& media = branch.medias[i];
    if (i < in.medias.size()) {
      media.type = in.medias[i].media().type;
      media.sides[sender].protocol = in.medias[i].media().proto;
    }
    if (i < out.medias.size()) media.sides[1 - sender].protocol = out.medias[i].media().proto;
  }
}

/// A description that cannot be read is told to the proxy in rtpengine's words, and to the operator in ours.
Result<sdp::SessionDescription> read(std::string_view text, std::string_view call_id) {
  auto description = sdp::SessionDescription::parse(text);
  if (description) return description;
  spdlog::warn("unreadable description call-id=\"{}\" why=\"{}\"", printable(call_id),
               printable(description.error().text));
  return error(call_error::kBadDescription);
}

std::uint64_t& counter_of(Timeout timeout, CallCounters& counters) {
  switch (timeout) {
    case Timeout::kMedia:
      return counters.media_timeouts;
    case Timeout::kSilent:
      return counters.silent_timeouts;
    case Timeout::kFinal:
      return counters.final_timeouts;
    case Timeout::kOffer:
      break;
  }
  return counters.offer_timeouts;
}

}  // namespace

bool call_error::is_limit(std::string_view text) {
  return text == kSessionLimit || text == kCpuLimit || text == kLoadLimit;
}

CallService::CallService(CallOptions options, Dependencies dependencies)
    : options_(options),
      placement_(dependencies.placement),
      workers_(dependencies.workers),
      resolve_next_hop_(std::move(dependencies.resolve_next_hop)),
      keeper_(dependencies.workers),
      setup_(dependencies.placement, keeper_, dependencies.seed),
      busy_idle_ns_(dependencies.workers.size()),
      admission_(dependencies.workers.size()) {}

std::string_view CallService::refusal() const {
  if (draining_ || (options_.max_sessions > 0 && live_calls_ >= options_.max_sessions))
    return call_error::kSessionLimit;
  if (options_.max_cpu > 0 && busy_share_ * 100 >= options_.max_cpu) return call_error::kCpuLimit;
  return {};
}

bool CallService::overloads(const Call& call, const Branch& branch) const {
  if (options_.max_load == 0) return false;
  std::int64_t more = 0;
  for (std::size_t i = 0; i < branch.medias.size() && i < branch.negotiation.decisions().size(); ++i) {
    if (branch.medias[i].session) return false;  // what runs is served on
    const auto& decision = branch.negotiation.decisions()[i];
    if (!decision.enabled) continue;
    const auto plan = plan_of(decision);
    for (const auto& flow : plan.flows) more += codec_load_of(flow, plan.endpoints[flow.from].receive);
  }
  return more > 0 && !admission_.fits(call.worker, placement_.load(call.worker), more, options_.max_load);
}

Result<Call*> CallService::open_call(const CallNames& names, const sdp::SessionDescription& offer,
                                     const OfferFlags& flags, base::Instant now) {
  if (const auto why = refusal(); !why.empty()) {
    ++counters_.rejected;
    return error(why);
  }
  const auto worker = setup_.choose_worker(offer, flags);
  if (!worker) {
    ++counters_.rejected;
    return error(call_error::kRanOutOfPorts);
  }
  auto call = std::make_unique<Call>();
  call->call_id = names.call_id;
  call->worker = *worker;
  call->created = now;
  call->cname = setup_.make_cname();
  call->metadata = flags.metadata;
  ++live_calls_;
  ++counters_.calls;
  return calls_.emplace(call->call_id, std::move(call)).first->second.get();
}

Result<std::string> CallService::offer(const CallNames& names, std::string_view sdp, const OfferFlags& flags,
                                       base::Instant now) {
  const auto description = read(sdp, names.call_id);
  if (!description) return description.error();

  Call* call = nullptr;
  if (const auto found = calls_.find(names.call_id); found != calls_.end()) {
    call = found->second.get();
  } else {
    auto opened = open_call(names, *description, flags, now);
    if (!opened) return opened.error();
    call = *opened;
  }

  auto match = call->match_offer(names);
  const bool is_new = !match;
  if (is_new) {
    auto& branch = *call->branches.emplace_back(std::make_unique<Branch>());
    branch.created = now;
    branch.via_branch = names.via_branch;
    branch.legs[kCaller].tag = names.from_tag;
    branch.legs[kCallee].tag = names.to_tag;
    for (auto& leg : branch.legs) {
      leg.created = now;
      leg.source.strict = options_.strict_source;
      leg.source.learning = options_.learning;
    }
    match = BranchMatch{&branch, kCaller};
  }
  auto result = offer_on(*call, *match->branch, match->sender, names, *description, flags, now);
  if (!result && is_new) end_branch(*call, *match->branch, result.error().text, now);
  return result;
}

Result<std::string> CallService::offer_on(Call& call, Branch& branch, unsigned sender, const CallNames& names,
                                          const sdp::SessionDescription& offer, const OfferFlags& flags,
                                          base::Instant now) {
  if (!setup_.place(branch, call.worker, sender, offer, flags)) {
    ++counters_.rejected;
    return error(call_error::kRanOutOfPorts);
  }
  const auto receiver = 1 - sender;
  const auto ends = BranchSetup::local_ends(branch, receiver, offer.medias.size(), flags);
  auto out = branch.negotiation.offer(side_of(sender), offer, policy_of(flags), ends);
  if (!out) return out.error();
  if (overloads(call, branch)) {
    ++counters_.rejected;
    return error(call_error::kLoadLimit);
  }

  revive(call, branch);
  adopt_tag(branch.legs[sender], names.from_tag);
  if (!names.to_tag.empty()) adopt_tag(branch.legs[receiver], names.to_tag);
  apply_flags(branch.legs[sender], branch.legs[receiver], flags);
  branch.offerer = sender;
  branch.answer_hash = 0;
  branch.last_signal = call.last_signal = now;
  note_protocols(branch, sender, offer, *out);
  // Without a session early media is lost, but not the call: the answer tries again.
  if (auto opened = setup_.open(call, branch, options_); !opened) {
    spdlog::warn("no session before the answer call-id=\"{}\" why=\"{}\"", printable(call.call_id),
                 opened.error().text);
  }
  log_exchange("offer", call, branch);
  return out->print();
}

Result<std::string> CallService::answer(const CallNames& names, std::string_view sdp, const OfferFlags& flags,
                                        base::Instant now) {
  const auto found = calls_.find(names.call_id);
  if (found == calls_.end()) return error(call_error::kUnknownCall);
  auto& call = *found->second;
  const auto match = call.match_answer(names);
  if (!match) return error("No offer of these tags to answer");
  const auto description = read(sdp, names.call_id);
  if (!description) return description.error();

  auto& branch = *match->branch;
  const auto answerer = match->sender;
  const auto ends = BranchSetup::local_ends(branch, branch.offerer, description->medias.size(), flags);
  auto out = branch.negotiation.answer(*description, policy_of(flags), ends);
  if (!out) return out.error();
  if (overloads(call, branch)) {  // only now is it known that the sides have no codec in common
    ++counters_.rejected;
    return error(call_error::kLoadLimit);
  }

  revive(call, branch);
  // Tags may come in either order: the answerer's is the one that is not the offerer's.
  const bool in_order = branch.legs[branch.offerer].tag == names.from_tag;
  adopt_tag(branch.legs[answerer], in_order ? names.to_tag : names.from_tag);
  apply_flags(branch.legs[answerer], branch.legs[branch.offerer], flags);
  branch.last_signal = call.last_signal = now;
  note_protocols(branch, answerer, *description, *out);

  const auto hash = std::hash<std::string_view>{}(sdp) | 1U;  // never 0, which stands for none
  if (branch.answer_hash != hash) {
    if (auto done = setup_.apply(call, branch, options_); !done) {
      spdlog::error("session not started call-id=\"{}\" why=\"{}\"", printable(call.call_id),
                    done.error().text);
      return done.error();
    }
    branch.answer_hash = hash;
  }
  branch.answered = true;
  log_exchange("answer", call, branch);
  return out->print();
}

Result<CallReport> CallService::remove(const CallNames& names, std::optional<std::chrono::seconds> delay,
                                       base::Instant now) {
  const auto found = calls_.find(names.call_id);
  if (found == calls_.end()) return error(call_error::kNothingDeleted);
  auto& call = *found->second;
  const auto branches = call.match_any(names);
  if (branches.empty()) return error(call_error::kNothingDeleted);

  call.last_signal = now;
  auto report = report_of(call, branches);
  mark_deleted(call, branches, now + delay.value_or(options_.delete_delay));
  expire(call, now);
  return report;
}

Result<CallReport> CallService::query(const CallNames& names) {
  const auto found = calls_.find(names.call_id);
  if (found == calls_.end()) return error(call_error::kUnknownCall);
  return report_of(*found->second, found->second->match_any(names));
}

std::vector<std::string_view> CallService::list(std::size_t limit) const {
  std::vector<std::string_view> result;
  for (const auto& [call_id, call] : calls_) {
    if (result.size() == limit) break;
    result.emplace_back(call_id);
  }
  return result;
}

const Call* CallService::find(std::string_view call_id) const {
  const auto found = calls_.find(call_id);
  return found == calls_.end() ? nullptr : found->second.get();
}

void CallService::mark_deleted(Call& call, const std::vector<Branch*>& branches, base::Instant at) {
  for (auto* branch : branches) branch->delete_at = at;
  if (call.live && call.is_deleted()) {
    call.live = false;
    --live_calls_;
  }
}

void CallService::revive(Call& call, Branch& branch) {
  branch.delete_at.reset();
  if (!call.live) {
    call.live = true;
    ++live_calls_;
  }
}

bool CallService::kill(std::string_view call_id, base::Instant now) {
  const auto found = calls_.find(call_id);
  if (found == calls_.end()) return false;
  ++counters_.forced_ends;
  end_call(*found->second, "killed by the operator", now);
  return true;
}

void CallService::stop_all(base::Instant now) {
  while (!calls_.empty()) end_call(*calls_.begin()->second, "server stops", now);
}

void CallService::end_call(Call& call, std::string_view reason, base::Instant now) {
  for (auto left = call.branches.size(); left > 0; --left)
    end_branch(call, *call.branches.back(), reason, now);
}

void CallService::end_branch(Call& call, Branch& branch, std::string_view reason, base::Instant now) {
  log_end(call, branch, reason, now);
  count_ended(branch, counters_, now);
  setup_.tear_down(branch);
  std::erase_if(call.branches, [&branch](const auto& item) { return item.get() == &branch; });
  if (!call.branches.empty()) return;
  if (call.live) --live_calls_;
  calls_.erase(calls_.find(call.call_id));
}

void CallService::expire(Call& call, base::Instant now) {
  // A branch that ends takes the call along if it was the last: nothing may be touched behind that.
  for (auto i = call.branches.size(); i > 0; --i) {
    auto& branch = *call.branches[i - 1];
    const bool last = call.branches.size() == 1;
    if (branch.delete_at && now >= *branch.delete_at) {
      ++counters_.regular_ends;
      end_branch(call, branch, "deleted", now);
    } else if (const auto timeout = branch.delete_at ? std::nullopt : expired(branch, options_, now)) {
      ++counter_of(*timeout, counters_);
      end_branch(call, branch, to_string(*timeout), now);
    } else {
      if (branch.answered && now - branch.last_signal >= kExchangeStands) branch.negotiation.close_exchange();
      continue;
    }
    if (last) return;
  }
}

void CallService::check_time(base::Instant now) {
  std::vector<Call*> calls;
  calls.reserve(calls_.size());
  for (const auto& [call_id, call] : calls_) calls.push_back(call.get());
  for (auto* call : calls) expire(*call, now);
  measure_load();
}

void CallService::measure_load() {
  busy_share_ = 0;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const std::pair now_ns{workers_[i].stats().busy_ns.get(), workers_[i].stats().idle_ns.get()};
    const auto [busy_before, idle_before] = std::exchange(busy_idle_ns_[i], now_ns);
    const auto busy = static_cast<double>(now_ns.first - busy_before);
    const auto idle = static_cast<double>(now_ns.second - idle_before);
    const auto share = busy > 0 ? busy / (busy + idle) : 0;
    busy_share_ = std::max(busy_share_, share);
    admission_.measure(i, share, placement_.load(static_cast<std::uint16_t>(i)));
  }
}

void CallService::poll(base::Instant now) {
  for (const auto& event : keeper_.poll()) take(event, now);
}

void CallService::take(const dataplane::Event& event, base::Instant now) {
  if (const auto* wanted = std::get_if<dataplane::NextHopWanted>(&event)) {
    if (resolve_next_hop_) resolve_next_hop_(wanted->destination);
  } else if (std::holds_alternative<dataplane::EventReceived>(event)) {
    ++counters_.dtmf_events;
  } else if (const auto* home = std::get_if<dataplane::SessionHome>(&event)) {
    refused(home->id, now);
  }
}

void CallService::refused(dataplane::SessionId id, base::Instant now) {
  for (const auto& [call_id, call] : calls_) {
    for (auto& branch : call->branches) {
      for (auto& media : branch->medias) {
        if (!media.session || media.session->id != id) continue;
        media.session.reset();  // its figures die with the event
        spdlog::error("worker refused a session call-id=\"{}\"", printable(call->call_id));
        end_branch(*call, *branch, "worker refused a session", now);
        return;
      }
    }
  }
}

}  // namespace control
