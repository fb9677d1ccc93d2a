#pragma once
/// \file
/// Phones that refresh their registrations, with digest authentication.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/batch_socket.h"
#include "bench/load/sip_timers.h"

namespace bench {

/// One thread.
class SipRegistrant {
 public:
  struct Options {
    std::string local, server;  ///< as they stand in messages, with ports
    std::string realm;
    std::uint32_t users{0};  ///< load0, load1, …; the password is the name
  };
  struct Outcome {
    std::uint64_t refreshed{0};   ///< 200
    std::uint64_t challenged{0};  ///< 401: the first of each user, and nonces that became stale
    std::uint64_t shed{0};        ///< 503
    std::uint64_t refused{0};     ///< any other answer
    std::uint64_t given_up{0};
    std::uint64_t sent_again{0};
    std::uint64_t skipped{0};  ///< turns of a user whose last refresh had no answer yet
    std::vector<double> answer_ms;
  };

  SipRegistrant(BatchSocket& socket, Options options);

  /// The next user's refresh.
  void refresh(Clock::time_point now);
  void take(std::string_view message, Clock::time_point now);
  void on_time(Clock::time_point now);

  [[nodiscard]] std::size_t open() const { return open_; }
  [[nodiscard]] const Outcome& outcome() const { return outcome_; }
  /// Forgets what was counted: after the first registrations.
  void begin_counting() { outcome_ = {}; }

 private:
  struct User {
    std::string ha1, nonce, request;
    std::uint32_t nonce_count{0}, sequence{0};
    bool is_waiting{false};
    Clock::time_point asked;
  };

  void send(std::uint32_t number, Clock::time_point now);

  BatchSocket& socket_;
  Options options_;
  std::string run_;
  std::vector<User> users_;
  std::uint32_t next_{0};
  std::size_t open_{0};
  SipTimers timers_;
  Outcome outcome_;
};

}  // namespace bench
