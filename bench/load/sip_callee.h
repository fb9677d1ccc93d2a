#pragma once
/// \file
/// The called half of the load: 180 and 200 at once, 200 to BYE.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/load/batch_socket.h"
#include "bench/load/sip_timers.h"

namespace bench {

/// One thread.
class SipCallee {
 public:
  struct Outcome {
    std::uint64_t invited{0}, acknowledged{0}, ended{0};
    std::uint64_t heard_again{0};  ///< requests that came twice
    std::uint64_t sent_again{0};   ///< 200 whose ACK was late
    std::uint64_t given_up{0};
    std::uint64_t cancelled{0};
    std::string first_again;  ///< the first line of the first request that came twice
  };

  SipCallee(BatchSocket& socket, std::string local) : socket_(socket), local_(std::move(local)) {}

  void take(std::string_view message, Clock::time_point now);
  void on_time(Clock::time_point now);
  [[nodiscard]] const Outcome& outcome() const { return outcome_; }

 private:
  enum class Step : std::uint8_t { kAnswered, kTalking };
  struct Call {
    Step step{Step::kAnswered};
    std::uint32_t number{0};
    std::string answer;  ///< until the ACK
  };

  void heard_again(std::string_view message);
  void invited(std::string_view message, std::string_view call_id, Clock::time_point now);

  BatchSocket& socket_;
  std::string local_;
  std::unordered_map<std::string, Call> calls_;
  std::vector<std::string> names_;  ///< Call-ID by number, for the timers
  SipTimers timers_;
  Outcome outcome_;
};

}  // namespace bench
