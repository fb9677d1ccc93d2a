#include "codecs/g729_format.h"

#include <algorithm>

#include "codecs/fmtp.h"

namespace codecs::g729 {

PacketLayout layout_of(base::Octets payload) noexcept {
  const auto rest = payload.size() % kVoiceOctets;
  const PacketLayout layout{static_cast<std::uint32_t>(payload.size() / kVoiceOctets), rest == kSidOctets};
  if ((rest != 0 && !layout.sid) || layout.frames() > kMaxFrames) return {};
  return layout;
}

bool annexb(std::string_view fmtp) {
  const auto value = fmtp_value(fmtp, "annexb");
  return !value || !equal_fold(*value, "no");
}

bool interchangeable(std::string_view a, std::string_view b) {
  return !annexb(a) || annexb(b);
}

std::string answer_fmtp(std::string_view offered) {
  return annexb(offered) ? "annexb=yes" : "annexb=no";
}

bool PacketWriter::add(base::Octets code) noexcept {
  const std::uint32_t frame = frames_++;
  if (code.empty()) {
    closed_ = true;
    return true;
  }
  // Speech that was written is worth more than a later noise description; anything else gives way.
  if (closed_ && code.size() == kSidOctets && size_ > kSidOctets) return true;
  if (closed_ || size_ == 0) {
    size_ = 0;
    skipped_ = frame * static_cast<std::uint32_t>(kFrameSamples);
  }
  if (payload_.size() - size_ < code.size()) return false;
  std::ranges::copy(code, payload_.begin() + size_);
  size_ += static_cast<std::uint32_t>(code.size());
  closed_ = code.size() == kSidOctets;
  return true;
}

}  // namespace codecs::g729
