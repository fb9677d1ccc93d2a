#include "dataplane/rtp/rtcp/reporter.h"

#include <algorithm>

#include "dataplane/rtp/rtcp/bye.h"
#include "dataplane/rtp/rtcp/ntp.h"
#include "dataplane/rtp/rtcp/receiver_report.h"
#include "dataplane/rtp/rtcp/sender_report.h"
#include "dataplane/rtp/rtcp/writer.h"

namespace dataplane::rtp::rtcp {
namespace {

/// The slot of `ssrc`, or the one that has waited longest, taken over. Slots start with SSRC 0, which then is
/// as good as free.
template <typename Slots>
auto& slot_for(Slots& slots, std::uint32_t ssrc, std::size_t& next) {
  const auto known =
      std::find_if(slots.begin(), slots.end(), [ssrc](const auto& s) { return s.ssrc == ssrc; });
  if (known != slots.end()) return *known;
  auto& slot = slots[next];
  next = (next + 1) % slots.size();
  slot = {};
  slot.ssrc = ssrc;
  return slot;
}

}  // namespace

bool Reporter::hear(const Compound& compound, base::Instant now) noexcept {
  bool bye = false;
  for (const Packet packet : compound) {
    if (const auto sr = parse_sender_report(packet)) {
      hear_sender(sr->ssrc, sr->ntp, now);
      hear_blocks(sr->blocks, now);
    } else if (const auto rr = parse_receiver_report(packet)) {
      hear_blocks(rr->blocks, now);
    } else if (const auto leaving = parse_bye(packet)) {
      bye = bye || leaving->size() != 0;
    }
  }
  return bye;
}

void Reporter::relay(const Compound& compound, base::Instant now) noexcept {
  for (const Packet packet : compound) {
    if (const auto sr = parse_sender_report(packet)) round_trip_.sent(sr->ssrc, sr->ntp, now);
  }
}

void Reporter::hear_sender(std::uint32_t ssrc, std::uint64_t ntp, base::Instant now) noexcept {
  LastSr& sender = slot_for(senders_, ssrc, next_sender_);
  sender.middle = middle_bits(ntp);
  sender.at = now;
}

void Reporter::hear_blocks(base::Octets blocks, base::Instant now) noexcept {
  for (; blocks.size() >= ReportBlock::kSize; blocks = blocks.subspan(ReportBlock::kSize)) {
    const ReportBlock block = read_report_block(blocks.data());
    FarReception& reception = slot_for(receptions_, block.ssrc, next_reception_);
    reception.fraction_lost = block.fraction_lost;
    reception.jitter_ticks = block.jitter_ticks;
    reception.at = now;
    if (const auto trip = round_trip_.measure(block, now)) reception.round_trip = trip;
    heard_reports_ = true;
  }
}

const FarReception* Reporter::about(std::uint32_t ssrc) const noexcept {
  const auto it = std::find_if(receptions_.begin(), receptions_.end(), [ssrc](const FarReception& r) {
    return r.ssrc == ssrc && r.at != base::Instant{};
  });
  return it == receptions_.end() ? nullptr : &*it;
}

ReportBlock Reporter::make_block(const Reception& reception, base::Instant now) const noexcept {
  const Source& source = *reception.source;
  ReportBlock block{.ssrc = source.ssrc(),
                    .fraction_lost = reception.interval.fraction_lost,
                    .cumulative_lost = static_cast<std::int32_t>(std::clamp(
                        source.cumulative_lost(), ReportBlock::kLeastLost, ReportBlock::kMostLost)),
                    .extended_highest = source.extended_highest(),
                    .jitter_ticks = source.jitter_ticks()};
  for (const LastSr& sender : senders_) {
    if (sender.ssrc != block.ssrc || sender.middle == 0) continue;
    block.last_sr = sender.middle;
    block.delay_since_last_sr = to_dlsr(now - sender.at);
  }
  return block;
}

base::Octets Reporter::report(base::MutableOctets buffer, const Moment& moment,
                              std::span<const Reception> receptions) noexcept {
  std::array<ReportBlock, kSourcesRemembered> blocks;
  const std::size_t count = std::min(receptions.size(), blocks.size());
  for (std::size_t i = 0; i < count; ++i) blocks[i] = make_block(receptions[i], moment.now);

  Writer writer(buffer);
  const std::span<const ReportBlock> written{blocks.data(), count};
  if (packets_ != packets_reported_) {
    const SenderReport sr{.ssrc = ssrc_,
                          .ntp = to_ntp(moment.wall),
                          .rtp_timestamp = moment.rtp_timestamp,
                          .packets = packets_,
                          .octets = octets_,
                          .blocks = {}};
    writer.sender_report(sr, written);
    round_trip_.sent(ssrc_, sr.ntp, moment.now);
    packets_reported_ = packets_;
  } else {
    writer.receiver_report(ssrc_, written);
  }
  writer.cname(ssrc_, cname_);
  return writer.ok() ? writer.octets() : base::Octets{};
}

base::Octets Reporter::goodbye(base::MutableOctets buffer, const Moment& moment,
                               std::span<const Reception> receptions) noexcept {
  const base::Octets begun = report(buffer, moment, receptions);
  if (begun.empty()) return {};
  Writer end(buffer.subspan(begun.size()));
  end.bye(ssrc_);
  return end.ok() ? base::Octets{buffer.first(begun.size() + end.octets().size())} : base::Octets{};
}

}  // namespace dataplane::rtp::rtcp
