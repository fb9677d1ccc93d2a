#include "dataplane/port/poll_set.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace dataplane {

PollSet::PollSet(std::span<Port* const> ports, std::uint16_t queue, int doorbell) : queue_(queue) {
  descriptors_.push_back({doorbell, POLLIN, 0});
  for (Port* const port : ports) {
    const int descriptor = port->wait_descriptor(queue);
    if (descriptor < 0) {
      blind_ = true;
      continue;
    }
    descriptors_.push_back({descriptor, POLLIN, 0});
    if (port->needs_arming()) armed_.push_back(port);
  }
}

void PollSet::wait(base::Duration timeout) {
  if (blind_) timeout = std::min(timeout, kPollBlindPorts);
  if (timeout <= base::Duration::zero()) return;
  for (auto* port : armed_) port->arm(queue_);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  const timespec limit{seconds.count(), (timeout - seconds).count()};
  ::ppoll(descriptors_.data(), descriptors_.size(), &limit, nullptr);
  for (auto* port : armed_) port->disarm(queue_);
  for (auto& polled : descriptors_) {
    if ((polled.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) clear_error(polled);
  }
  if ((descriptors_.front().revents & POLLIN) != 0) {
    std::uint64_t rings = 0;
    [[maybe_unused]] const auto size = ::read(descriptors_.front().fd, &rings, sizeof rings);
  }
}

// A link that went down leaves its error on the packet socket, and poll() returns at once until somebody asks
// for it: nobody reads these sockets, their rings are mapped.
void PollSet::clear_error(pollfd& polled) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(polled.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) return;
  polled.fd = -1;  // it cannot be waited for any more; poll() skips it
  blind_ = true;
}

}  // namespace dataplane
