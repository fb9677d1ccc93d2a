#pragma once
/// \file
/// SQLite without its ceremony: statements that bind and read by position. Internal to control/.

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mediad/base/result.h"

namespace control {

/// One prepared statement. One thread.
class SqliteStatement {
 public:
  SqliteStatement(sqlite3* database, std::string_view sql) {
    sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr);
  }
  ~SqliteStatement() { sqlite3_finalize(statement_); }
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  /// Binds the parameters in order; views must live until the step.
  template <typename... Values>
  SqliteStatement& bind(const Values&... values) {
    sqlite3_reset(statement_);
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  /// True if there is a row.
  bool step() { return statement_ != nullptr && (status_ = sqlite3_step(statement_)) == SQLITE_ROW; }
  /// True if a statement without rows succeeded.
  bool run() { return !step() && status_ == SQLITE_DONE; }
  /// Ends a read early, so that it holds no snapshot of the database.
  void reset() { sqlite3_reset(statement_); }

  [[nodiscard]] std::string text(int column) const {
    const auto* value = sqlite3_column_text(statement_, column);
    return value == nullptr ? std::string{}
                            : std::string(reinterpret_cast<const char*>(value),
                                          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  }
  [[nodiscard]] double real(int column) const { return sqlite3_column_double(statement_, column); }
  [[nodiscard]] std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }

 private:
  void bind_one(int index, std::string_view value) {
    // A null pointer would bind NULL; an empty text is meant. SQLITE_STATIC (0): the caller's text lives long
    // enough.
    sqlite3_bind_text(statement_, index, value.data() == nullptr ? "" : value.data(),
                      static_cast<int>(value.size()), nullptr);
  }
  void bind_one(int index, double value) { sqlite3_bind_double(statement_, index, value); }
  void bind_one(int index, std::int64_t value) { sqlite3_bind_int64(statement_, index, value); }

  sqlite3_stmt* statement_{nullptr};
  int status_{SQLITE_ERROR};
};

/// A list in one column: names, prefixes and addresses have no blanks in them, so one parts them.
[[nodiscard]] inline std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}
[[nodiscard]] inline std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

/// Opens or makes a database in write-ahead mode and runs `schema`, which must be repeatable.
[[nodiscard]] inline base::Result<sqlite3*> open_sqlite(const std::string& file, const char* schema) {
  sqlite3* database = nullptr;
  const auto failed = [&] {
    base::Error error{"database " + file + ": " + sqlite3_errmsg(database)};
    sqlite3_close(database);
    return error;
  };
  if (sqlite3_open(file.c_str(), &database) != SQLITE_OK) return failed();
  sqlite3_busy_timeout(database, 1000);
  for (const char* sql : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", schema}) {
    if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failed();
  }
  return database;
}

}  // namespace control
