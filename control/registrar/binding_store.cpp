#include "control/registrar/binding_store.h"

#include <chrono>

#include "control/sqlite.h"

namespace control {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS binding (user TEXT NOT NULL, contact TEXT NOT NULL, instance TEXT NOT NULL, "
    "reg_id INTEGER, "
    "q INTEGER, path TEXT, transport INTEGER, listener INTEGER, connection INTEGER, remote TEXT, call_id "
    "TEXT, cseq INTEGER, "
    "user_agent TEXT, expires INTEGER);"
    "CREATE INDEX IF NOT EXISTS binding_user ON binding (user);";

/// Milliseconds since 1970.
std::int64_t to_wall(base::Instant at, base::Instant now, base::WallTime wall) {
  return std::chrono::duration_cast<std::chrono::milliseconds>((wall + (at - now)).time_since_epoch())
      .count();
}

Binding read_row(const SqliteStatement& row, base::Instant now, base::WallTime wall) {
  Binding b;
  b.user = row.text(0);
  b.contact = row.text(1);
  b.instance = row.text(2);
  b.reg_id = static_cast<std::uint32_t>(row.number(3));
  b.q = static_cast<std::uint16_t>(row.number(4));
  b.path = row.text(5);
  b.flow.transport = static_cast<sip::Transport>(row.number(6));
  b.flow.listener = static_cast<std::uint16_t>(row.number(7));
  b.flow.connection = static_cast<std::uint64_t>(row.number(8));
  if (const auto remote = base::SocketAddress::parse(row.text(9))) b.flow.remote = *remote;
  b.flow_is_alive = b.flow.transport == sip::Transport::kUdp;
  b.call_id = row.text(10);
  b.cseq = static_cast<std::uint32_t>(row.number(11));
  b.user_agent = row.text(12);
  b.expires = now + (base::WallTime{std::chrono::milliseconds{row.number(13)}} - wall);
  return b;
}

}  // namespace

base::Result<std::unique_ptr<SqliteBindingStore>> SqliteBindingStore::open(const std::string& file) {
  auto database = open_sqlite(file, kSchema);
  if (!database) return database.error();
  return std::unique_ptr<SqliteBindingStore>(new SqliteBindingStore(*database));
}

SqliteBindingStore::~SqliteBindingStore() {
  sqlite3_close(database_);
}

base::Result<void> SqliteBindingStore::save(const std::vector<BindingChange>& changes, base::Instant now,
                                            base::WallTime wall) {
  bool good = sqlite3_exec(database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
  SqliteStatement erase(database_, "DELETE FROM binding WHERE user = ?");
  SqliteStatement insert(database_, "INSERT INTO binding VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  for (const auto& change : changes) {
    good = good && erase.bind(change.user).run();
    for (const auto& b : change.bindings) {
      const auto remote = b.flow.remote.to_string();
      good =
          good && insert
                      .bind(b.user, b.contact, b.instance, std::int64_t{b.reg_id}, std::int64_t{b.q}, b.path,
                            static_cast<std::int64_t>(b.flow.transport), std::int64_t{b.flow.listener},
                            static_cast<std::int64_t>(b.flow.connection), remote, b.call_id,
                            std::int64_t{b.cseq}, b.user_agent, to_wall(b.expires, now, wall))
                      .run();
    }
  }
  good = good && sqlite3_exec(database_, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK;
  if (good) return {};
  base::Error error{std::string("saving bindings: ") + sqlite3_errmsg(database_)};
  sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
  return error;
}

base::Result<std::vector<Binding>> SqliteBindingStore::load(base::Instant now, base::WallTime wall) {
  std::vector<Binding> bindings;
  SqliteStatement rows(database_,
                       "SELECT user, contact, instance, reg_id, q, path, transport, listener, connection, "
                       "remote, call_id, cseq, "
                       "user_agent, expires FROM binding WHERE expires > ?");
  rows.bind(to_wall(now, now, wall));
  while (rows.step()) bindings.push_back(read_row(rows, now, wall));
  return bindings;
}

}  // namespace control
