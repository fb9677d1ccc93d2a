#include "control/records/record_writer.h"

#include <sys/prctl.h>

#include <filesystem>
#include <utility>

#include "control/records/record_table.h"
#include "control/sqlite.h"
#include "mediad/base/log.h"

namespace control {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kInsert =
    "INSERT INTO call (id, call_id, caller, dialled, origin, destination, started, rang, answered, ended, "
    "status, "
    "reason, ended_by, transcoded, caller_codecs, caller_loss, caller_mos, callee_codecs, callee_loss, "
    "callee_mos) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
/// How often old calls are looked for.
constexpr std::chrono::hours kForgetInterval{1};

std::int64_t ms(const std::optional<base::WallTime>& time) {
  return time ? std::chrono::duration_cast<milliseconds>(time->time_since_epoch()).count() : 0;
}

bool insert(SqliteStatement& statement, const CallRecord& r) {
  const auto& [caller, callee] = r.sides;
  return statement
      .bind(r.id, r.call_id, r.caller, r.dialled, r.origin, r.destination, ms(r.started), ms(r.rang),
            ms(r.answered), ms(r.ended), std::int64_t{r.status}, r.reason, r.ended_by,
            std::int64_t{r.transcoded}, caller.codecs, caller.loss.value_or(-1), caller.mos.value_or(-1),
            callee.codecs, callee.loss.value_or(-1), callee.mos.value_or(-1))
      .run();
}

bool execute(sqlite3* database, const char* sql) {
  return sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

}  // namespace

base::Result<std::unique_ptr<RecordWriter>> RecordWriter::open(const RecordOptions& options) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path{options.file}.parent_path(), ignored);
  auto database = open_sqlite(options.file, kRecordSchema);
  if (!database) return database.error();
  // A record is money: it survives the machine too. The wait for the disk is this thread's.
  execute(*database, "PRAGMA synchronous=FULL");
  return std::unique_ptr<RecordWriter>(new RecordWriter(*database, options.retention));
}

RecordWriter::RecordWriter(sqlite3* database, std::chrono::days retention)
    : database_(database), retention_(retention), thread_([this] { run(); }) {}

RecordWriter::~RecordWriter() {
  stop_.release();
  thread_.join();
  sqlite3_close(database_);
}

void RecordWriter::write(CallRecord record) {
  if (!ring_.push(record)) lost_.fetch_add(1, std::memory_order_relaxed);
}

void RecordWriter::run() {
  prctl(PR_SET_NAME, "records");
  auto forget_at = std::chrono::steady_clock::now();
  while (!stop_.try_acquire_for(kInterval)) {
    write_waiting();
    if (retention_.count() == 0 || std::chrono::steady_clock::now() < forget_at) continue;
    forget_old();
    forget_at = std::chrono::steady_clock::now() + kForgetInterval;
  }
  write_waiting();
}

void RecordWriter::write_waiting() {
  auto record = ring_.pop();
  if (!record) return;
  bool good = execute(database_, "BEGIN IMMEDIATE");
  SqliteStatement statement(database_, kInsert);
  std::uint64_t count = 0;
  for (; record; record = ring_.pop(), ++count) good = good && insert(statement, *record);
  if (good && execute(database_, "COMMIT")) return;
  spdlog::error("{} call records lost: {}", count, sqlite3_errmsg(database_));
  execute(database_, "ROLLBACK");
  lost_.fetch_add(count, std::memory_order_relaxed);
}

void RecordWriter::forget_old() {
  const auto oldest = std::chrono::system_clock::now() - retention_;
  SqliteStatement erase(database_, "DELETE FROM call WHERE started < ?");
  erase.bind(std::int64_t{std::chrono::duration_cast<milliseconds>(oldest.time_since_epoch()).count()});
  if (!erase.run()) spdlog::error("old call records stay: {}", sqlite3_errmsg(database_));
}

}  // namespace control
