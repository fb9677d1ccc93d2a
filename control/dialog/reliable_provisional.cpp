#include "control/dialog/reliable_provisional.h"

#include <utility>

#include "control/sip/wire/params.h"

namespace control {

using sip::HeaderId;

std::optional<std::uint32_t> reliable_number(const sip::Message& response) {
  if (response.status() <= 100 || response.status() >= 200 || !response.lists(HeaderId::kRequire, "100rel"))
    return std::nullopt;
  const auto value = response.header(HeaderId::kRSeq);
  const auto number = value ? sip::parse_number(*value, 0xffffffff) : std::nullopt;
  return number && *number != 0 ? number : std::nullopt;
}

bool ReliableProvisionals::push(sip::OutgoingResponse response, base::Instant now) {
  response.headers.add(HeaderId::kRequire, "100rel").add(HeaderId::kRSeq, next_);
  waiting_.push_back({next_++, std::move(response)});
  if (waiting_.size() > 1) return false;
  again_ = Retransmission(Retransmission::Pace::kDoubling, now);
  return true;
}

bool ReliableProvisionals::acknowledge(const sip::RAck& rack, std::uint32_t invite_cseq, base::Instant now) {
  if (waiting_.empty() || rack.response_number != waiting_.front().number ||
      rack.cseq.number != invite_cseq || rack.cseq.method != "INVITE") {
    return false;
  }
  waiting_.pop_front();
  again_.reset();
  if (!waiting_.empty()) again_ = Retransmission(Retransmission::Pace::kDoubling, now);
  return true;
}

Retransmission::Act ReliableProvisionals::on_time(base::Instant now) {
  return waiting_.empty() ? Retransmission::Act::kNothing : again_->on_time(now);
}

std::optional<base::Instant> ReliableProvisionals::deadline() const {
  return waiting_.empty() ? std::nullopt : std::optional{again_->deadline()};
}

}  // namespace control
