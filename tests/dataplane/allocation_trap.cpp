#include "tests/dataplane/allocation_trap.h"

#include <cerrno>
#include <cstdlib>

namespace {

thread_local bool armed = false;
thread_local std::size_t count = 0;

[[maybe_unused]] void note() {
  if (armed) ++count;
}

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MEDIAD_TRAPS_MALLOC 1

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) {
  note();
  return __libc_malloc(size);
}
void* calloc(std::size_t n, std::size_t size) {
  note();
  return __libc_calloc(n, size);
}
void* realloc(void* p, std::size_t size) {
  note();
  return __libc_realloc(p, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  note();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  note();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** p, std::size_t alignment, std::size_t size) {
  note();
  *p = __libc_memalign(alignment, size);
  return *p == nullptr ? ENOMEM : 0;
}
void free(void* p) {
  if (p != nullptr) note();
  __libc_free(p);
}
}
#endif

namespace dataplane {

AllocationTrap::AllocationTrap() {
  count = 0;
  armed = true;
}
AllocationTrap::~AllocationTrap() {
  armed = false;
}
std::size_t AllocationTrap::caught() const {
  return count;
}

bool AllocationTrap::works() {
#ifdef MEDIAD_TRAPS_MALLOC
  return true;
#else
  return false;
#endif
}

}  // namespace dataplane
