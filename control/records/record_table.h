#pragma once
/// \file
/// The table of call records. Internal to control/records.

namespace control {

/// Times are milliseconds since 1970, 0 for none; loss and MOS below 0 for none.
inline constexpr const char* kRecordSchema =
    "CREATE TABLE IF NOT EXISTS call (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, call_id "
    "TEXT, "
    "caller TEXT, dialled TEXT, origin TEXT, destination TEXT, started INTEGER NOT NULL, rang INTEGER, "
    "answered INTEGER, ended INTEGER, status INTEGER, reason TEXT, ended_by TEXT, transcoded INTEGER, "
    "caller_codecs TEXT, caller_loss REAL, caller_mos REAL, callee_codecs TEXT, callee_loss REAL, callee_mos "
    "REAL);"
    "CREATE INDEX IF NOT EXISTS call_started ON call (started);";

}  // namespace control
