#include "control/call_counters.h"

#include <algorithm>

#include "control/call_report.h"

namespace control {
namespace {

/// Counts one stream; true if media came from this side.
bool count_side(const Branch& branch, const Media& media, unsigned side, CallCounters& counters) {
  const auto report = report_of(branch, media, side);
  for (const auto& stream : report.streams) {
    counters.packets += stream.packets;
    counters.octets += stream.octets;
    counters.errors += stream.errors;
  }
  for (const auto& source : report.streams[0].sources) {
    counters.lost += static_cast<std::uint64_t>(std::max<std::int64_t>(source.lost, 0));
    counters.reordered += source.reordered;
    counters.duplicates += source.duplicates;
    if (source.mos_samples == 0) continue;
    counters.mos_sum += source.average.mos;
    ++counters.mos_count;
  }
  return report.streams[0].packets > 0;
}

}  // namespace

void count_ended(const Branch& branch, CallCounters& counters, base::Instant now) {
  counters.call_time += now - branch.created;
  for (const auto& media : branch.medias) {
    if (!media.session) continue;
    const bool from_caller = count_side(branch, media, kCaller, counters);
    const bool from_callee = count_side(branch, media, kCallee, counters);
    if (!branch.answered) continue;  // early media comes from one side, if at all
    if (from_caller != from_callee) ++counters.one_way_streams;
    if (!from_caller && !from_callee) ++counters.zero_way_streams;
  }
}

}  // namespace control
