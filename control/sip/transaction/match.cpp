#include "control/sip/transaction/match.h"

namespace control::sip {
namespace {

/// No part of a key can contain it: it is a control character.
constexpr char kSeparator = '\n';

void append(std::string& key, std::string_view part) {
  key += part;
  key += kSeparator;
}

}  // namespace

std::string server_key(const Message& request) {
  const bool is_of_invite = request.method() == Method::kAck || request.method() == Method::kCancel;
  const auto method = is_of_invite ? std::string_view{"INVITE"} : request.method_name();
  const auto via = request.top_via();
  std::string key;
  key.reserve(96);
  append(key, method);
  if (via.has_unique_branch()) {
    append(key, via.branch);
    append(key, via.host);
    key += std::to_string(via.port.value_or(0));
    return key;
  }
  append(key, request.uri_text());
  append(key, request.from_tag());
  append(key, request.call_id());
  append(key, std::to_string(request.cseq().number));
  append(key, via.text);
  return key;
}

std::string client_key(std::string_view branch, std::string_view method) {
  std::string key;
  key.reserve(branch.size() + method.size() + 1);
  append(key, branch);
  key += method;
  return key;
}

}  // namespace control::sip
