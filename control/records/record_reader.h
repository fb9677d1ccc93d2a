#pragma once
/// \file
/// Call records read again, as text for people and as CSV.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mediad/base/clock.h"
#include "mediad/base/result.h"

struct sqlite3;

namespace control {

/// One thread, which may be another than the writer's.
class RecordReader {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<RecordReader>> open(const std::string& file);
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  /// A page of CSV (RFC 4180): calls begun at `since` or later whose number is above `after`, oldest first.
  /// The first column is the number by which the next page is asked for; a header line comes with `after` 0.
  /// Empty when there are no more.
  [[nodiscard]] std::string csv(base::WallTime since, std::int64_t after) const;
  /// The last calls since then, one a line, newest last.
  [[nodiscard]] std::string list(base::WallTime since) const;

 private:
  explicit RecordReader(sqlite3* database) : database_(database) {}
  sqlite3* database_;
};

/// "2026-11-25", "2026-11-25T14:30" or "2026-11-25T14:30:05" in UTC, or an age such as "30m", "12h", "7d".
[[nodiscard]] std::optional<base::WallTime> parse_since(std::string_view text, base::WallTime now);

}  // namespace control
