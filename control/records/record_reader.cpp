#include "control/records/record_reader.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <vector>

#include "control/records/record_table.h"
#include "control/sqlite.h"

namespace control {
namespace {

using std::chrono::milliseconds;

/// A page is a few milliseconds of the control thread.
constexpr std::int64_t kPage = 500, kListed = 50;

constexpr std::string_view kColumns =
    "number, id, call_id, caller, dialled, origin, destination, started, rang, answered, ended, status, "
    "reason, "
    "ended_by, transcoded, caller_codecs, caller_loss, caller_mos, callee_codecs, callee_loss, callee_mos";
enum Column : int {
  kNumber,
  kId,
  kCallId,
  kCaller,
  kDialled,
  kOrigin,
  kDestination,
  kStarted,
  kRang,
  kAnswered,
  kEnded,
  kStatus,
  kReason,
  kEndedBy,
  kTranscoded,
  kCallerCodecs,
  kCallerLoss,
  kCallerMos,
  kCalleeCodecs,
  kCalleeLoss,
  kCalleeMos
};
constexpr std::string_view kHeader =
    "number,id,call_id,caller,dialled,origin,destination,started,rang,answered,ended,duration_s,status,"
    "reason,"
    "ended_by,transcoded,caller_codecs,caller_loss_percent,caller_mos,callee_codecs,callee_loss_percent,"
    "callee_mos\r\n";

std::int64_t to_ms(base::WallTime time) {
  return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

std::string iso(std::int64_t ms) {
  if (ms == 0) return {};
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(ms / 1000)),
                     ms % 1000);
}

/// RFC 4180 §2: quoted when it has to be. A leading character that a spreadsheet takes for a formula gets a
/// quote before it, since peers choose these texts.
std::string quoted(std::string text) {
  if (!text.empty() && std::string_view{"=@\t\r"}.find(text[0]) != std::string_view::npos)
    text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string figure(double value) {
  return value < 0 ? std::string{} : fmt::format("{:.2f}", value);
}

double duration(const SqliteStatement& row) {
  const auto answered = row.number(kAnswered);
  return answered == 0 ? 0 : static_cast<double>(row.number(kEnded) - answered) / 1000;
}

}  // namespace

base::Result<std::unique_ptr<RecordReader>> RecordReader::open(const std::string& file) {
  auto database = open_sqlite(file, kRecordSchema);
  if (!database) return database.error();
  return std::unique_ptr<RecordReader>(new RecordReader(*database));
}

RecordReader::~RecordReader() {
  sqlite3_close(database_);
}

std::string RecordReader::csv(base::WallTime since, std::int64_t after) const {
  SqliteStatement row(
      database_, fmt::format("SELECT {} FROM call WHERE number > ? AND started >= ? ORDER BY number LIMIT {}",
                             kColumns, kPage));
  row.bind(after, to_ms(since));
  std::string text;
  while (row.step()) {
    if (text.empty() && after == 0) text = kHeader;
    fmt::format_to(std::back_inserter(text), "{}", row.number(kNumber));
    for (const int column : {kId, kCallId, kCaller, kDialled, kOrigin, kDestination})
      text += ',' + quoted(row.text(column));
    for (const int column : {kStarted, kRang, kAnswered, kEnded}) text += ',' + iso(row.number(column));
    fmt::format_to(std::back_inserter(text), ",{:.3f},{},{},{},{}", duration(row), row.number(kStatus),
                   quoted(row.text(kReason)), row.text(kEndedBy), row.number(kTranscoded));
    for (const int side : {kCallerCodecs, kCalleeCodecs})
      text +=
          ',' + quoted(row.text(side)) + ',' + figure(row.real(side + 1)) + ',' + figure(row.real(side + 2));
    text += "\r\n";
  }
  return text;
}

std::string RecordReader::list(base::WallTime since) const {
  SqliteStatement row(
      database_,
      fmt::format("SELECT {} FROM call WHERE started >= ? ORDER BY number DESC LIMIT {}", kColumns, kListed));
  row.bind(to_ms(since));
  std::vector<std::string> lines;
  while (row.step()) {
    const auto mos = [&](int side) {
      return row.real(side) < 0 ? std::string{"-"} : fmt::format("{:.1f}", row.real(side));
    };
    lines.push_back(fmt::format("{}  {} to {}{}  {} {}  {:.1f} s  {}mos {}/{}  {}\n",
                                iso(row.number(kStarted)), row.text(kCaller), row.text(kDialled),
                                row.text(kDestination).empty() ? "" : " at " + row.text(kDestination),
                                row.number(kStatus), row.text(kReason), duration(row),
                                row.text(kEndedBy).empty() ? "" : "ended by " + row.text(kEndedBy) + "  ",
                                mos(kCallerMos), mos(kCalleeMos), row.text(kId)));
  }
  std::reverse(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, ""));
}

/// In days: what nanoseconds can count, both back from today and on from 1970.
constexpr int kMostAge = 100 * 366;

std::optional<base::WallTime> parse_since(std::string_view text, base::WallTime now) {
  using namespace std::chrono;
  const auto take = [&text](std::size_t digits) -> std::optional<int> {
    int value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + std::min(digits, text.size()), value);
    if (error != std::errc{} || value < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
  };
  const auto after = [&](char mark, std::size_t digits) -> std::optional<int> {
    if (text.empty() || text[0] != mark) return std::nullopt;
    text.remove_prefix(1);
    return take(digits);
  };
  const auto first = take(9);
  if (!first) return std::nullopt;
  const auto ago = [&](auto unit) -> std::optional<base::WallTime> {
    if (*first > days{kMostAge} / unit) return std::nullopt;
    return now - *first * unit;
  };
  if (text == "m") return ago(minutes{1});
  if (text == "h") return ago(hours{1});
  if (text == "d") return ago(days{1});
  if (*first < 1970 || *first >= 1970 + kMostAge / 366) return std::nullopt;
  const auto month_of = after('-', 2), day_of = month_of ? after('-', 2) : std::nullopt;
  if (!day_of) return std::nullopt;
  const year_month_day date{year{*first}, month{static_cast<unsigned>(*month_of)},
                            day{static_cast<unsigned>(*day_of)}};
  if (!date.ok()) return std::nullopt;
  base::WallTime at = sys_days{date};
  if (text.empty()) return at;
  const auto hour = after('T', 2), minute = hour ? after(':', 2) : std::nullopt;
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  at += hours{*hour} + minutes{*minute};
  if (text.empty()) return at;
  const auto second = after(':', 2);
  if (!second || *second > 60 || !text.empty()) return std::nullopt;
  return at + seconds{*second};
}

}  // namespace control
