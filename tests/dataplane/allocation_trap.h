#pragma once
/// \file
/// Counts what a thread allocates and frees while it is armed. Link allocation_trap.cpp into the program: it
/// takes the place of malloc and its kin.

#include <cstddef>

namespace dataplane {

class AllocationTrap {
 public:
  AllocationTrap();
  ~AllocationTrap();
  AllocationTrap(const AllocationTrap&) = delete;
  AllocationTrap& operator=(const AllocationTrap&) = delete;

  /// Calls of malloc, calloc, realloc, aligned_alloc and free by this thread since the trap was set.
  [[nodiscard]] std::size_t caught() const;
  /// False in builds whose sanitizer owns malloc.
  [[nodiscard]] static bool works();
};

}  // namespace dataplane
