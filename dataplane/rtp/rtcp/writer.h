#pragma once
/// \file
/// Builds a compound RTCP packet of our own in a caller's buffer. Any thread, no allocation. What does not
/// fit is not written, and ok() says so; kLongestReport always fits SR, as many blocks as one may have, SDES
/// and BYE.

#include <cstdint>
#include <span>
#include <string_view>

#include "dataplane/rtp/rtcp/report_block.h"
#include "dataplane/rtp/rtcp/sender_report.h"

namespace dataplane::rtp::rtcp {

inline constexpr std::size_t kMostBlocks = 31;  ///< five bits of count
inline constexpr std::size_t kLongestReport = 4 + 24 + kMostBlocks * ReportBlock::kSize + 4 + 264 + 8 + 256;

class Writer {
 public:
  explicit Writer(base::MutableOctets buffer) : buffer_(buffer) {}

  /// First: one of these two (RFC 3550 §6.1). `report.blocks` is ignored, `blocks` written.
  void sender_report(const SenderReport& report, std::span<const ReportBlock> blocks) noexcept;
  void receiver_report(std::uint32_t ssrc, std::span<const ReportBlock> blocks) noexcept;
  /// Then SDES with CNAME, which every compound packet has; cut at 255 octets.
  void cname(std::uint32_t ssrc, std::string_view name) noexcept;
  /// Last, when the stream ends.
  void bye(std::uint32_t ssrc) noexcept;

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] base::Octets octets() const { return buffer_.first(size_); }

 private:
  std::byte* begin(PacketType type, std::size_t count, std::size_t body) noexcept;

  base::MutableOctets buffer_;
  std::size_t size_{0};
  bool ok_{true};
};

}  // namespace dataplane::rtp::rtcp
