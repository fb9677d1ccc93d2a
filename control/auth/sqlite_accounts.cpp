#include "control/auth/sqlite_accounts.h"

#include <utility>

#include "control/auth/digest.h"
#include "control/sqlite.h"

namespace control {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS account (user TEXT PRIMARY KEY, ha1_md5 TEXT NOT NULL, ha1_sha256 TEXT NOT "
    "NULL, "
    "display_name TEXT NOT NULL, max_calls INTEGER NOT NULL, max_bindings INTEGER NOT NULL, allowed_prefixes "
    "TEXT NOT NULL);";
constexpr std::string_view kColumns =
    "SELECT user, ha1_md5, ha1_sha256, display_name, max_calls, max_bindings, allowed_prefixes FROM account";

Account read_row(const SqliteStatement& row) {
  Account a;
  a.user = row.text(0);
  a.ha1_md5 = row.text(1);
  a.ha1_sha256 = row.text(2);
  a.display_name = row.text(3);
  a.max_calls = static_cast<std::uint32_t>(row.number(4));
  a.max_bindings = static_cast<std::uint32_t>(row.number(5));
  a.allowed_prefixes = split_words(row.text(6));
  return a;
}

}  // namespace

SqliteAccounts::SqliteAccounts(sqlite3* database, std::string realm)
    : database_(database),
      realm_(std::move(realm)),
      find_(std::make_unique<SqliteStatement>(database, std::string(kColumns) + " WHERE user = ?")) {}

base::Result<std::unique_ptr<SqliteAccounts>> SqliteAccounts::open(const std::string& file,
                                                                   std::string realm) {
  auto database = open_sqlite(file, kSchema);
  if (!database) return database.error();
  return std::unique_ptr<SqliteAccounts>(new SqliteAccounts(*database, std::move(realm)));
}

SqliteAccounts::~SqliteAccounts() {
  find_.reset();
  sqlite3_close(database_);
}

std::optional<Account> SqliteAccounts::find(std::string_view user) const {
  find_->bind(user);
  if (!find_->step()) return std::nullopt;
  auto account = read_row(*find_);
  find_->reset();
  return account;
}

std::vector<Account> SqliteAccounts::list() const {
  std::vector<Account> accounts;
  SqliteStatement rows(database_, std::string(kColumns) + " ORDER BY user");
  while (rows.step()) accounts.push_back(read_row(rows));
  return accounts;
}

base::Result<void> SqliteAccounts::put(const Account& account, std::string_view password) {
  const auto old = find(account.user);
  if (password.empty() && !old) return base::Error{"user " + account.user + ": a new user needs a password"};
  auto md5 = old ? old->ha1_md5 : std::string{};
  auto sha256 = old ? old->ha1_sha256 : std::string{};
  if (!password.empty()) {
    md5 = digest_ha1(DigestAlgorithm::kMd5, account.user, realm_, password);
    sha256 = digest_ha1(DigestAlgorithm::kSha256, account.user, realm_, password);
  }
  const auto prefixes = join_words(account.allowed_prefixes);
  SqliteStatement insert(database_, "INSERT OR REPLACE INTO account VALUES (?,?,?,?,?,?,?)");
  insert.bind(account.user, md5, sha256, account.display_name, std::int64_t{account.max_calls},
              std::int64_t{account.max_bindings}, prefixes);
  if (!insert.run()) return base::Error{"user " + account.user + ": " + sqlite3_errmsg(database_)};
  return {};
}

base::Result<bool> SqliteAccounts::remove(std::string_view user) {
  SqliteStatement erase(database_, "DELETE FROM account WHERE user = ?");
  if (!erase.bind(user).run())
    return base::Error{"user " + std::string(user) + ": " + sqlite3_errmsg(database_)};
  return sqlite3_changes(database_) > 0;
}

}  // namespace control
