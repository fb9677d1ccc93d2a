#pragma once
/// \file
/// Messages on their way out: header lines in the order given, then the text of the whole message.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/sip/wire/header_id.h"
#include "control/sip/wire/message.h"

namespace control::sip {

/// Header lines as text, appended to only. A CR or LF in a value becomes a space, so that no value can
/// smuggle in a header. Any thread; allocates as a string does.
class HeaderLines {
 public:
  HeaderLines& add(HeaderId id, std::string_view value) { return add(name_of(id), value); }
  HeaderLines& add(std::string_view name, std::string_view value);
  HeaderLines& add(HeaderId id, std::uint32_t number) { return add(id, std::to_string(number)); }
  /// Every field of this id in `message`, unchanged.
  HeaderLines& copy(const Message& message, HeaderId id);
  HeaderLines& append(const HeaderLines& other);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

/// A Contact whose host is filled in below the seam, where the flow is known.
struct LocalContact {
  std::string user;             ///< escaped; may be empty
  std::string uri_params{};     ///< ";ob" and the like
  std::string header_params{};  ///< ";expires=60" and the like
};

/// A request without its Via and Content-Length, which the transaction layer adds.
struct OutgoingRequest {
  std::string method;
  std::string uri;
  HeaderLines headers;  ///< From, To, Call-ID, CSeq, Max-Forwards and all others
  std::string body;     ///< with its Content-Type among the headers
  std::optional<LocalContact> contact{};
};

/// A response without what it takes over from its request: Via, From, To, Call-ID, CSeq.
struct OutgoingResponse {
  std::uint16_t status{200};
  std::string reason;     ///< empty: the usual phrase of the status
  std::string to_tag;     ///< added to To if that has none; empty leaves To alone (100)
  HeaderLines headers{};  ///< Record-Route and all others
  std::string body{};
  std::optional<LocalContact> contact{};
};

/// How the peer of a flow reaches mediad.
struct LocalName {
  std::string host;       ///< host or host:port, as in sent-by
  std::string transport;  ///< value of the URI parameter; empty for UDP, whose absence means it
};

/// The whole text with Content-Length; `via` is the value of the one Via.
[[nodiscard]] std::string print(const OutgoingRequest& request, std::string_view via, const LocalName& local);

/// What every response to `request` begins with behind its status line: its Vias, the top one with `received`
/// and `rport` set as given (RFC 3261 §18.2.1, RFC 3581 §4; empty and 0 leave them out), From, Call-ID, CSeq,
/// and Timestamp; and, kept apart because of its tag, To.
struct ResponseHead {
  std::string lines;
  std::string to;  ///< value of To as received
  bool has_to_tag{false};
};
[[nodiscard]] ResponseHead response_head(const Message& request, std::string_view received,
                                         std::uint16_t rport);

[[nodiscard]] std::string print(const OutgoingResponse& response, const ResponseHead& head,
                                const LocalName& local);

/// The usual phrase of a status, "Unknown" for one that no RFC has.
[[nodiscard]] std::string_view reason_phrase(std::uint16_t status);

}  // namespace control::sip
