#include "bench/load/sip_caller.h"

#include <fmt/format.h>
#include <unistd.h>

#include "bench/load/sip_text.h"

namespace bench {
namespace {

constexpr std::string_view kDescription =
    "v=0\r\no=- 1545997027 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\na=ptime:20\r\n";

std::uint8_t number_of(auto step) {
  return static_cast<std::uint8_t>(step);
}

}  // namespace

SipCaller::SipCaller(BatchSocket& socket, Options options)
    : socket_(socket),
      options_(std::move(options)),
      run_(std::to_string(::getpid())),
      calls_(options_.calls) {}

std::string SipCaller::head(std::string_view method, std::string_view uri, std::uint32_t number,
                            std::string_view branch, std::string_view to) const {
  return fmt::format(
      "{} {} SIP/2.0\r\nVia: SIP/2.0/UDP {};branch=z9hG4bK{}-{}{};rport\r\nMax-Forwards: 70\r\n"
      "From: \"load\" <sip:load@{}>;tag=c{}\r\nTo: {}\r\nCall-ID: {}-{}@load\r\nCSeq: {} {}\r\n",
      method, uri, options_.local, run_, number, branch, options_.local, number, to, number, run_,
      method == "BYE" ? 2 : 1, method);
}

void SipCaller::start_call(Clock::time_point now) {
  if (begun_ == calls_.size()) return;
  const auto number = static_cast<std::uint32_t>(begun_++);
  calls_[number].step = Step::kInvited;
  calls_[number].began = now;
  ++open_;
  send_invite(number);
  timers_.set_resend(now, number, number_of(Step::kInvited), 1);
}

void SipCaller::send_invite(std::uint32_t number) {
  const auto uri = fmt::format("sip:{}@{}", options_.number, options_.server);
  socket_.queue(head("INVITE", uri, number, "i", '<' + uri + '>') +
                fmt::format("Contact: <sip:load@{}>\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\n"
                            "User-Agent: mediad sip_load\r\nContent-Type: application/sdp\r\n"
                            "Content-Length: {}\r\n\r\n{}",
                            options_.local, kDescription.size(), kDescription));
}

void SipCaller::send_ack(std::uint32_t number, std::string_view uri, std::string_view to,
                         std::string_view branch) {
  socket_.queue(head("ACK", uri, number, branch, to) + "Content-Length: 0\r\n\r\n");
}

void SipCaller::send_bye(std::uint32_t number) {
  const auto& call = calls_[number];
  socket_.queue(head("BYE", call.target, number, "b", call.to) + "Content-Length: 0\r\n\r\n");
}

void SipCaller::end(Call& call) {
  call.step = Step::kOver;
  call.to = {};
  call.target = {};
  --open_;
}

void SipCaller::take(std::string_view message, Clock::time_point now) {
  const auto status = status_of(message);
  const auto number = leading_number(field(message, "Call-ID"));
  if (number >= begun_ || status == 0) return;
  auto& call = calls_[number];
  const bool is_bye = field(message, "CSeq").ends_with("BYE");
  if (is_bye) {
    if (call.step != Step::kEnding) {
      ++outcome_.heard_again;
      return;
    }
    ++(status < 300 ? outcome_.completed : outcome_.refused);
    return end(call);
  }
  const auto to = field(message, "To");
  if (status < 200) {
    if (call.step == Step::kInvited) call.step = Step::kRinging;
    return;
  }
  if (status >= 300) {
    send_ack(number, fmt::format("sip:{}@{}", options_.number, options_.server), to, "i");
    if (call.step != Step::kInvited && call.step != Step::kRinging) {
      ++outcome_.heard_again;
      return;
    }
    ++(status == 503 ? outcome_.shed : outcome_.refused);
    if (status == 503 && !field(message, "Retry-After").empty()) ++outcome_.retry_after;
    if (status != 503 && outcome_.first_refusal.empty())
      outcome_.first_refusal = message.substr(0, message.find("\r\n"));
    return end(call);
  }
  const auto target = in_brackets(field(message, "Contact"));
  send_ack(number, target, to, "a");
  if (call.step != Step::kInvited && call.step != Step::kRinging) {
    ++outcome_.heard_again;
    return;
  }
  ++outcome_.answered;
  outcome_.setup_ms.push_back(std::chrono::duration<double, std::milli>(now - call.began).count());
  call.step = Step::kTalking;
  call.to = to;
  call.target = target;
  timers_.set(now + options_.hold, number, number_of(Step::kTalking), 0);
}

void SipCaller::on_time(Clock::time_point now) {
  timers_.advance(now, [&](const Alarm& alarm) {
    auto& call = calls_[alarm.call];
    if (alarm.step == number_of(Step::kInvited) && call.step == Step::kRinging &&
        alarm.tries < SipTimers::kMaxTries) {
      // Ringing: nothing is sent again, but the answer has its time limit.
      return timers_.set_resend(now, alarm.call, alarm.step, static_cast<std::uint8_t>(alarm.tries + 1));
    }
    const bool is_due = number_of(call.step) == alarm.step ||
                        (alarm.step == number_of(Step::kInvited) && call.step == Step::kRinging);
    if (!is_due) return;
    if (call.step == Step::kTalking) {
      call.step = Step::kEnding;
      send_bye(alarm.call);
      return timers_.set_resend(now, alarm.call, number_of(Step::kEnding), 1);
    }
    if (alarm.tries == SipTimers::kMaxTries) {
      ++outcome_.given_up;
      return end(call);
    }
    ++outcome_.sent_again;
    call.step == Step::kInvited ? send_invite(alarm.call) : send_bye(alarm.call);
    timers_.set_resend(now, alarm.call, alarm.step, static_cast<std::uint8_t>(alarm.tries + 1));
  });
}

}  // namespace bench
