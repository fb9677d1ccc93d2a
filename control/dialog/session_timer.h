#pragma once
/// \file
/// Session timers (RFC 4028): a call whose peer has vanished ends, though no BYE ever comes.

#include <cstdint>
#include <optional>

#include "control/sip/wire/message.h"
#include "control/sip/wire/print.h"
#include "mediad/base/clock.h"

namespace control {

/// What we ask for and accept.
struct SessionTimerPolicy {
  /// Wanted interval in seconds; 0 asks for none, but still serves a peer that wants one.
  std::uint32_t interval{1800};
  std::uint32_t min_interval{90};  ///< RFC 4028 §4: the least that may be configured
};

/// What was agreed in the last INVITE or UPDATE.
class SessionTimer {
 public:
  enum class Act : std::uint8_t {
    kNothing,
    kRefresh,  ///< send a re-INVITE or UPDATE
    kEnd,      ///< send BYE: the other side did not refresh
  };

  /// No timer.
  SessionTimer() = default;

  /// Server side (§9): what our 2xx to this request says, or 422 if it wants too short an interval; `headers`
  /// get what belongs into that answer.
  struct Answer {
    bool too_small{false};
    sip::HeaderLines headers;
  };
  [[nodiscard]] Answer answer(const sip::Message& request, const SessionTimerPolicy& policy,
                              base::Instant now);

  /// Client side (§7.1): what our INVITE or UPDATE says. `least`: what a 422 asked for.
  [[nodiscard]] static sip::HeaderLines offer(const SessionTimerPolicy& policy, std::uint32_t least = 0);
  /// Client side (§7.2): a 2xx to it.
  void agreed(const sip::Message& response, base::Instant now);
  /// What a refresh of ours within the dialog says (§7.4): the interval and who refreshes stay.
  [[nodiscard]] sip::HeaderLines refresh(const SessionTimerPolicy& policy) const;
  /// The peer wants at least this interval: the next refresh asks for it.
  void raise(std::uint32_t seconds) { seconds_ = seconds > seconds_ ? seconds : seconds_; }
  /// The refresh that on_time() asked for could not be: it asks again then, or ends.
  void refresh_again(base::Instant at) { refresh_at_ = at; }
  /// The interval for another try after a 422 (§7.4).
  [[nodiscard]] static std::optional<std::uint32_t> raised(const sip::Message& refusal);

  [[nodiscard]] Act on_time(base::Instant now);
  [[nodiscard]] std::optional<base::Instant> deadline() const;
  [[nodiscard]] bool is_running() const { return seconds_ != 0; }
  [[nodiscard]] std::uint32_t seconds() const { return seconds_; }
  [[nodiscard]] bool we_refresh() const { return we_refresh_; }

 private:
  void start(std::uint32_t seconds, bool we_refresh, base::Instant now);

  std::uint32_t seconds_{0};
  bool we_refresh_{false};
  base::Instant refresh_at_{};
  base::Instant end_at_{};
};

}  // namespace control
