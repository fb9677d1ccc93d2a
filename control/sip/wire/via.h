#pragma once
/// \file
/// Via (RFC 3261 §20.42, RFC 3581 rport).

#include <cstdint>
#include <optional>
#include <string_view>

namespace control::sip {

/// RFC 3261 §8.1.1.7: a branch that begins so is unique to its transaction.
inline constexpr std::string_view kBranchCookie = "z9hG4bK";

/// A view on one Via; the text must outlive it. Any thread, no allocation.
struct Via {
  std::string_view text;       ///< the whole element
  std::string_view version;    ///< "2.0"
  std::string_view transport;  ///< "UDP", "TCP", "TLS", "WS", "WSS" or what else the peer wrote
  std::string_view host;       ///< sent-by; an IPv6 address keeps its brackets
  std::optional<std::uint16_t> port;
  std::string_view params;
  std::string_view branch;

  /// Takes one element from the front of a header value and leaves `text` at its comma or end.
  [[nodiscard]] static std::optional<Via> take(std::string_view& text);
  /// Reads a whole header value that holds one element.
  [[nodiscard]] static std::optional<Via> parse(std::string_view text);

  [[nodiscard]] std::optional<std::string_view> param(std::string_view name) const;
  /// True if the branch identifies its transaction by itself (RFC 3261 §17.2.3); the cookie alone does not.
  [[nodiscard]] bool has_unique_branch() const {
    return branch.size() > kBranchCookie.size() && branch.starts_with(kBranchCookie);
  }
};

}  // namespace control::sip
