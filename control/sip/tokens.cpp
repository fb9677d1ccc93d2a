#include "control/sip/tokens.h"

#include <sys/random.h>

namespace control::sip {

std::string Tokens::next() {
  std::uint64_t value = ++count_;
  if (!counts_) {
    if (left_ == 0) {
      // Blocks of at most 256 octets come whole once the generator is seeded; the loop is for the signal
      // before that.
      auto* octets = reinterpret_cast<unsigned char*>(pool_.data());
      for (std::size_t have = 0; have < sizeof pool_;) {
        const auto n = getrandom(octets + have, sizeof pool_ - have, 0);
        if (n > 0) have += static_cast<std::size_t>(n);
      }
      left_ = pool_.size();
    }
    value = pool_[--left_];
  }
  constexpr char kHex[] = "0123456789abcdef";
  std::string text(16, '0');
  for (int i = 15; i >= 0; --i, value >>= 4) text[static_cast<std::size_t>(i)] = kHex[value & 15];
  return text;
}

}  // namespace control::sip
