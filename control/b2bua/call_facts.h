#pragma once
/// \file
/// What a call record is made of, noted as it happens.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/call_report.h"
#include "control/records/call_record.h"
#include "mediad/base/clock.h"

namespace control {

/// Control thread; a value.
struct CallFacts {
  std::optional<base::Instant> rang, answered, ended;
  std::uint16_t status{0};  ///< of the final response to the caller
  std::string reason;
  std::string ended_by;
  bool transcoded{false};
  std::array<DirectionRecord, 2> sides;

  /// A response to the caller's INVITE.
  void note_response(std::uint16_t response_status, std::string_view phrase, base::Instant now);
  /// The end of an answered call; `why` is a Reason value or empty.
  void note_end(std::string_view by, std::string_view why, base::Instant now);
  /// The caller's tag tells whose streams are whose.
  void note_media(const CallReport& report, std::string_view caller_tag);
};

}  // namespace control
