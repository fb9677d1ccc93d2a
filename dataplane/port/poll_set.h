#pragma once
/// \file
/// How a worker sleeps: on its queues' descriptors and its doorbell.

#include <poll.h>

#include <span>
#include <vector>

#include "dataplane/port/port.h"
#include "mediad/base/clock.h"

namespace dataplane {

/// One worker's. No allocation after construction.
class PollSet {
 public:
  /// Ports that cannot wake anybody (memory, files) are looked at this often: 2 % of a CPU for 1 ms more of
  /// delay.
  static constexpr base::Duration kPollBlindPorts = std::chrono::milliseconds{1};

  /// `doorbell` is an eventfd that others write. The ports must outlive this.
  PollSet(std::span<Port* const> ports, std::uint16_t queue, int doorbell);

  /// Sleeps until a port has something, the doorbell rings, or `timeout` is over; not at all if it is not
  /// positive. Takes the ring out of the doorbell.
  void wait(base::Duration timeout);

 private:
  void clear_error(pollfd& polled);

  std::vector<Port*> armed_;
  std::vector<pollfd> descriptors_;  // the doorbell first
  std::uint16_t queue_;
  bool blind_{false};
};

}  // namespace dataplane
