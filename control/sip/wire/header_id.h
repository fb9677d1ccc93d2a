#pragma once
/// \file
/// Header fields that mediad knows by name, with their compact forms (RFC 3261 §7.3.3 and the IANA registry).
/// All others are kOther and keep their own name.

#include <cstdint>
#include <string_view>

namespace control::sip {

enum class HeaderId : std::uint8_t {
  kOther,
  kAccept,
  kAllow,
  kAlertInfo,
  kAuthorization,
  kCallId,
  kContact,
  kContentDisposition,
  kContentEncoding,
  kContentLength,
  kContentType,
  kCSeq,
  kDate,
  kDiversion,
  kEvent,
  kExpires,
  kFlowTimer,
  kFrom,
  kHistoryInfo,
  kIdentity,
  kMaxForwards,
  kMinExpires,
  kMinSe,
  kPAssertedIdentity,
  kPPreferredIdentity,
  kPath,
  kPrivacy,
  kProxyAuthenticate,
  kProxyAuthorization,
  kProxyRequire,
  kRAck,
  kReason,
  kRecordRoute,
  kReferTo,
  kReferredBy,
  kReplaces,
  kRequire,
  kRetryAfter,
  kRoute,
  kRSeq,
  kServer,
  kServiceRoute,
  kSessionExpires,
  kSubject,
  kSubscriptionState,
  kSupported,
  kTimestamp,
  kTo,
  kUnsupported,
  kUserAgent,
  kVia,
  kWarning,
  kWwwAuthenticate,
};

/// Finds a header by long or compact name, any case.
[[nodiscard]] HeaderId header_id_of(std::string_view name);
/// The long name on the wire; empty for kOther.
[[nodiscard]] std::string_view name_of(HeaderId id);

}  // namespace control::sip
