#include "dataplane/hand_over.h"

#include <utility>

namespace dataplane {

HandOver::HandOver(std::vector<WorkerLink*> links) : links_(std::move(links)) {
  for (std::size_t i = 0; i < links_.size() * links_.size(); ++i)
    rings_.push_back(std::make_unique<base::SpscRing<Packet>>(links_.size() == 1 ? 1 : kCapacity));
}

bool HandOver::push(std::uint16_t from, std::uint16_t to, Packet& packet) {
  if (!ring(from, to).push(packet)) return false;
  ring_doorbell(*links_[to]);
  return true;
}

}  // namespace dataplane
