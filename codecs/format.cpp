#include "codecs/format.h"

#include "codecs/fmtp.h"

namespace codecs {

bool same_encoding(const Format& a, const Format& b) {
  return a.clock_rate == b.clock_rate && a.channels == b.channels && equal_fold(a.encoding, b.encoding);
}

}  // namespace codecs
