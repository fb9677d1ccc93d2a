#include "control/sip/uas_checks.h"

#include <string>

#include "control/sip/wire/fields.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

bool list_has(std::string_view list, std::string_view token) {
  bool found = false;
  for_each_token(list, [&](std::string_view each) { found |= equal_ignoring_case(each, token); });
  return found;
}

/// Option tags of Require that mediad does not have, as an Unsupported value.
std::string unsupported_of(const Message& request) {
  std::string missing;
  const auto note = [&](std::string_view tag) {
    if (list_has(kSupported, tag)) return;
    if (!missing.empty()) missing += ", ";
    missing += tag;
  };
  request.for_each(HeaderId::kRequire, [&](std::string_view list) { for_each_token(list, note); });
  return missing;
}

/// True if mediad can read the body: none, one of kAccept, or one that is optional (RFC 3261 §8.2.3).
bool body_is_readable(const Message& request) {
  const auto value = request.header(HeaderId::kContentType);
  if (request.body().empty() || !value) return true;
  if (request.method() == Method::kMessage || request.method() == Method::kInfo ||
      request.method() == Method::kNotify) {
    return true;  // passed on, not read
  }
  if (request.header(HeaderId::kContentDisposition).value_or("").find("handling=optional") !=
      std::string_view::npos) {
    return true;
  }
  const auto type = MediaType::parse(*value);
  return type && (type->is("application", "sdp") || type->is("multipart", "mixed") ||
                  type->is("multipart", "alternative") || type->is("multipart", "related") ||
                  type->is("message", "sipfrag"));
}

/// True if the answer to an INVITE may be SDP.
bool accepts_sdp(const Message& request) {
  if (request.method() != Method::kInvite || !request.has(HeaderId::kAccept)) return true;
  bool accepts = false;
  request.for_each(HeaderId::kAccept, [&](std::string_view list) {
    do {
      const auto type = MediaType::take(list);
      if (!type) return;
      accepts |= type->is("application", "sdp") || type->is("application", "*") || type->is("*", "*");
    } while (take(list, ','));
  });
  return accepts;
}

OutgoingResponse answer(std::uint16_t status) {
  OutgoingResponse response;
  response.status = status;
  return response;
}

}  // namespace

std::optional<OutgoingResponse> refuse_unservable(const Message& request) {
  if (request.method() == Method::kAck || request.method() == Method::kCancel) return std::nullopt;
  if (request.method() == Method::kUnknown) {
    auto response = answer(501);
    response.headers.add(HeaderId::kAllow, kAllow);
    return response;
  }
  const auto uri = request.uri();
  if (!uri.is_sip() && uri.scheme != Uri::Scheme::kTel) return answer(416);
  if (auto missing = unsupported_of(request); !missing.empty()) {
    auto response = answer(420);
    response.headers.add(HeaderId::kUnsupported, missing);
    return response;
  }
  if (!body_is_readable(request)) {
    auto response = answer(415);
    response.headers.add(HeaderId::kAccept, kAccept);
    return response;
  }
  if (!accepts_sdp(request)) return answer(406);
  // OPTIONS with 0 is answered by who gets it (RFC 3261 §11.1); all else would have gone on.
  if (request.max_forwards() == 0 && request.method() == Method::kInvite) return answer(483);
  return std::nullopt;
}

}  // namespace control::sip
