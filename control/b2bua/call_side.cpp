#include "control/b2bua/call_side.h"

#include <algorithm>
#include <utility>

#include "control/sip/wire/sdp_body.h"

namespace control {
namespace {

using sip::HeaderId;

/// How long a refresh that was refused for the moment waits (RFC 3261 §14.1 has up to 4 s for a glare).
constexpr auto kTryAgainAfter = std::chrono::seconds{3};

}  // namespace

void CallSide::heard(const sip::Message& message) {
  dialog.refresh_target(message);
  if (message.has(HeaderId::kAllow)) allows_update = message.lists(HeaderId::kAllow, "UPDATE");
  if (const auto sdp = sip::sdp_of(message); !sdp.empty()) said = sdp;
}

void CallSide::refresh(CallContext& context) {
  auto request = dialog.make_request(allows_update ? sip::Method::kUpdate : sip::Method::kInvite);
  request.headers.add(HeaderId::kAllow, sip::kAllow).add(HeaderId::kSupported, kCallSupported);
  request.headers.append(timer.refresh(context.world.options.session_timer));
  request.contact = sip::LocalContact{"", "", ""};
  if (!allows_update) {
    request.headers.add(HeaderId::kContentType, "application/sdp");
    request.body = told;
  }
  refresh_ = Refresh{context.send(std::move(request), dialog.next_hop(), name), !allows_update};
}

CallSide::Verdict CallSide::refresh_answered(CallContext& context, const sip::Response& response) {
  const auto status = response.message.status();
  const auto refresh = *std::exchange(refresh_, std::nullopt);
  if (status < 300) {
    heard(response.message);
    timer.agreed(response.message, context.now);
    if (!refresh.is_invite) return Verdict::kTalkOn;
    acknowledged_ =
        Acknowledged{refresh.txn, {dialog.make_ack(response.message.cseq().number), dialog.next_hop()}};
    context.ack(acknowledged_->ack.ack, acknowledged_->ack.hop, name);
    return Verdict::kTalkOn;
  }
  // RFC 3261 §12.2.1.2, RFC 4028 §10: the other side knows the dialog no more.
  if (status == 408 || status == 481) return Verdict::kEnd;
  // §7.4: once more with the interval that it wants, or when it is free. What stays refused ends with the
  // session's time.
  if (status == 422) {
    if (const auto least = SessionTimer::raised(response.message)) timer.raise(*least);
  }
  if (status == 405 || status == 501) allows_update = false;
  timer.refresh_again(context.now + kTryAgainAfter);
  return Verdict::kTalkOn;
}

bool CallSide::acknowledge_again(CallContext& context, sip::TxnId txn) {
  if (!acknowledged_ || acknowledged_->txn != txn) return false;
  context.ack(acknowledged_->ack.ack, acknowledged_->ack.hop, name);
  return true;
}

}  // namespace control
