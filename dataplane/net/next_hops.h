#pragma once
/// \file
/// One worker's table of next hops: where a frame for an address has to go.

#include <array>
#include <cstdint>
#include <vector>

#include "dataplane/api/mac_address.h"
#include "mediad/base/clock.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

/// Who said where the next hop is. A later source of the same or a higher rank replaces an earlier one.
enum class HopSource : std::uint8_t {
  kNobody,   ///< asked for, or known to be unreachable
  kTraffic,  ///< the peer's own frames came from there
  kAnswer,   ///< the kernel's tables, or an ARP or ND answer to us
};

/// An address's next hop. Its place in memory stays; `version` changes with every change of the others, also
/// when the place is given to another address, so that a user may keep a pointer and the version and compare.
struct NextHop {
  base::IpAddress address;
  std::uint16_t scope{0};
  HopSource source{HopSource::kNobody};
  std::uint16_t port{0};  ///< index of the port to leave by
  MacAddress mac{};
  std::uint32_t version{0};
  base::Instant changed{};  ///< of the last change, or, with kNobody, of the last question

  [[nodiscard]] bool reachable() const { return source != HopSource::kNobody; }
};

/// A table of fixed size, four places for a hash value; the entry unchanged for longest gives way to a new
/// one. Two scopes may hold the same address. One worker, no allocation after construction.
class NextHops {
 public:
  /// `capacity` is rounded up to a power of two.
  explicit NextHops(std::size_t capacity);

  /// The entry, reachable or not; nullptr if there is none.
  [[nodiscard]] const NextHop* find(std::uint16_t scope, const base::IpAddress& address) const;

  /// Notes a next hop, unless a source of higher rank has spoken. Returns the entry.
  const NextHop& put(std::uint16_t scope, const base::IpAddress& address, HopSource source,
                     std::uint16_t port, const MacAddress& mac, base::Instant now);
  /// Forgets where the address is.
  void set_unreachable(std::uint16_t scope, const base::IpAddress& address, base::Instant now);

  /// True at most once in kAskEvery for an address that is not reachable: the caller should ask now.
  static constexpr base::Duration kAskEvery = std::chrono::milliseconds{500};
  [[nodiscard]] bool should_ask(std::uint16_t scope, const base::IpAddress& address, base::Instant now);

 private:
  static constexpr std::size_t kWays = 4;
  using Bucket = std::array<NextHop, kWays>;

  [[nodiscard]] const Bucket& bucket_of(std::uint16_t scope, const base::IpAddress& address) const;
  NextHop& place_for(std::uint16_t scope, const base::IpAddress& address);

  std::vector<Bucket> buckets_;
  std::uint32_t last_version_{0};
};

}  // namespace dataplane
