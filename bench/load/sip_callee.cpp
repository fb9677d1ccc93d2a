#include "bench/load/sip_callee.h"

#include <fmt/format.h>

#include "bench/load/sip_text.h"

namespace bench {
namespace {

constexpr std::string_view kDescription =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\n"
    "m=audio 40002 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\na=ptime:20\r\n";

/// Status line and what RFC 3261 §8.2.6.2 has copied from the request.
std::string response(std::string_view status, std::string_view request, std::string_view tag) {
  auto text = fmt::format("SIP/2.0 {}\r\n{}{}To: {}", status, lines(request, "Via"), lines(request, "From"),
                          field(request, "To"));
  if (!tag.empty()) text.append(";tag=").append(tag);
  return text.append("\r\n").append(lines(request, "Call-ID")).append(lines(request, "CSeq"));
}

}  // namespace

void SipCallee::heard_again(std::string_view message) {
  if (outcome_.heard_again++ == 0) outcome_.first_again = message.substr(0, message.find("\r\n"));
}

void SipCallee::invited(std::string_view message, std::string_view call_id, Clock::time_point now) {
  const auto [at, is_new] = calls_.try_emplace(std::string(call_id));
  auto& call = at->second;
  if (!is_new) {
    heard_again(message);
    if (call.step == Step::kAnswered) socket_.queue(call.answer);
    return;
  }
  ++outcome_.invited;
  call.number = static_cast<std::uint32_t>(names_.size());
  names_.emplace_back(call_id);
  const auto tag = "u" + std::to_string(call.number);
  socket_.queue(response("180 Ringing", message, tag) +
                fmt::format("Contact: <sip:load@{}>\r\nContent-Length: 0\r\n\r\n", local_));
  call.answer =
      response("200 OK", message, tag) + fmt::format(
                                             "Contact: <sip:load@{}>\r\nContent-Type: application/sdp\r\n"
                                             "Content-Length: {}\r\n\r\n{}",
                                             local_, kDescription.size(), kDescription);
  socket_.queue(call.answer);
  timers_.set_resend(now, call.number, 0, 1);
}

void SipCallee::take(std::string_view message, Clock::time_point now) {
  const auto call_id = field(message, "Call-ID");
  if (message.starts_with("INVITE ")) return invited(message, call_id, now);
  const auto at = calls_.find(std::string(call_id));
  if (message.starts_with("ACK ")) {
    if (at == calls_.end() || at->second.step == Step::kTalking) return;
    ++outcome_.acknowledged;
    at->second.step = Step::kTalking;
    at->second.answer = {};
    return;
  }
  if (message.starts_with("BYE ") || message.starts_with("CANCEL ")) {
    socket_.queue(response("200 OK", message, {}) + "Content-Length: 0\r\n\r\n");
    if (message.starts_with("CANCEL ")) {
      ++outcome_.cancelled;
    } else if (at == calls_.end()) {
      heard_again(message);
    } else {
      ++outcome_.ended;
      calls_.erase(at);
    }
  }
}

void SipCallee::on_time(Clock::time_point now) {
  timers_.advance(now, [&](const Alarm& alarm) {
    const auto at = calls_.find(names_[alarm.call]);
    if (at == calls_.end() || at->second.step != Step::kAnswered) return;
    if (alarm.tries == SipTimers::kMaxTries) {
      ++outcome_.given_up;
      calls_.erase(at);
      return;
    }
    ++outcome_.sent_again;
    socket_.queue(at->second.answer);
    timers_.set_resend(now, alarm.call, 0, static_cast<std::uint8_t>(alarm.tries + 1));
  });
}

}  // namespace bench
