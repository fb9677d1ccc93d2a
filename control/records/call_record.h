#pragma once
/// \file
/// What is written down of a call when it is over.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "mediad/base/clock.h"

namespace control {

/// What one side sent, as it arrived here.
struct DirectionRecord {
  std::string codecs{};          ///< "PCMU/8000, telephone-event/8000"; empty without media
  std::optional<double> loss{};  ///< percent; none if no packet came
  std::optional<double> mos{};   ///< average by the E-model; none without enough packets
};

/// A value; any thread.
struct CallRecord {
  std::string id{};           ///< ours, by which logs and `trace` know the call
  std::string call_id{};      ///< the caller's Call-ID
  std::string caller{};       ///< user, or the number that a trunk says
  std::string dialled{};      ///< number or name
  std::string origin{};       ///< user or trunk that the call came from
  std::string destination{};  ///< user or trunk that answered
  base::WallTime started{};
  std::optional<base::WallTime> rang{}, answered{};
  base::WallTime ended{};
  std::uint16_t status{0};  ///< of the final response to the caller
  std::string reason{};     ///< its reason phrase, or the Reason field with which the call ended
  std::string ended_by{};   ///< "caller", "callee" or "mediad"
  bool transcoded{false};
  std::array<DirectionRecord, 2> sides{};  ///< what the caller, what the callee sent
};

}  // namespace control
