#pragma once
/// \file
/// The kernel's pool of 2 MiB pages. Control thread.

#include <cstdint>
#include <string>

namespace dataplane {

/// Where the kernel keeps the counters of 2 MiB pages.
inline constexpr const char* kHugepageFolder = "/sys/kernel/mm/hugepages/hugepages-2048kB";

struct HugepageReservation {
  bool enough{false};      ///< at least the wanted number is free now
  std::uint32_t added{0};  ///< of them reserved by this call, to be handed to return_hugepages() at the end
};

/// Sees to it that `pages` pages are free, asking the kernel for the missing ones. If it cannot give them all
/// it is left as it was. `folder` is a parameter for the tests.
[[nodiscard]] HugepageReservation reserve_hugepages(std::uint32_t pages,
                                                    const std::string& folder = kHugepageFolder);
/// Lowers the kernel's number again by what was added. Pages still mapped go when their mapping goes.
void return_hugepages(std::uint32_t added, const std::string& folder = kHugepageFolder);

/// Held while pages are reserved, taken or returned: of two processes that start or stop at once, each would
/// otherwise count on pages that the other is about to take. Any thread; waits for its turn.
class HugepageLock {
 public:
  explicit HugepageLock(const std::string& folder = kHugepageFolder);
  ~HugepageLock();
  HugepageLock(const HugepageLock&) = delete;
  HugepageLock& operator=(const HugepageLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace dataplane
