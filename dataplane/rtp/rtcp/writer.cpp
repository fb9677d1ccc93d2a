#include "dataplane/rtp/rtcp/writer.h"

#include <algorithm>

#include "dataplane/rtp/rtcp/receiver_report.h"
#include "dataplane/rtp/rtcp/source_description.h"

namespace dataplane::rtp::rtcp {
namespace {

void write_blocks(std::byte* p, std::span<const ReportBlock> blocks) {
  for (const ReportBlock& block : blocks) {
    write_report_block(p, block);
    p += ReportBlock::kSize;
  }
}

}  // namespace

/// Writes a common header and reserves `body` octets, a multiple of four, behind it; nullptr: no room.
std::byte* Writer::begin(PacketType type, std::size_t count, std::size_t body) noexcept {
  const std::size_t size = kCommonHeaderSize + body;
  if (!ok_ || buffer_.size() - size_ < size) {
    ok_ = false;
    return nullptr;
  }
  std::byte* const p = buffer_.data() + size_;
  base::store_u8(p, static_cast<std::uint8_t>(0x80 | count));
  base::store_u8(p + 1, static_cast<std::uint8_t>(type));
  base::store_be16(p + 2, static_cast<std::uint16_t>(size / 4 - 1));
  size_ += size;
  return p + kCommonHeaderSize;
}

void Writer::sender_report(const SenderReport& report, std::span<const ReportBlock> blocks) noexcept {
  blocks = blocks.first(std::min(blocks.size(), kMostBlocks));
  std::byte* const p = begin(PacketType::kSenderReport, blocks.size(),
                             SenderReport::kSize + blocks.size() * ReportBlock::kSize);
  if (p == nullptr) return;
  write_sender_report(p, report);
  write_blocks(p + SenderReport::kSize, blocks);
}

void Writer::receiver_report(std::uint32_t ssrc, std::span<const ReportBlock> blocks) noexcept {
  blocks = blocks.first(std::min(blocks.size(), kMostBlocks));
  std::byte* const p = begin(PacketType::kReceiverReport, blocks.size(),
                             ReceiverReport::kSize + blocks.size() * ReportBlock::kSize);
  if (p == nullptr) return;
  base::store_be32(p, ssrc);
  write_blocks(p + ReceiverReport::kSize, blocks);
}

void Writer::cname(std::uint32_t ssrc, std::string_view name) noexcept {
  name = name.substr(0, kLongestCname);
  std::byte* const p = begin(PacketType::kSourceDescription, 1, cname_chunk_size(name));
  if (p != nullptr) write_cname_chunk(p, ssrc, name);
}

void Writer::bye(std::uint32_t ssrc) noexcept {
  std::byte* const p = begin(PacketType::kBye, 1, 4);
  if (p != nullptr) base::store_be32(p, ssrc);
}

}  // namespace dataplane::rtp::rtcp
