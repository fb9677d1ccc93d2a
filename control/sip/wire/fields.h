#pragma once
/// \file
/// Small typed header fields: Session-Expires and Min-SE, Replaces, Reason, media types, Date. Views into the
/// caller's text; any thread, no allocation unless said.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace control::sip {

/// Session-Expires or Min-SE (RFC 4028 §4, §5).
struct SessionExpires {
  enum class Refresher : std::uint8_t { kUnsaid, kUac, kUas };
  std::uint32_t seconds{0};
  Refresher refresher{Refresher::kUnsaid};

  [[nodiscard]] static std::optional<SessionExpires> parse(std::string_view text);
};

/// Replaces (RFC 3891 §6.1); tags as the recipient of the request sees them.
struct Replaces {
  std::string_view call_id;
  std::string_view to_tag;
  std::string_view from_tag;
  bool early_only{false};

  [[nodiscard]] static std::optional<Replaces> parse(std::string_view text);
};

/// One value of Reason (RFC 3326).
struct Reason {
  std::string_view protocol;  ///< "SIP", "Q.850"
  std::uint32_t cause{0};
  std::string_view text;  ///< with its quotes

  [[nodiscard]] static std::optional<Reason> parse(std::string_view text);
};

/// Content-Type or one element of Accept, without its parameters.
struct MediaType {
  std::string_view type;
  std::string_view subtype;
  std::string_view params;

  /// Takes one element from the front and leaves `text` at its comma or end.
  [[nodiscard]] static std::optional<MediaType> take(std::string_view& text);
  [[nodiscard]] static std::optional<MediaType> parse(std::string_view text);
  [[nodiscard]] bool is(std::string_view type_name, std::string_view subtype_name) const;
};

/// SIP-date: RFC 1123 form, always GMT (RFC 3261 §20.17).
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_date(std::string_view text);
/// Allocates.
[[nodiscard]] std::string print_date(std::chrono::sys_seconds time);

}  // namespace control::sip
