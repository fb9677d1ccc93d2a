#pragma once
/// \file
/// The SIP ladder of one call: what went to whom and when, for the operator.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mediad/base/clock.h"

namespace control {

/// A bounded record; what comes after it is full is counted only. Control thread.
class Ladder {
 public:
  /// A call with forks, hold and a hang-up has about 40.
  static constexpr std::size_t kMaxRungs = 200;

  explicit Ladder(base::Instant start) : start_(start) {}

  void came(base::Instant now, std::string_view peer, std::string_view what) { note(now, peer, true, what); }
  void went(base::Instant now, std::string_view peer, std::string_view what) { note(now, peer, false, what); }

  /// One line a message: seconds since the first, arrow as seen from mediad, peer, what. Allocates.
  [[nodiscard]] std::string print() const;

 private:
  struct Rung {
    base::Instant at;
    bool came;
    std::string peer;
    std::string what;
  };
  void note(base::Instant now, std::string_view peer, bool came, std::string_view what);

  base::Instant start_;
  std::vector<Rung> rungs_;
  std::size_t dropped_{0};
};

}  // namespace control
