#pragma once
/// \file
/// Replies kept by cookie, so that a request that comes again (its reply was lost or late) gets the same
/// reply and is not carried out twice.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mediad/base/clock.h"

namespace control::ng {

/// Two generations: a reply is kept for 30 to 60 s, or less when so many come that a generation outgrows its
/// bound. Control thread.
class CookieCache {
 public:
  static constexpr base::Duration kGeneration = std::chrono::seconds{30};
  /// At 6,000 replies of 1 KiB a second this still spans the 5 s in which Kamailio retries.
  static constexpr std::size_t kMaxGenerationOctets = std::size_t{32} * 1024 * 1024;

  /// The stored reply, or nullptr. Valid until the next call of store(). Allocates nothing.
  [[nodiscard]] const std::string* find(const std::string& key, base::Instant now);
  /// `key` names the request: the cookie, and the host that sent it. Gives the reply as stored, valid as
  /// find()'s.
  const std::string* store(std::string key, std::string reply, base::Instant now);

 private:
  using Generation = std::unordered_map<std::string, std::string>;

  void age(base::Instant now);

  Generation young_, old_;
  std::size_t young_octets_{0};
  base::Instant young_since_{};
};

}  // namespace control::ng
