#pragma once
/// \file
/// Whose offer is open in a dialog (RFC 3264 §4, RFC 3261 §14, RFC 3311 §5.1, RFC 6337): at most one at a
/// time.

#include <cstdint>

namespace control {

/// A value; any thread.
class OfferState {
 public:
  /// What to answer to a request of the peer that carries an offer.
  enum class Verdict : std::uint8_t {
    kTake,
    kGlare,  ///< 491: ours is open
    kBusy,   ///< 500 with Retry-After up to 10 s: the peer's own is not yet answered
  };

  [[nodiscard]] Verdict remote_offer() {
    if (state_ == State::kOurs) return Verdict::kGlare;
    if (state_ == State::kTheirs) return Verdict::kBusy;
    state_ = State::kTheirs;
    return Verdict::kTake;
  }
  /// False if we may not offer now.
  [[nodiscard]] bool local_offer() {
    if (state_ != State::kNone) return false;
    state_ = State::kOurs;
    return true;
  }
  /// The open offer was answered or refused, whoever's it was.
  void settle() { state_ = State::kNone; }

  [[nodiscard]] bool is_ours_open() const { return state_ == State::kOurs; }
  [[nodiscard]] bool is_theirs_open() const { return state_ == State::kTheirs; }

 private:
  enum class State : std::uint8_t { kNone, kOurs, kTheirs };
  State state_{State::kNone};
};

/// RFC 3261 §14.1: how long to wait after a 491 before offering again, in units of 10 ms: who made the
/// Call-ID waits 2.1 s to 4 s, the other less. `random` is any number.
[[nodiscard]] constexpr std::uint32_t glare_wait_10ms(bool we_made_the_call_id, std::uint32_t random) {
  return we_made_the_call_id ? 210 + random % 191 : random % 201;
}

}  // namespace control
