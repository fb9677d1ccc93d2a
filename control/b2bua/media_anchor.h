#pragma once
/// \file
/// The media of one SIP call as the B2BUA sees it: whoever offers, the other side gets our addresses.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/call_service.h"
#include "mediad/base/clock.h"
#include "mediad/base/result.h"

namespace control {

/// Names the call to the CallService by an id and tags of our own, so that no peer's Call-ID can meet
/// another's. `from` is kCaller or kCallee.
/// Control thread.
class MediaAnchor {
 public:
  /// Tag of the caller's side in reports.
  static constexpr std::string_view kCallerTag = "caller";

  MediaAnchor(CallService& service, std::string call_id) : service_(service), call_id_(std::move(call_id)) {}

  /// What the other side is offered; `fork` names the callee. The first offer of a fork takes its ports.
  [[nodiscard]] base::Result<std::string> offer(unsigned from, const std::string& fork, std::string_view sdp,
                                                base::Instant now);
  /// The answer for who offered. `from` answers.
  [[nodiscard]] base::Result<std::string> answer(unsigned from, const std::string& fork, std::string_view sdp,
                                                 base::Instant now);
  /// Gives back what a fork had that came to nothing.
  void drop(const std::string& fork, base::Instant now);
  /// The report is of the moment before; none if the media had ended already.
  std::optional<CallReport> end(base::Instant now);
  /// False once the media was ended for another reason than end(): silence, an operator, a worker.
  [[nodiscard]] bool is_alive() const { return service_.find(call_id_) != nullptr; }
  [[nodiscard]] const std::string& call_id() const { return call_id_; }

 private:
  [[nodiscard]] CallNames names(unsigned from, const std::string& fork) const;

  CallService& service_;
  std::string call_id_;
};

/// What an error of offer() or answer() is answered with: 503 for a limit, 400 for a description that cannot
/// be read, 488 for one with nothing usable.
[[nodiscard]] std::uint16_t status_of_media_error(std::string_view text);

}  // namespace control
