#include "dataplane/effort.h"

#include <algorithm>

namespace dataplane {

void Effort::update(base::Instant now, std::uint64_t busy_ns, std::uint64_t idle_ns) {
  if (now - window_began_ < kWindow) return;
  const auto busy = static_cast<double>(busy_ns - busy_ns_);
  const auto idle = static_cast<double>(idle_ns - idle_ns_);
  const double share = busy > 0 ? busy / (busy + idle) : 0;
  window_began_ = now;
  busy_ns_ = busy_ns;
  idle_ns_ = idle_ns;
  if (share > kTooBusy) ceiling_ = std::max(ceiling_ - 1, 0);
  if (share > kQuiet) quiet_since_ = now;
  if (now - quiet_since_ < kPatience) return;
  ceiling_ = std::min(ceiling_ + 1, codecs::kMostComplexity);
  quiet_since_ = now;
}

}  // namespace dataplane
