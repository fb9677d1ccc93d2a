#include "control/sip/transaction/derived_request.h"

#include "control/sip/wire/print.h"

namespace control::sip {
namespace {

std::string derive(const Message& invite, std::string_view method, std::string_view to,
                   std::string_view reason) {
  OutgoingRequest request;
  request.method = method;
  request.uri = invite.uri_text();
  auto& lines = request.headers;
  lines.copy(invite, HeaderId::kRoute);
  lines.add(HeaderId::kMaxForwards, 70U);
  lines.copy(invite, HeaderId::kFrom);
  lines.add(HeaderId::kTo, to);
  lines.copy(invite, HeaderId::kCallId);
  lines.add(HeaderId::kCSeq, std::to_string(invite.cseq().number) + ' ' + request.method);
  if (!reason.empty()) lines.add(HeaderId::kReason, reason);
  return print(request, invite.top_via().text, {});
}

}  // namespace

std::string print_ack_of(const Message& invite, std::string_view to) {
  return derive(invite, "ACK", to, {});
}

std::string print_cancel_of(const Message& invite, std::string_view reason) {
  return derive(invite, "CANCEL", invite.header(HeaderId::kTo).value_or(std::string_view{}), reason);
}

}  // namespace control::sip
