#include "codecs/codec.h"

#include <algorithm>

namespace codecs {

std::uint16_t Codec::fit_ptime(std::uint16_t wanted_ms) const {
  const std::uint32_t frame = info().frame_ms_x10;
  const std::uint32_t limit = std::min<std::uint32_t>(wanted_ms, info().max_ptime_ms) * 10;
  const std::uint32_t frames = std::max(limit / frame, 1U);
  return static_cast<std::uint16_t>(frames * frame / 10);
}

}  // namespace codecs
