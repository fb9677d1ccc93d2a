#include "control/routing/sqlite_routing.h"

#include <algorithm>

#include "control/routing/number_target.h"
#include "control/sqlite.h"

namespace control {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS did (number TEXT PRIMARY KEY, target TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS extension (number TEXT PRIMARY KEY, target TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS ring_group (name TEXT PRIMARY KEY, users TEXT NOT NULL, one_after_another "
    "INTEGER);"
    "CREATE TABLE IF NOT EXISTS trunk (name TEXT PRIMARY KEY, uri TEXT NOT NULL, addresses TEXT NOT NULL, "
    "tls_name TEXT NOT NULL, enabled INTEGER, may_dial_extensions INTEGER);"
    "CREATE TABLE IF NOT EXISTS trunk_login (trunk TEXT PRIMARY KEY, user TEXT NOT NULL, password TEXT NOT "
    "NULL, realm TEXT NOT NULL, ha1_md5 TEXT NOT NULL, ha1_sha256 TEXT NOT NULL, registers INTEGER, expires "
    "INTEGER, options_seconds INTEGER);"
    "CREATE TABLE IF NOT EXISTS route (prefix TEXT NOT NULL, trunk TEXT NOT NULL, priority INTEGER, weight "
    "INTEGER, "
    "strip INTEGER, prepend TEXT NOT NULL, PRIMARY KEY (prefix, trunk));";

void load_numbers(sqlite3* database, std::string_view sql,
                  std::map<std::string, NumberTarget, std::less<>>& into) {
  SqliteStatement rows(database, sql);
  while (rows.step()) {
    if (auto target = parse_number_target(rows.text(1))) into.emplace(rows.text(0), *std::move(target));
  }
}

void load_trunks(sqlite3* database, RoutingData& data) {
  SqliteStatement rows(database,
                       "SELECT name, uri, addresses, tls_name, enabled, may_dial_extensions FROM trunk");
  while (rows.step()) {
    const auto name = rows.text(0);
    data.table.trunks.emplace(name, Trunk{name, rows.text(1), rows.number(4) != 0, rows.number(5) != 0});
    TrunkIdentity identity{name, {}, rows.text(3)};
    for (const auto& text : split_words(rows.text(2))) {
      if (const auto address = base::IpAddress::parse(text)) identity.addresses.push_back(*address);
    }
    if (rows.number(4) != 0) data.identities.push_back(std::move(identity));
  }
}

void load_logins(sqlite3* database, std::vector<TrunkLogin>& logins) {
  SqliteStatement rows(database,
                       "SELECT trunk, user, password, realm, ha1_md5, ha1_sha256, registers, expires, "
                       "options_seconds FROM trunk_login");
  while (rows.step()) {
    logins.push_back({rows.text(0),
                      {rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5)},
                      rows.number(6) != 0,
                      static_cast<std::uint32_t>(rows.number(7)),
                      static_cast<std::uint32_t>(rows.number(8))});
  }
}

void load_routes(sqlite3* database, std::vector<TrunkRoute>& routes) {
  SqliteStatement rows(
      database,
      "SELECT prefix, trunk, priority, weight, strip, prepend FROM route ORDER BY prefix, priority");
  while (rows.step()) {
    if (routes.empty() || routes.back().prefix != rows.text(0)) {
      routes.push_back({rows.text(0), static_cast<std::size_t>(rows.number(4)), rows.text(5), {}});
    }
    routes.back().choices.push_back({rows.text(1), static_cast<std::uint32_t>(rows.number(2)),
                                     static_cast<std::uint32_t>(rows.number(3))});
  }
}

}  // namespace

base::Result<std::unique_ptr<SqliteRouting>> SqliteRouting::open(const std::string& file) {
  auto database = open_sqlite(file, kSchema);
  if (!database) return database.error();
  return std::unique_ptr<SqliteRouting>(new SqliteRouting(*database));
}

SqliteRouting::~SqliteRouting() {
  sqlite3_close(database_);
}

RoutingData SqliteRouting::load() const {
  RoutingData data;
  load_numbers(database_, "SELECT number, target FROM did", data.table.dids);
  load_numbers(database_, "SELECT number, target FROM extension", data.table.extensions);
  SqliteStatement groups(database_, "SELECT name, users, one_after_another FROM ring_group");
  while (groups.step())
    data.table.groups.emplace(groups.text(0), RingGroup{split_words(groups.text(1)), groups.number(2) != 0});
  load_trunks(database_, data);
  load_logins(database_, data.logins);
  load_routes(database_, data.table.routes);
  return data;
}

template <typename... Values>
base::Result<void> SqliteRouting::write(std::string_view sql, const Values&... values) {
  SqliteStatement statement(database_, sql);
  if (statement.bind(values...).run()) return {};
  return base::Error{std::string("routing database: ") + sqlite3_errmsg(database_)};
}

base::Result<bool> SqliteRouting::erase(std::string_view sql, std::string_view key) {
  if (auto done = write(sql, key); !done) return done.error();
  return sqlite3_changes(database_) > 0;
}

base::Result<void> SqliteRouting::put_number(Numbers kind, std::string_view number,
                                             const NumberTarget& target) {
  const auto text = print_number_target(target);
  return kind == Numbers::kDid ? write("INSERT OR REPLACE INTO did VALUES (?,?)", number, text)
                               : write("INSERT OR REPLACE INTO extension VALUES (?,?)", number, text);
}

base::Result<void> SqliteRouting::put_group(std::string_view name, const RingGroup& group) {
  return write("INSERT OR REPLACE INTO ring_group VALUES (?,?,?)", name, join_words(group.users),
               std::int64_t{group.one_after_another});
}

base::Result<void> SqliteRouting::put_trunk(const TrunkEntry& entry) {
  std::vector<std::string> addresses;
  for (const auto& address : entry.identity.addresses) addresses.push_back(address.to_string());
  return write("INSERT OR REPLACE INTO trunk VALUES (?,?,?,?,?,?)", entry.trunk.name, entry.trunk.uri,
               join_words(addresses), entry.identity.tls_name, std::int64_t{entry.trunk.enabled},
               std::int64_t{entry.trunk.may_dial_extensions});
}

base::Result<void> SqliteRouting::put_login(TrunkLogin login) {
  auto& c = login.credentials;
  if (!c.realm.empty() && !c.password.empty()) {
    c.ha1_md5 = digest_ha1(DigestAlgorithm::kMd5, c.user, c.realm, c.password);
    c.ha1_sha256 = digest_ha1(DigestAlgorithm::kSha256, c.user, c.realm, c.password);
    c.password.clear();
  }
  return write("INSERT OR REPLACE INTO trunk_login VALUES (?,?,?,?,?,?,?,?,?)", login.trunk, c.user,
               c.password, c.realm, c.ha1_md5, c.ha1_sha256, std::int64_t{login.registers},
               std::int64_t{login.expires}, std::int64_t{login.options_seconds});
}

base::Result<void> SqliteRouting::put_route(std::string_view prefix, const TrunkRoute::Choice& choice,
                                            std::size_t strip, std::string_view prepend) {
  return write("INSERT OR REPLACE INTO route VALUES (?,?,?,?,?,?)", prefix, choice.trunk,
               std::int64_t{choice.priority}, std::int64_t{choice.weight}, static_cast<std::int64_t>(strip),
               prepend);
}

base::Result<bool> SqliteRouting::remove_number(Numbers kind, std::string_view number) {
  return kind == Numbers::kDid ? erase("DELETE FROM did WHERE number = ?", number)
                               : erase("DELETE FROM extension WHERE number = ?", number);
}

base::Result<bool> SqliteRouting::remove_group(std::string_view name) {
  return erase("DELETE FROM ring_group WHERE name = ?", name);
}

base::Result<bool> SqliteRouting::remove_trunk(std::string_view name) {
  if (auto done = erase("DELETE FROM trunk_login WHERE trunk = ?", name); !done) return done.error();
  return erase("DELETE FROM trunk WHERE name = ?", name);
}

base::Result<bool> SqliteRouting::remove_route(std::string_view prefix) {
  return erase("DELETE FROM route WHERE prefix = ?", prefix);
}

}  // namespace control
