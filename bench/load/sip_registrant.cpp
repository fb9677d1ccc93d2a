#include "bench/load/sip_registrant.h"

#include <fmt/format.h>
#include <unistd.h>

#include "bench/load/sip_text.h"
#include "control/auth/digest.h"

namespace bench {
namespace {

using control::DigestAlgorithm;

}  // namespace

SipRegistrant::SipRegistrant(BatchSocket& socket, Options options)
    : socket_(socket),
      options_(std::move(options)),
      run_(std::to_string(::getpid())),
      users_(options_.users) {
  for (std::uint32_t i = 0; i < options_.users; ++i) {
    const auto name = "load" + std::to_string(i);
    users_[i].ha1 = control::digest_ha1(DigestAlgorithm::kMd5, name, options_.realm, name);
  }
}

void SipRegistrant::refresh(Clock::time_point now) {
  const auto number = next_;
  next_ = (next_ + 1) % options_.users;
  auto& user = users_[number];
  if (user.is_waiting) {
    ++outcome_.skipped;
    return;
  }
  user.is_waiting = true;
  ++open_;
  user.asked = now;
  send(number, now);
}

void SipRegistrant::send(std::uint32_t number, Clock::time_point now) {
  auto& user = users_[number];
  ++user.sequence;
  const auto uri = "sip:" + options_.server;
  user.request = fmt::format(
      "REGISTER {2} SIP/2.0\r\nVia: SIP/2.0/UDP {0};branch=z9hG4bK{3}r{1}-{4};rport\r\nMax-Forwards: 70\r\n"
      "From: <sip:load{1}@{5}>;tag=r{1}\r\nTo: <sip:load{1}@{5}>\r\nCall-ID: {1}-{3}@load\r\n"
      "CSeq: {4} REGISTER\r\nContact: <sip:load{1}@{0}>\r\nExpires: 3600\r\n",
      options_.local, number, uri, run_, user.sequence, options_.server);
  if (!user.nonce.empty()) {
    const auto count = fmt::format("{:08x}", ++user.nonce_count);
    constexpr std::string_view kClientNonce = "0a4f113b";
    const auto answer = control::digest_response(DigestAlgorithm::kMd5, user.ha1,
                                                 {user.nonce, count, kClientNonce, "auth", "REGISTER", uri});
    user.request += fmt::format(
        "Authorization: Digest username=\"load{}\", realm=\"{}\", nonce=\"{}\", uri=\"{}\", "
        "response=\"{}\", algorithm=MD5, qop=auth, cnonce=\"{}\", nc={}\r\n",
        number, options_.realm, user.nonce, uri, answer, kClientNonce, count);
  }
  user.request += "Content-Length: 0\r\n\r\n";
  socket_.queue(user.request);
  timers_.set_resend(now, number, static_cast<std::uint8_t>(user.sequence), 1);
}

void SipRegistrant::take(std::string_view message, Clock::time_point now) {
  const auto status = status_of(message);
  const auto number = leading_number(field(message, "Call-ID"));
  if (status < 200 || number >= users_.size()) return;
  auto& user = users_[number];
  if (!user.is_waiting || leading_number(field(message, "CSeq")) != user.sequence) return;
  if (status == 401) {
    ++outcome_.challenged;
    const auto challenges = lines(message, "WWW-Authenticate");
    user.nonce = quoted_param(challenges, "nonce");
    user.nonce_count = 0;
    return send(number, now);
  }
  ++(status == 200 ? outcome_.refreshed : status == 503 ? outcome_.shed : outcome_.refused);
  if (status == 200)
    outcome_.answer_ms.push_back(std::chrono::duration<double, std::milli>(now - user.asked).count());
  user.is_waiting = false;
  --open_;
}

void SipRegistrant::on_time(Clock::time_point now) {
  timers_.advance(now, [&](const Alarm& alarm) {
    auto& user = users_[alarm.call];
    if (!user.is_waiting || static_cast<std::uint8_t>(user.sequence) != alarm.step) return;
    if (alarm.tries == SipTimers::kMaxTries) {
      ++outcome_.given_up;
      user.is_waiting = false;
      --open_;
      return;
    }
    ++outcome_.sent_again;
    socket_.queue(user.request);
    timers_.set_resend(now, alarm.call, alarm.step, static_cast<std::uint8_t>(alarm.tries + 1));
  });
}

}  // namespace bench
