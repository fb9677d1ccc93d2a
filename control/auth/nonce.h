#pragma once
/// \file
/// Nonces that need no memory until they are used well: a time, a number and a keyed hash over them and the
/// client (RFC 7616 §5.4).

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mediad/base/clock.h"
#include "mediad/base/ip_address.h"

namespace control {

/// Makes and checks nonces. One thread (control).
class NonceMint {
 public:
  enum class Verdict : std::uint8_t {
    kGood,
    kStale,    ///< ours, for this client, but too old: a new one helps
    kForeign,  ///< not ours, or another client's
  };

  /// `key` is secret and random; with another one after a restart all old nonces are foreign.
  explicit NonceMint(std::string key, base::Duration lifetime = std::chrono::minutes{5})
      : key_(std::move(key)), lifetime_(lifetime) {}

  /// Bound to the client's address, not to its port: NAT may change that. No two are the same.
  [[nodiscard]] std::string make(const base::IpAddress& client, base::Instant now);
  [[nodiscard]] Verdict check(std::string_view nonce, const base::IpAddress& client, base::Instant now) const;

  /// Takes a nonce count of a request that was authenticated: false if it has been seen, or is so old that it
  /// may have been. Only who knows a password can make this remember anything.
  [[nodiscard]] bool take_count(std::string_view nonce, std::uint32_t count, base::Instant now);

  [[nodiscard]] std::size_t remembered() const { return counts_.size(); }

 private:
  struct Counts {
    std::uint32_t highest{0};
    std::uint64_t seen{0};  ///< bit i: highest - i has been seen
  };

  [[nodiscard]] std::string sign(std::string_view head, const base::IpAddress& client) const;

  std::string key_;
  base::Duration lifetime_;
  std::uint32_t made_{0};
  std::unordered_map<std::string, Counts> counts_;
  std::deque<std::pair<base::Instant, std::string>> by_age_;
};

}  // namespace control
