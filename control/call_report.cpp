#include "control/call_report.h"

#include <algorithm>

namespace control {
namespace {

using dataplane::EndpointStats;
using dataplane::SourceRecord;

base::Instant instant(std::uint64_t ns) {
  return base::Instant{base::Duration{static_cast<std::int64_t>(ns)}};
}

SourceReport report_of(const SourceRecord& record) {
  SourceReport report;
  report.ssrc = record.ssrc;
  report.packets = record.packets;
  report.octets = record.octets;
  report.lost = record.lost;
  const auto lost = static_cast<double>(std::max<std::int64_t>(record.lost, 0));
  const auto expected = lost + static_cast<double>(record.packets);
  report.loss_percent = expected > 0 ? 100.0 * lost / expected : 0;
  report.jitter_ms = record.clock_hz > 0 ? 1000.0 * record.jitter_ticks / record.clock_hz : 0;
  report.round_trip_ms = record.round_trip_us / 1000.0;
  report.reordered = record.reordered;
  report.duplicates = record.duplicates;
  report.mos_samples = record.mos_samples;
  report.mos_estimated = record.mos_estimated;
  report.average = {record.mos_average, std::nullopt};
  report.lowest = {record.mos_lowest, instant(record.mos_lowest_ns)};
  report.highest = {record.mos_highest, instant(record.mos_highest_ns)};
  return report;
}

void read_sources(const EndpointStats& stats, std::vector<SourceReport>& out) {
  const auto count = std::min<std::uint64_t>(stats.source_count.get(), dataplane::kSourcesPublished);
  for (std::size_t i = 0; i < count; ++i) out.push_back(report_of(stats.sources[i].load()));
}

std::optional<base::SocketAddress> known(const base::SocketAddress& address) {
  if (address.port.number == 0) return std::nullopt;
  return address;
}

void read_figures(const EndpointStats& stats, MediaReport& report) {
  auto& [rtp, rtcp] = report.streams;
  rtp.packets = stats.rtp_packets_in.get();
  rtp.octets = stats.rtp_octets_in.get();
  rtp.errors = stats.errors_in.get();
  rtcp.packets = stats.rtcp_packets_in.get();
  rtcp.octets = stats.rtcp_octets_in.get();
  if (const auto learned = known(stats.remote_rtp.load())) rtp.remote = learned;
  rtcp.remote = known(stats.remote_rtcp.load());
  if (const auto last = stats.last_in_ns.get(); last != 0) rtp.last_packet = instant(last);
  read_sources(stats, rtp.sources);

  report.running = true;
  report.packets_out = stats.rtp_packets_out.get();
  report.octets_out = stats.rtp_octets_out.get();
  report.frames_decoded = stats.frames_decoded.get();
  report.frames_concealed = stats.frames_concealed.get();
  report.frames_encoded = stats.frames_encoded.get();
  report.stranger = known(stats.last_stranger.load());
  for (std::size_t i = 0; i < dataplane::kDropCount; ++i) {
    if (const auto n = stats.drops[i].get(); n > 0) report.drops.push_back({dataplane::kDropTexts[i], n});
  }
}

void add(TrafficTotals& totals, const StreamReport& stream) {
  totals.packets += stream.packets;
  totals.octets += stream.octets;
  totals.errors += stream.errors;
}

TagReport report_of(const Branch& branch, unsigned side) {
  const auto& leg = branch.legs[side];
  TagReport report{leg.tag, leg.label, branch.via_branch, leg.created, {branch.legs[1 - side].tag}, {}};
  for (const auto& media : branch.medias) report.medias.push_back(report_of(branch, media, side));
  return report;
}

/// A caller is one tag however many branches it has; the streams shown are those of the first branch given.
void add(CallReport& call, TagReport tag) {
  const auto found = std::find_if(call.tags.begin(), call.tags.end(), [&tag](const auto& known_tag) {
    return !tag.tag.empty() && known_tag.tag == tag.tag;
  });
  if (found == call.tags.end()) {
    call.tags.push_back(std::move(tag));
  } else {
    found->peers.push_back(tag.peers.front());
    if (found->label.empty()) found->label = tag.label;
  }
}

}  // namespace

MediaReport report_of(const Branch& branch, const Media& media, unsigned side_index) {
  const auto& side = media.sides[side_index];
  MediaReport report;
  report.index = media.index + 1;
  report.type = media.type;
  report.protocol = side.protocol;
  const auto& decision = branch.decision_of(media);
  report.sends = note_of(decision, side_index);
  auto& [rtp, rtcp] = report.streams;
  rtcp.rtcp = true;
  rtp.last_packet = rtcp.last_packet = branch.last_signal;
  if (!side.ports.empty()) {
    rtp.local = {side.ports.interface().local, side.ports.rtp()};
    rtcp.local = {side.ports.interface().local, side.ports.rtcp()};
  }
  rtp.signalled = rtp.remote = decision.sides[side_index].remote_rtp;
  if (media.session) read_figures(media.session->stats->endpoints[side_index], report);
  return report;
}

CallReport report_of(const Call& call, std::span<Branch* const> branches) {
  CallReport report{call.call_id, call.created, call.last_signal, {}, {}, {}};
  std::vector<Branch*> ordered(branches.begin(), branches.end());
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const Branch* branch) { return branch->answered; });
  for (const auto* branch : ordered) {
    for (unsigned side = 0; side < 2; ++side) {
      auto tag = report_of(*branch, side);
      for (const auto& media : tag.medias) {
        add(report.rtp, media.streams[0]);
        add(report.rtcp, media.streams[1]);
      }
      add(report, std::move(tag));
    }
  }
  return report;
}

CallReport report_of(const Call& call) {
  std::vector<Branch*> all;
  for (const auto& branch : call.branches) all.push_back(branch.get());
  return report_of(call, all);
}

}  // namespace control
