#pragma once
/// \file
/// What an operator may ask of the running daemon: JSON in, JSON out. No socket in here.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "control/call_service.h"

namespace control::admin {

/// Control thread only.
class Commands {
 public:
  struct Dependencies {
    CallService& service;
    std::string version;
    base::Instant started;
    std::function<base::WallTime(base::Instant)> to_wall;
    /// Asked when an operator wants the daemon to end after its last call; may be empty.
    std::function<void()> drain;
    /// Asked when that is taken back; may be empty.
    std::function<void()> resume{};
    /// Carries out the words of a SIP command, with text for people as the reply; empty without a SIP side.
    std::function<base::Result<std::string>(const std::vector<std::string>&)> sip{};
  };
  explicit Commands(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

  /// `{"command": …}` with status, calls, call, explain, kill (these three with "call-id"), drain, resume,
  /// top, and sip with "words", whose reply has "text". The reply is one line of JSON with "result": "ok" or
  /// "error" and its "error-reason".
  [[nodiscard]] std::string handle(std::string_view request, base::Instant now);

 private:
  Dependencies dependencies_;
};

}  // namespace control::admin
