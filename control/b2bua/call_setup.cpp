#include "control/b2bua/call_setup.h"

#include <algorithm>
#include <utility>

namespace control {
namespace {

using sip::HeaderId;

constexpr std::string_view kAnsweredElsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

}  // namespace

CallSetup::CallSetup(CallContext& context, CallerIdentity caller, sip::Request invite,
                     std::vector<ForkRound> rounds)
    : context_(context), caller_(std::move(caller)), invite_(std::move(invite)), rounds_(std::move(rounds)) {}

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
  const auto tag = context_.new_tag();
  auto request = make_invite(invite_.message, caller_, place, context_.world.port.new_token(), tag);
  std::string offered;
  if (has_sdp(invite_.message)) {
    auto sdp = context_.media.offer(kCaller, fork.key, sip::sdp_of(invite_.message), context_.now);
    if (!sdp) {
      context_.note("media", sdp.error().text);
      return best_.consider({status_of_media_error(sdp.error().text), {}, {}, false});
    }
    offered = *std::move(sdp);
  }
  put_body(invite_.message, offered, caller_.standing, place.standing, request);
  fork.uas_tag = context_.new_tag();
  fork.txn = context_.send(std::move(request), place.target, place.name);
  fork.place = std::move(place);
  forks_.push_back(std::move(fork));
}

bool CallSetup::knows(sip::TxnId txn) const {
  return std::any_of(forks_.begin(), forks_.end(), [&](const Fork& f) { return f.txn == txn; });
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
  auto* fork = fork_of(response.txn);
  if (fork == nullptr) return std::nullopt;
  const auto status = response.message.status();
  if (status < 200) {
    if (!is_final_ && status > 100) {
      if (auto dialog = Dialog::of_response(response)) fork->dialog = std::move(dialog);
      pass_provisional(*fork, response.message);
    }
    return std::nullopt;
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

void CallSetup::pass_provisional(Fork& fork, const sip::Message& message) {
  const auto status = message.status();
  if (status != 180 && status != 181 && status != 182 && status != 183) return;
  std::string sdp;
  if (has_sdp(message) && has_sdp(invite_.message)) {
    auto answer = context_.media.answer(kCallee, fork.key, sip::sdp_of(message), context_.now);
    if (answer) sdp = *std::move(answer);
    fork.has_early_media |= !sdp.empty();
  }
  if (status == 183 && sdp.empty() && !caller_.standing.is_transparent) return;  // progress that says nothing
  context_.respond(invite_.txn, answer_to_caller(fork, message, sdp), "caller");
}

sip::OutgoingResponse CallSetup::answer_to_caller(const Fork& fork, const sip::Message& message,
                                                  std::string_view sdp) const {
  auto response = plain(message.status(), fork.uas_tag);
  response.headers.copy(invite_.message, HeaderId::kRecordRoute);
  response.headers.add(HeaderId::kAllow, kCallAllow);
  response.contact = sip::LocalContact{"", "", ""};
  pass_headers(message, fork.place.standing, caller_.standing, response.headers);
  put_body(message, sdp, fork.place.standing, caller_.standing, response);
  return response;
}

/// Of a callee's 2xx: its answer, or its offer if the caller made none.
base::Result<std::string> CallSetup::description_for_caller(const Fork& fork, const sip::Message& message) {
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
  const bool is_late = !has_sdp(invite_.message);
  auto sdp = description_for_caller(fork, response.message);
  if (!dialog || !sdp) {
    if (!sdp) context_.note("media", sdp.error().text);
    acknowledge_and_hang_up(fork, response, "SIP;cause=488");
    const bool is_limit = !sdp && status_of_media_error(sdp.error().text) == 503;
    fork_ended(fork, {static_cast<std::uint16_t>(is_limit ? 503 : 488), {}, {}, false});
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
  return Joined{Dialog::of_request(invite_, fork.uas_tag),
                *std::move(dialog),
                caller_.standing,
                fork.place.standing,
                fork.key,
                fork.place.name,
                invite_.txn,
                invite_.message.cseq().number,
                response.message.cseq().number,
                answer_to_caller(fork, response.message, *sdp),
                is_late};
}

void CallSetup::acknowledge_and_hang_up(Fork& fork, const sip::Response& response, std::string_view reason) {
  auto dialog = Dialog::of_response(response);
  if (!dialog) return;
  context_.ack(dialog->make_ack(response.message.cseq().number), dialog->next_hop(), fork.place.name);
  auto bye = dialog->make_request(sip::Method::kBye);
  if (!reason.empty()) bye.headers.add(HeaderId::kReason, reason);
  context_.send(std::move(bye), dialog->next_hop(), fork.place.name);
}

void CallSetup::on_failed(const sip::TxnFailed& failed) {
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
  ++context_.world.counters.cancelled;
  context_.respond(invite_.txn, plain(487, context_.new_tag()), "caller");
  cancel_open_forks(reason);
}

void CallSetup::on_time() {
  if (is_final_) return;
  if (context_.now >= give_up_at_) {
    cancel_open_forks({});
    return refuse(best_.get());
  }
  if (hunt_on_at_ && context_.now >= *hunt_on_at_) {
    // The next round begins when these have ended; one that answers meanwhile has the call.
    hunt_on_at_.reset();
    cancel_open_forks({});
  }
}

std::optional<base::Instant> CallSetup::deadline() const {
  if (is_final_) return std::nullopt;
  return hunt_on_at_ ? std::min(give_up_at_, *hunt_on_at_) : give_up_at_;
}

}  // namespace control
