#pragma once
/// \file
/// The calling half of the load: INVITE, ACK, a while of talk, BYE.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/batch_socket.h"
#include "bench/load/sip_timers.h"

namespace bench {

/// One thread.
class SipCaller {
 public:
  struct Options {
    std::string local, server;  ///< as they stand in messages, with ports
    std::string number;         ///< what is dialled
    std::chrono::milliseconds hold{0};
    std::size_t calls{0};  ///< in all
  };
  struct Outcome {
    std::uint64_t completed{0};  ///< BYE answered
    std::uint64_t answered{0};
    std::uint64_t shed{0};         ///< 503
    std::uint64_t retry_after{0};  ///< of those with Retry-After
    std::uint64_t refused{0};      ///< any other refusal
    std::uint64_t given_up{0};     ///< no answer in 64 T1
    std::uint64_t sent_again{0};   ///< by us
    std::uint64_t heard_again{0};  ///< final answers that came twice
    std::string first_refusal;     ///< for the log
    std::vector<double> setup_ms;  ///< INVITE to 200
  };

  SipCaller(BatchSocket& socket, Options options);

  void start_call(Clock::time_point now);
  void take(std::string_view message, Clock::time_point now);
  void on_time(Clock::time_point now);

  [[nodiscard]] std::size_t begun() const { return begun_; }
  [[nodiscard]] std::size_t open() const { return open_; }
  [[nodiscard]] const Outcome& outcome() const { return outcome_; }

 private:
  enum class Step : std::uint8_t { kNone, kInvited, kRinging, kTalking, kEnding, kOver };
  struct Call {
    Step step{Step::kNone};
    Clock::time_point began;
    std::string to;      ///< with the tag of the answer
    std::string target;  ///< Contact of the answer
  };

  void send_invite(std::uint32_t number);
  void send_ack(std::uint32_t number, std::string_view uri, std::string_view to, std::string_view branch);
  void send_bye(std::uint32_t number);
  void end(Call& call);
  [[nodiscard]] std::string head(std::string_view method, std::string_view uri, std::uint32_t number,
                                 std::string_view branch, std::string_view to) const;

  BatchSocket& socket_;
  Options options_;
  std::string run_;  ///< tells this run's calls from those of another
  std::vector<Call> calls_;
  std::size_t begun_{0}, open_{0};
  SipTimers timers_;
  Outcome outcome_;
};

}  // namespace bench
