#include "dataplane/api/worker_proxy.h"

#include <sys/eventfd.h>
#include <unistd.h>

namespace dataplane {

WorkerLink::WorkerLink() : doorbell(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

WorkerLink::~WorkerLink() {
  if (doorbell >= 0) ::close(doorbell);
}

void ring_doorbell(WorkerLink& link) {
  // Pairs with the worker's fence between saying that it sleeps and looking for work a last time: one of the
  // two always sees the other.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!link.sleeping.load(std::memory_order_relaxed)) return;
  // One ring is enough until the worker sleeps again, which it does not before it has looked: whoever comes
  // behind the first saves the system call.
  if (!link.sleeping.exchange(false, std::memory_order_seq_cst)) return;
  const std::uint64_t one = 1;
  // Fails only when the counter is at its limit, and then the worker is awake already.
  [[maybe_unused]] const auto written = ::write(link.doorbell, &one, sizeof one);
}

bool WorkerProxy::send(Command& command) {
  if (!link_->inbox.push(command)) return false;
  ring_doorbell(*link_);
  return true;
}

}  // namespace dataplane
