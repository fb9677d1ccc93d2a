#pragma once
/// \file
/// URIs of SIP (RFC 3261 §19.1, tel of RFC 3966, any other absolute URI as text).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mediad/base/ip_address.h"

namespace control::sip {

/// A view on the text of one URI; the text must outlive it. Any thread, no allocation, linear time.
struct Uri {
  enum class Scheme : std::uint8_t { kSip, kSips, kTel, kOther };

  Scheme scheme{Scheme::kOther};
  std::string_view text;      ///< the whole URI
  std::string_view user;      ///< still escaped; of a tel URI its number
  std::string_view password;  ///< still escaped
  std::string_view host;      ///< an IPv6 address keeps its brackets
  std::optional<std::uint16_t> port;
  std::string_view params;   ///< from the first ";", still escaped
  std::string_view headers;  ///< behind "?", still escaped

  /// Reads a whole URI. A sip or sips URI must obey RFC 3261 §25.1; `[a:::1.2.3.4]` is taken as RFC 5118
  /// §4.10 demands. Of other schemes only the characters are checked.
  [[nodiscard]] static std::optional<Uri> parse(std::string_view text);

  [[nodiscard]] bool is_sip() const { return scheme == Scheme::kSip || scheme == Scheme::kSips; }
  /// Value of a URI parameter: nullopt if absent, empty if it has no value.
  [[nodiscard]] std::optional<std::string_view> param(std::string_view name) const;
  [[nodiscard]] bool has_param(std::string_view name) const { return param(name).has_value(); }
  /// The host as an address, nullopt if it is a name.
  [[nodiscard]] std::optional<base::IpAddress> host_address() const;
};

/// %HH taken off. Allocates.
[[nodiscard]] std::string unescaped(std::string_view text);
/// `text` with all that may not stand in the user part of a URI escaped. Allocates.
[[nodiscard]] std::string escaped_user(std::string_view text);

/// Equality of RFC 3261 §19.1.4. Allocates.
[[nodiscard]] bool equivalent(const Uri& a, const Uri& b);

/// The host part of a URI or of a Via: name, IPv4 address or bracketed IPv6 address, taken from the front;
/// empty if there is none that is valid.
[[nodiscard]] std::string_view take_host(std::string_view& text);
/// The address that a host of take_host stands for.
[[nodiscard]] std::optional<base::IpAddress> address_of_host(std::string_view host);

}  // namespace control::sip
