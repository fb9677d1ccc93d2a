#include "control/ng/statistics.h"

#include <fmt/format.h>

namespace control::ng {
namespace {

template <typename Number>
Value number(Number n) {
  return Value{static_cast<std::int64_t>(n)};
}

/// Fractions are texts in this protocol.
Value fraction(double n) {
  return Value{fmt::format("{:.6f}", n)};
}

double seconds(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::size_t transcoded_medias(const CallService& service) {
  std::size_t n = 0;
  service.for_each_call([&n](const Call& call) {
    for (const auto& branch : call.branches) {
      for (const auto& media : branch->medias) {
        if (branch->is_transcoded(media)) ++n;
      }
    }
  });
  return n;
}

Value current(const CallService& service) {
  return Value::Dictionary{{"sessionsown", number(service.live_calls())},
                           {"sessionsforeign", number(0)},
                           {"sessionstotal", number(service.live_calls())},
                           {"transcodedmedia", number(transcoded_medias(service))}};
}

Value totals(const CallCounters& c, base::Duration uptime) {
  const auto ended = c.regular_ends + c.forced_ends + c.media_timeouts + c.silent_timeouts +
                     c.final_timeouts + c.offer_timeouts;
  return Value::Dictionary{
      {"uptime", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(uptime).count())},
      {"managedsessions", number(c.calls)},
      {"rejectedsessions", number(c.rejected)},
      {"timeoutsessions", number(c.media_timeouts)},
      {"silenttimeoutsessions", number(c.silent_timeouts)},
      {"finaltimeoutsessions", number(c.final_timeouts)},
      {"offertimeoutsessions", number(c.offer_timeouts)},
      {"regularterminatedsessions", number(c.regular_ends)},
      {"forcedterminatedsessions", number(c.forced_ends)},
      {"relayedpackets", number(c.packets)},
      {"relayedpacketerrors", number(c.errors)},
      {"relayedbytes", number(c.octets)},
      {"zerowaystreams", number(c.zero_way_streams)},
      {"onewaystreams", number(c.one_way_streams)},
      {"avgcallduration", fraction(ended > 0 ? seconds(c.call_time) / static_cast<double>(ended) : 0)},
      {"totalcallsduration", fraction(seconds(c.call_time))}};
}

Value requests(const CallCounters& c) {
  Value::Dictionary out;
  for (std::size_t i = 0; i < kRequestKinds.size(); ++i) {
    out.emplace_back(fmt::format("total{}count", kRequestKinds[i]), number(c.requests[i].requests));
    out.emplace_back(fmt::format("total{}duration", kRequestKinds[i]),
                     fraction(seconds(c.requests[i].latency.sum())));
  }
  return out;
}

/// Ports are counted one by one, as rtpengine does, not in pairs.
Value interfaces(const Placement& placement) {
  Value::List list;
  for (const auto& usage : placement.usage()) {
    const auto used = 2 * (usage.pairs - usage.free_pairs);
    const auto percent =
        usage.pairs > 0 ? 50.0 * static_cast<double>(used) / static_cast<double>(usage.pairs) : 0;
    list.emplace_back(
        Value::Dictionary{{"name", usage.interface->name},
                          {"address", usage.interface->local.to_string()},
                          {"ports", Value::Dictionary{{"min", number(placement.options().port_min.number)},
                                                      {"max", number(placement.options().port_max.number)},
                                                      {"used", number(used)},
                                                      {"used_pct", fmt::format("{:.2f}", percent)},
                                                      {"free", number(2 * usage.free_pairs)},
                                                      {"totals", number(2 * usage.pairs)}}}});
  }
  return list;
}

}  // namespace

Value print_statistics(const CallService& service, base::Duration uptime) {
  const auto& c = service.counters();
  const auto count = static_cast<double>(c.mos_count);
  return Value::Dictionary{
      {"currentstatistics", current(service)},
      {"totalstatistics", totals(c, uptime)},
      {"mos", Value::Dictionary{{"mos_total", fraction(c.mos_sum)},
                                {"mos_samples_total", number(c.mos_count)},
                                {"mos_average", fraction(c.mos_count > 0 ? c.mos_sum / count : 0)}}},
      {"controlstatistics", requests(c)},
      {"interfaces", interfaces(service.placement())}};
}

}  // namespace control::ng
