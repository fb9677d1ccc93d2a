#pragma once
/// \file
/// name-addr and addr-spec with header parameters: From, To, Contact, Route, Record-Route, Path, Refer-To,
/// P-Asserted-Identity (RFC 3261 §20.10, §25.1).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/sip/wire/uri.h"

namespace control::sip {

/// Departures from the grammar that the RFC lets a receiver forgive (RFC 4475 §3.1.2). All are off unless
/// configured.
struct Leniency {
  bool space_in_start_line{false};      ///< `INVITE  sip:a@b  SIP/2.0 `
  bool angle_brackets_on_uri{false};    ///< `INVITE <sip:a@b> SIP/2.0`
  bool headers_in_request_uri{false};   ///< `INVITE sip:a@b?Route=… SIP/2.0`, the headers are dropped
  bool bad_date{false};                 ///< a Date that is not in GMT
  bool space_in_addr_spec{false};       ///< `< sip:a@b >`
  bool unquoted_display_name{false};    ///< `Bell, Alexander <sip:a@b>`
  bool headers_in_bare_contact{false};  ///< `Contact: sip:a@b?Route=…`

  [[nodiscard]] static constexpr Leniency all() { return {true, true, true, true, true, true, true}; }
};

/// A view on one element; the text must outlive it. Any thread, no allocation.
struct NameAddr {
  std::string_view display;  ///< as sent, with its quotes; empty without one
  Uri uri;
  std::string_view params;  ///< header parameters from the first ";"

  /// Takes one element from the front of a header value and leaves `text` at its comma or end.
  [[nodiscard]] static std::optional<NameAddr> take(std::string_view& text, const Leniency& leniency = {});
  /// Reads a whole header value that holds one element.
  [[nodiscard]] static std::optional<NameAddr> parse(std::string_view text, const Leniency& leniency = {});

  [[nodiscard]] std::optional<std::string_view> param(std::string_view name) const;
  [[nodiscard]] std::string_view tag() const { return param("tag").value_or(std::string_view{}); }
  /// The display name in plain text. Allocates.
  [[nodiscard]] std::string display_name() const;
};

}  // namespace control::sip
