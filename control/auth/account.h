#pragma once
/// \file
/// Who may register and call.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace control {

/// A user of the SIP side. Passwords are never kept, only what digest needs.
struct Account {
  std::string user;  ///< digest user name and user part of its address
  std::string ha1_md5;
  std::string ha1_sha256;
  std::string display_name;
  std::uint32_t max_calls{4};
  std::uint32_t max_bindings{10};
  /// Prefixes that the user may call through trunks, as dialled; none: no trunk at all.
  std::vector<std::string> allowed_prefixes;
};

/// Looks accounts up. Control thread.
class Accounts {
 public:
  virtual ~Accounts() = default;
  [[nodiscard]] virtual std::optional<Account> find(std::string_view user) const = 0;
};

}  // namespace control
