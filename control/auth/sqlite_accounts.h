#pragma once
/// \file
/// Accounts in SQLite.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/auth/account.h"
#include "mediad/base/result.h"

struct sqlite3;

namespace control {

class SqliteStatement;

/// Control thread, or any one thread. What mediactl writes into the same file is seen at the next look-up.
class SqliteAccounts final : public Accounts {
 public:
  /// `realm` is part of what is stored: with another one all passwords must be set anew.
  [[nodiscard]] static base::Result<std::unique_ptr<SqliteAccounts>> open(const std::string& file,
                                                                          std::string realm);
  ~SqliteAccounts() override;

  [[nodiscard]] std::optional<Account> find(std::string_view user) const override;
  [[nodiscard]] std::vector<Account> list() const;

  /// Adds or changes a user; the password is hashed here and forgotten. An empty one leaves the old one as it
  /// is.
  base::Result<void> put(const Account& account, std::string_view password);
  /// False if there is no such user.
  base::Result<bool> remove(std::string_view user);

 private:
  SqliteAccounts(sqlite3* database, std::string realm);

  sqlite3* database_;
  std::string realm_;
  std::unique_ptr<SqliteStatement> find_;
};

}  // namespace control
