#pragma once
/// \file
/// How a call came to nothing: from what the forks answered to what the caller is told.

#include <cstdint>
#include <optional>
#include <string>

#include "control/sip/sip_port.h"
#include "control/sip/wire/sdp_body.h"

namespace control {

/// One fork's end.
struct Outcome {
  std::uint16_t status{500};
  std::string reason{};        ///< phrase of the peer, if it is passed on
  std::string retry_after{};   ///< value, with 503
  bool elsewhere{false};       ///< another trunk may do better: 5xx, 408, no answer at all
  sip::HeaderLines headers{};  ///< of the peer's answer that go on to the caller
  sip::Body body{};            ///< and its body

  [[nodiscard]] sip::OutgoingResponse response() const;
};

/// A final answer of a callee. A challenge or refusal of our credentials is not the caller's affair: 403.
[[nodiscard]] Outcome outcome_of(const sip::Message& response, bool is_trunk);
/// The same between transparent sides: what the callee says is what the caller is told.
[[nodiscard]] Outcome outcome_as_is(const sip::Message& response);
/// No final answer: a phone that does not answer is known but not reachable now (480), a trunk that does not
/// is out of order (503).
[[nodiscard]] Outcome outcome_of(sip::TxnFailed::Cause cause, bool is_trunk);

/// The best of the forks' outcomes (RFC 3261 §16.7 step 6): 6xx first, else the lowest class, and within 4xx
/// busy before what says less.
class BestOutcome {
 public:
  void consider(Outcome outcome);
  /// 480 if nothing was heard of anybody.
  [[nodiscard]] Outcome get() const;

 private:
  std::optional<Outcome> best_;
};

}  // namespace control
