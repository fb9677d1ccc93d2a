#pragma once
/// \file
/// The session description among what else a body may carry (RFC 5621): alone, or as a part of a multipart
/// body whose other parts are somebody else's.

#include <string>
#include <string_view>

#include "control/sip/wire/message.h"
#include "control/sip/wire/print.h"

namespace control::sip {

/// The description of a message as a view into it; empty without one. Of a multipart body the first part
/// that is application/sdp; parts within parts are not looked at. Any thread, no allocation, linear time.
[[nodiscard]] std::string_view sdp_of(const Message& message);

/// Header fields that describe the body, beside Content-Type and Content-Length.
inline constexpr std::string_view kBodyFields[] = {"Content-Language", "Content-ID", "MIME-Version"};

/// A body with the header fields that describe it.
struct Body {
  HeaderLines headers;
  std::string text;
};

/// The body of a message as it came. Allocates.
[[nodiscard]] Body body_of(const Message& message);
/// The same with its description replaced: the other parts of a multipart body stay as they are. A message
/// without a description gets it as its whole body. Allocates.
[[nodiscard]] Body body_with_sdp(const Message& message, std::string_view sdp);

}  // namespace control::sip
