#include "control/b2bua/transfer.h"

#include "control/sip/wire/chars.h"
#include "control/sip/wire/fields.h"
#include "control/sip/wire/parse.h"

namespace control {
namespace {

using sip::HeaderId;

/// Value of one header in the part of a URI behind "?", unescaped.
std::optional<std::string> header_of_uri(std::string_view headers, std::string_view name) {
  while (!headers.empty()) {
    const auto end = headers.find('&');
    const auto each = headers.substr(0, end);
    headers.remove_prefix(end == headers.npos ? headers.size() : end + 1);
    const auto equals = each.find('=');
    if (equals != each.npos && sip::equal_ignoring_case(each.substr(0, equals), name))
      return sip::unescaped(each.substr(equals + 1));
  }
  return std::nullopt;
}

/// A REFER that stays unanswered for so long has been forgotten: longer than anything rings.
constexpr std::string_view kActive = "active;expires=300";

}  // namespace

std::optional<DialogId> replaced_dialog(std::string_view replaces) {
  const auto parsed = sip::Replaces::parse(replaces);
  if (!parsed) return std::nullopt;
  return DialogId{std::string(parsed->call_id), std::string(parsed->to_tag), std::string(parsed->from_tag)};
}

std::optional<TransferWish> TransferWish::of(const sip::Message& refer) {
  const auto targets = refer.addresses(HeaderId::kReferTo);
  if (targets.size() != 1) return std::nullopt;
  const auto& uri = targets.front().uri;
  if (!uri.is_sip() && uri.scheme != sip::Uri::Scheme::kTel) return std::nullopt;
  TransferWish wish;
  wish.target = uri.text.substr(0, uri.text.find('?'));
  if (const auto replaces = header_of_uri(uri.headers, "Replaces")) {
    wish.replaces = replaced_dialog(*replaces);
    if (!wish.replaces) return std::nullopt;
  }
  wish.wants_reports = !sip::equal_ignoring_case(refer.header("Refer-Sub").value_or(""), "false");
  return wish;
}

void report_transfer(std::uint16_t status, sip::OutgoingRequest& notify) {
  notify.headers.add(HeaderId::kEvent, "refer");
  notify.headers.add(HeaderId::kSubscriptionState, status < 200 ? kActive : "terminated;reason=noresource");
  notify.headers.add(HeaderId::kContentType, "message/sipfrag;version=2.0");
  notify.body = "SIP/2.0 " + std::to_string(status) + ' ';
  notify.body.append(sip::reason_phrase(status)).append("\r\n");
  notify.contact = sip::LocalContact{"", "", ""};
}

sip::Request invitation_of(const CallerIdentity& caller, const std::string& target,
                           const CallerIdentity& referrer, const std::string& call_id, std::string_view sdp) {
  sip::OutgoingRequest invite;
  invite.method = "INVITE";
  invite.uri = target;
  invite.headers.add(HeaderId::kFrom, '<' + caller.uri + ">;tag=transfer")
      .add(HeaderId::kTo, '<' + target + '>');
  invite.headers.add(HeaderId::kCallId, call_id).add(HeaderId::kCSeq, "1 INVITE");
  invite.headers.add(HeaderId::kMaxForwards, 70U);
  if (!referrer.is_hidden) invite.headers.add(HeaderId::kReferredBy, '<' + referrer.uri + '>');
  if (caller.is_hidden) invite.headers.add(HeaderId::kPrivacy, "id");
  if (!sdp.empty()) invite.headers.add(HeaderId::kContentType, "application/sdp");
  invite.body = sdp;
  auto parsed = sip::parse(print(invite, "SIP/2.0/UDP mediad.invalid;branch=z9hG4bKtransfer", {}));
  return {{}, {}, {}, std::move(parsed.message)};
}

}  // namespace control
