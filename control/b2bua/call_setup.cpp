#include "control/b2bua/call_setup.h"
#include "mediad/base/deadline.h"

#include <algorithm>
#include <utility>

namespace control {
namespace {

using sip::HeaderId;

/// How often a place is asked again with what it wanted to see.
constexpr std::uint32_t kMaxTries = 3;

EarlyDialog* find_early(Fork& fork, std::string_view remote_tag) {
  const auto at = std::find_if(fork.early.begin(), fork.early.end(), [&](const EarlyDialog& each) {
    return each.dialog.id().remote_tag == remote_tag;
  });
  return at == fork.early.end() ? nullptr : &*at;
}

constexpr std::string_view kAnsweredElsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

}  // namespace

CallSetup::CallSetup(CallContext& context, CallerIdentity caller, sip::Request invite,
                     std::vector<ForkRound> rounds)
    : context_(context),
      caller_(std::move(caller)),
      invite_(std::move(invite)),
      rounds_(std::move(rounds)),
      early_(context, invite_, caller_.standing) {}

void CallSetup::start() {
  give_up_at_ = context_.now + context_.world.options.ring_timeout;
  next_round();
}

void CallSetup::next_round() {
  while (!is_final_ && !has_open_fork()) {
    if (next_round_ == rounds_.size() || !may_go_on_) return refuse(best_.get());
    auto& round = rounds_[next_round_++];
    may_go_on_ = !round.needs_reason_to_go_on;
    hunt_on_at_.reset();
    if (may_go_on_ && next_round_ < rounds_.size())
      hunt_on_at_ = context_.now + context_.world.options.hunt_timeout;
    auto left = context_.world.options.max_forks;
    for (auto& place : round.places) {
      if (left-- == 0 || is_final_) break;
      ring(std::move(place));
    }
  }
}

void CallSetup::ring(ForkPlace place) {
  Fork fork;
  fork.key = "fork" + std::to_string(forks_.size() + 1);
  if (has_sdp(invite_.message)) {
    auto sdp = context_.media.offer(kCaller, fork.key, sip::sdp_of(invite_.message), context_.now);
    if (!sdp) {
      context_.note("media", sdp.error().text);
      return best_.consider({status_of_media_error(sdp.error().text)});
    }
    fork.offer = *std::move(sdp);
  }
  fork.names = {context_.world.port.new_token(), context_.new_tag()};
  fork.uas_tag = context_.new_tag();
  fork.caller = Dialog::of_request(invite_, fork.uas_tag);
  fork.place = std::move(place);
  if (fork.place.is_trunk) context_.log_in(fork.place.name, fork.names.call_id);
  send_invite(fork);
  forks_.push_back(std::move(fork));
}

void CallSetup::send_invite(Fork& fork, std::uint32_t least_interval) {
  auto request = make_invite(invite_.message, caller_, fork.place, fork.names);
  std::string supported{kCallSupported};
  // Without an offer of the caller's the callee's would come with its first reliable response, and who
  // cannot acknowledge it cannot answer it.
  if (!fork.offer.empty() || early_.is_reliable()) supported += ", 100rel";
  request.headers.add(HeaderId::kSupported, supported);
  request.headers.append(SessionTimer::offer(context_.world.options.session_timer, least_interval));
  put_body(invite_.message, fork.offer, caller_.standing, fork.place.standing, request);
  fork.txn = context_.send(std::move(request), fork.place.target, fork.place.name);
}

bool CallSetup::knows(sip::TxnId txn) const {
  return early_.knows(txn) ||
         std::any_of(forks_.begin(), forks_.end(), [&](const Fork& f) { return f.txn == txn; });
}

Fork* CallSetup::fork_of(sip::TxnId txn) {
  const auto at = std::find_if(forks_.begin(), forks_.end(), [&](const Fork& f) { return f.txn == txn; });
  return at == forks_.end() ? nullptr : &*at;
}

bool CallSetup::has_open_fork() const {
  return std::any_of(forks_.begin(), forks_.end(), [](const Fork& f) { return !f.is_over; });
}

bool CallSetup::is_over() const {
  return is_final_ && !has_open_fork();
}

std::optional<Joined> CallSetup::on_response(const sip::Response& response) {
  if (early_.on_response(response)) return std::nullopt;
  auto* fork = fork_of(response.txn);
  if (fork == nullptr) return std::nullopt;
  const auto status = response.message.status();
  if (status < 200) {
    if (!is_final_ && status > 100) provisional(*fork, response);
    return std::nullopt;
  }
  if (status == 422 && !is_final_ && fork->names.cseq < kMaxTries) {
    if (const auto least = SessionTimer::raised(response.message)) {  // RFC 4028 §7.4
      ++fork->names.cseq;
      send_invite(*fork, *least);
      return std::nullopt;
    }
  }
  if (status >= 300) {
    fork_ended(*fork, refusal_of(*fork, response.message));
    return std::nullopt;
  }
  return answered(*fork, response);
}

bool CallSetup::went_to(const sip::Uri& uri) const {
  return std::any_of(forks_.begin(), forks_.end(), [&](const Fork& f) {
    const auto sent = sip::Uri::parse(f.place.uri);
    return sent && sip::equivalent(*sent, uri);
  });
}

Outcome CallSetup::refusal_of(const Fork& fork, const sip::Message& message) const {
  const bool is_transparent = caller_.standing.is_transparent && fork.place.standing.is_transparent;
  auto outcome = is_transparent ? outcome_as_is(message) : outcome_of(message, fork.place.is_trunk);
  pass_headers(message, fork.place.standing, caller_.standing, outcome.headers);
  outcome.body = body_between(message, {}, fork.place.standing, caller_.standing);
  return outcome;
}

/// RFC 3261 §13.2.2.1: each tag is a dialog of its own, if proxies behind this place have forked.
void CallSetup::provisional(Fork& fork, const sip::Response& response) {
  const auto& message = response.message;
  auto* early = find_early(fork, message.to_tag());
  if (early == nullptr) {
    if (auto dialog = Dialog::of_response(response)) {
      early = &fork.early.emplace_back(EarlyDialog{*std::move(dialog), {}});
    }
  }
  const auto number = reliable_number(message);
  if (early != nullptr && message.has(HeaderId::kAllow))
    early->allows_update = message.lists(HeaderId::kAllow, "UPDATE");
  if (number) {
    if (early == nullptr || !early->order.take(*number)) return;
    const bool is_offer = fork.offer.empty() && has_sdp(message) && !early->is_settled;
    if (is_offer) {
      fork.offering = message;  // its PRACK waits for the caller's answer
    } else {
      context_.send(early->dialog.make_prack(message), early->dialog.next_hop(), fork.place.name);
    }
  }
  pass_provisional(fork, early, message, number.has_value());
}

void CallSetup::pass_provisional(Fork& fork, EarlyDialog* early, const sip::Message& message,
                                 bool is_reliable) {
  const auto status = message.status();
  if (status != 180 && status != 181 && status != 182 && status != 183) return;
  std::string sdp;
  const bool is_late = fork.offer.empty();
  if (has_sdp(message) && (!is_late || is_reliable) && (early == nullptr || !early->is_settled)) {
    auto described = is_late ? context_.media.offer(kCallee, fork.key, sip::sdp_of(message), context_.now)
                             : context_.media.answer(kCallee, fork.key, sip::sdp_of(message), context_.now);
    if (described) {
      sdp = *std::move(described);
      fork.said = sip::sdp_of(message);
      if (!is_late) fork.answer = sdp;
      if (is_reliable && !is_late) early->is_settled = true;
    } else {
      context_.note("media", described.error().text);
      fork.offering.reset();
    }
  }
  if (status == 183 && sdp.empty() && !caller_.standing.is_transparent && !is_reliable)
    return;  // says nothing
  early_.tell(answer_to_caller(fork, message, sdp), is_reliable);
}

bool CallSetup::on_request(const sip::Request& request) {
  const auto id = dialog_of(request.message);
  const auto method = request.message.method();
  for (auto& fork : forks_) {
    const bool is_caller = fork.caller && fork.caller->id() == id;
    auto* early = is_caller ? nullptr : find_early(fork, id.remote_tag);
    if (!is_caller && (early == nullptr || early->dialog.id() != id)) continue;
    const auto name = is_caller ? std::string{"caller"} : fork.place.name;
    context_.came(request.message, name);
    auto& dialog = is_caller ? *fork.caller : early->dialog;
    if (dialog.take(request.message) == Dialog::Order::kLate) {
      context_.respond(request.txn, plain(500), name);
    } else if (method == sip::Method::kPrack && is_caller) {
      early_.on_prack(fork, request);
    } else if (method == sip::Method::kUpdate && !is_final_) {
      early_.on_update(fork, early, request);
    } else if (method == sip::Method::kBye && is_caller && !is_final_) {
      context_.respond(request.txn, plain(200), name);
      context_.facts.ended_by = "caller";
      cancel({});
    } else {
      context_.respond(request.txn, plain(481), name);
    }
    return true;
  }
  return false;
}

sip::OutgoingResponse CallSetup::answer_to_caller(const Fork& fork, const sip::Message& message,
                                                  std::string_view sdp) const {
  auto response = plain(message.status(), fork.uas_tag);
  response.headers.copy(invite_.message, HeaderId::kRecordRoute);
  response.headers.add(HeaderId::kAllow, sip::kAllow).add(HeaderId::kSupported, kCallSupported);
  response.contact = sip::LocalContact{"", "", ""};
  pass_headers(message, fork.place.standing, caller_.standing, response.headers);
  put_body(message, sdp, fork.place.standing, caller_.standing, response);
  return response;
}

/// Of a callee's 2xx: its answer, or its offer if the caller made none.
base::Result<std::string> CallSetup::description_for_caller(const Fork& fork, const EarlyDialog* early,
                                                            const sip::Message& message) {
  if (early != nullptr && early->is_settled) return fork.answer;
  if (!has_sdp(message)) return base::Error{"no description in the answer"};
  const auto sdp = sip::sdp_of(message);
  return has_sdp(invite_.message) ? context_.media.answer(kCallee, fork.key, sdp, context_.now)
                                  : context_.media.offer(kCallee, fork.key, sdp, context_.now);
}

std::optional<Joined> CallSetup::answered(Fork& fork, const sip::Response& response) {
  const bool is_repeated = fork.is_over;
  fork.is_over = true;
  if (is_repeated && fork.key == winner_ && fork.dialog &&
      fork.dialog->id().remote_tag == response.message.to_tag()) {
    // RFC 3261 §13.2.2.4: each 2xx of the same dialog gets the same ACK.
    if (winner_ack_) context_.ack(winner_ack_->ack, winner_ack_->hop, fork.place.name);
    return std::nullopt;
  }
  if (is_final_) {  // it crossed a CANCEL, or is another fork's behind a proxy
    acknowledge_and_hang_up(fork, response, is_joined_ ? kAnsweredElsewhere : std::string_view{});
    return std::nullopt;
  }
  auto dialog = Dialog::of_response(response);
  const auto* early = find_early(fork, response.message.to_tag());
  if (dialog && early != nullptr) {
    dialog = early->dialog;  // it has counted what we sent in it
    dialog->confirm(response);
  }
  const bool is_late = fork.offer.empty() && (early == nullptr || !early->is_settled);
  auto sdp = description_for_caller(fork, early, response.message);
  if (!dialog || !sdp) {
    if (!sdp) context_.note("media", sdp.error().text);
    acknowledge_and_hang_up(fork, response, "SIP;cause=488");
    const bool is_limit = !sdp && status_of_media_error(sdp.error().text) == 503;
    fork_ended(fork, {static_cast<std::uint16_t>(is_limit ? 503 : 488)});
    return std::nullopt;
  }
  is_final_ = is_joined_ = true;
  winner_ = fork.key;
  fork.dialog = *dialog;
  cancel_open_forks(kAnsweredElsewhere);
  if (!is_late) {
    winner_ack_ = SentAck{dialog->make_ack(response.message.cseq().number), dialog->next_hop()};
    context_.ack(winner_ack_->ack, winner_ack_->hop, fork.place.name);
  }
  for (const auto& other : forks_) {
    if (&other != &fork) context_.media.drop(other.key, context_.now);
  }
  CallerIdentity callee{"", dialog->remote_address(), fork.place.standing};
  Joined joined{CallSide(*fork.caller, "caller", caller_),
                CallSide(*std::move(dialog), fork.place.name, std::move(callee)),
                fork.key,
                invite_.txn,
                invite_.message.cseq().number,
                response.message.cseq().number,
                answer_to_caller(fork, response.message, *sdp),
                is_late,
                !early_.is_idle()};
  joined.caller.heard(invite_.message);
  joined.caller.told = *std::move(sdp);
  joined.callee.said = std::exchange(fork.said, {});
  joined.callee.heard(response.message);
  joined.callee.told = std::exchange(fork.offer, {});
  const auto& policy = context_.world.options.session_timer;
  joined.answer.headers.append(joined.caller.timer.answer(invite_.message, policy, context_.now).headers);
  joined.callee.timer.agreed(response.message, context_.now);
  return joined;
}

void CallSetup::acknowledge_and_hang_up(Fork& fork, const sip::Response& response, std::string_view reason) {
  auto dialog = Dialog::of_response(response);
  if (!dialog) return;
  if (const auto* early = find_early(fork, response.message.to_tag())) {
    dialog = early->dialog;
    dialog->confirm(response);
  }
  context_.ack(dialog->make_ack(response.message.cseq().number), dialog->next_hop(), fork.place.name);
  auto bye = dialog->make_request(sip::Method::kBye);
  if (!reason.empty()) bye.headers.add(HeaderId::kReason, reason);
  context_.send(std::move(bye), dialog->next_hop(), fork.place.name);
}

void CallSetup::on_failed(const sip::TxnFailed& failed) {
  if (early_.on_failed(failed)) return;
  auto* fork = fork_of(failed.txn);
  if (fork == nullptr || fork->is_over) return;
  context_.note(fork->place.name, "no answer");
  fork_ended(*fork, outcome_of(failed.cause, fork->place.is_trunk));
}

void CallSetup::fork_ended(Fork& fork, Outcome outcome) {
  fork.is_over = true;
  context_.media.drop(fork.key, context_.now);
  if (is_final_) return;
  if (outcome.status >= 600) {  // RFC 3261 §16.7 step 5: nobody else is to be asked
    cancel_open_forks({});
    return refuse(outcome);
  }
  may_go_on_ |= outcome.elsewhere;
  best_.consider(std::move(outcome));
  next_round();
}

void CallSetup::refuse(const Outcome& outcome) {
  is_final_ = true;
  early_.end();
  auto response = outcome.response();
  response.to_tag = context_.new_tag();
  ++(forks_.empty() ? context_.world.counters.refused : context_.world.counters.failed);
  context_.respond(invite_.txn, response, "caller");
}

void CallSetup::cancel_open_forks(std::string_view reason) {
  for (const auto& fork : forks_) {
    if (!fork.is_over) context_.cancel(fork.txn, reason, fork.place.name);
  }
}

void CallSetup::cancel(std::string_view reason) {
  if (is_final_) return;
  is_final_ = true;
  early_.end();
  ++context_.world.counters.cancelled;
  context_.respond(invite_.txn, plain(487, context_.new_tag()), "caller");
  cancel_open_forks(reason);
}

bool CallSetup::on_time() {
  const bool is_acknowledged = early_.on_time();
  if (is_final_) return is_acknowledged;
  if (!is_acknowledged) {  // RFC 3262 §3
    cancel_open_forks({});
    refuse({500, "PRACK missing"});
    return true;
  }
  if (context_.now >= give_up_at_) {
    cancel_open_forks({});
    refuse(best_.get());
  } else if (hunt_on_at_ && context_.now >= *hunt_on_at_) {
    // The next round begins when these have ended; one that answers meanwhile has the call.
    hunt_on_at_.reset();
    cancel_open_forks({});
  }
  return true;
}

std::optional<base::Instant> CallSetup::deadline() const {
  if (is_final_) return early_.deadline();
  return base::earlier(early_.deadline(), base::earlier(give_up_at_, hunt_on_at_));
}

}  // namespace control
