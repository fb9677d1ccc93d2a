#include "dataplane/session_timer.h"

#include <algorithm>
#include <array>

#include "dataplane/rtp/rtcp/writer.h"

namespace dataplane {

namespace {

/// Some flow at the endpoint translates, so its reports end here and ours take their place.
bool answers_for(const Endpoint& endpoint) {
  if (endpoint.originated) return true;
  for (const auto* flow = endpoint.flows; flow != nullptr; flow = flow->next) {
    if (flow->mode == FlowMode::kTranslate) return true;
  }
  return false;
}

std::uint64_t nanoseconds(base::Instant when) {
  return static_cast<std::uint64_t>(when.time_since_epoch().count());
}

/// What the endpoint reports about the stream that it gets from us.
const rtp::rtcp::FarReception* far_reception(Endpoint& endpoint) {
  if (endpoint.originated) return endpoint.reporter->about(endpoint.originated->stamper().ssrc());
  for (auto& flow : endpoint.session->body.flows) {
    if (flow.to != &endpoint) continue;
    const auto* stream = endpoint.session->body.endpoints[flow.plan->from].heard.newest(0);
    return stream == nullptr ? nullptr : endpoint.reporter->about(stream->source.ssrc());
  }
  return nullptr;
}

SourceRecord record_of(const HeardStream& stream, const rtp::rtcp::FarReception* far) {
  const auto& source = stream.source;
  SourceRecord record{.ssrc = source.ssrc(),
                      .payload_type = stream.payload_type,
                      .clock_hz = source.clock().hz,
                      .packets = source.packets(),
                      .octets = source.octets(),
                      .lost = source.cumulative_lost(),
                      .reordered = source.reordered(),
                      .duplicates = source.duplicates(),
                      .extended_highest = source.extended_highest(),
                      .jitter_ticks = source.jitter_ticks(),
                      .far_loss = -1,
                      .last_packet_ns = nanoseconds(stream.last_packet())};
  stream.mos.fill(record);
  if (far == nullptr) return record;
  record.far_loss = static_cast<float>(far->fraction_lost) / 256.0F;
  record.far_jitter_ticks = far->jitter_ticks;
  if (far->round_trip)
    record.round_trip_us = static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(*far->round_trip).count());
  return record;
}

void publish(Endpoint& endpoint) {
  const auto* far = far_reception(endpoint);
  for (std::size_t i = 0; i < kSourcesPublished; ++i) {
    const auto* stream = endpoint.heard.newest(i);
    if (stream == nullptr) break;
    endpoint.stats->sources[i].store(record_of(*stream, far));
  }
  endpoint.stats->source_count.set(endpoint.heard.seen());
}

rtp::rtcp::Moment moment_of(const Endpoint& endpoint, base::Instant now, base::WallTime wall) {
  return {now, wall, endpoint.originated ? endpoint.originated->stamper().timestamp_at(now) : 0};
}

/// The quality of one interval of a stream, by the E-model.
void rate(Endpoint& endpoint, HeardStream& stream, const rtp::ReceptionInterval& interval,
          base::Instant now) {
  if (interval.expected == 0) return;
  const auto* format = endpoint.format_of(stream.payload_type);
  const auto codec =
      rtp::impairment_of(format != nullptr ? std::string_view{format->format.encoding} : std::string_view{});
  const auto* far = far_reception(endpoint);
  rtp::PathQuality path;
  path.loss = static_cast<float>(std::max(interval.lost, 0)) / static_cast<float>(interval.expected);
  path.jitter = std::chrono::microseconds{std::uint64_t{stream.source.jitter_ticks()} * 1'000'000 /
                                          std::max(stream.source.clock().hz, 1U)};
  if (far != nullptr) path.round_trip = far->round_trip;
  const auto mos = rtp::mos_of_rating(rtp::rating(codec, path), codec.wideband);
  stream.mos.add(mos, !path.round_trip, now);
}

/// Ends the report interval of every stream heard; the result is about those that sent in it (RFC 3550 §6.4).
std::span<const rtp::rtcp::Reception> end_interval(
    Endpoint& endpoint, std::array<rtp::rtcp::Reception, kSourcesPublished>& receptions, base::Instant now) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < kSourcesPublished; ++i) {
    auto* stream = endpoint.heard.newest(i);
    if (stream == nullptr) break;
    if (!stream->source.valid()) continue;
    const auto interval = stream->source.end_interval();
    if (interval.received == 0) continue;
    rate(endpoint, *stream, interval, now);
    receptions[n++] = {&stream->source, interval};
  }
  return {receptions.data(), n};
}

void report(Endpoint& endpoint, base::Instant now, MediaContext& context) {
  std::array<rtp::rtcp::Reception, kSourcesPublished> room;
  const auto receptions = end_interval(endpoint, room, now);
  endpoint.reports->sent(now);
  const bool speaks =
      endpoint.heard.seen() != 0 || (endpoint.originated && endpoint.originated->stamper().started());
  if (!speaks || !answers_for(endpoint) || !endpoint.rtcp_destination().known) return;
  std::array<std::byte, rtp::rtcp::kLongestReport> buffer;
  const auto octets = endpoint.reporter->report(buffer, moment_of(endpoint, now, context.wall), receptions);
  context.outlet.send_rtcp(endpoint, octets);
}

void say_goodbye(Endpoint& endpoint, base::Instant now, MediaContext& context) {
  std::array<rtp::rtcp::Reception, kSourcesPublished> room;
  const auto receptions = end_interval(endpoint, room, now);
  if (!endpoint.originated || !endpoint.originated->stamper().started()) return;
  if (!endpoint.rtcp_destination().known) return;
  std::array<std::byte, rtp::rtcp::kLongestReport> buffer;
  context.outlet.send_rtcp(
      endpoint, endpoint.reporter->goodbye(buffer, moment_of(endpoint, now, context.wall), receptions));
}

}  // namespace

void start_timer(Session& session, base::Instant now, TimerWheel& wheel) {
  for (auto& endpoint : session.body.endpoints) {
    if (!endpoint.reports)
      endpoint.reports.emplace(endpoint.plan->ssrc ^ endpoint.plan->local_rtp.number, now);
  }
  wheel.schedule(session.timer, now + kPublishEvery);
}

base::Instant run_timer(Session& session, base::Instant now, MediaContext& context) {
  auto next = now + kPublishEvery;
  for (auto& flow : session.body.flows) {
    if (flow.translator == nullptr) continue;
    if (const auto until = flow.translator->expire(now, context.stage, context.outlet))
      next = std::min(next, *until);
  }
  for (auto& endpoint : session.body.endpoints) {
    if (const auto event = endpoint.events.expire(now)) report_event(endpoint, *event, context);
    if (const auto expiry = endpoint.events.expiry()) next = std::min(next, *expiry);
    if (now >= endpoint.reports->due()) report(endpoint, now, context);
    publish(endpoint);
  }
  return next;
}

void finish(Session& session, base::Instant now, MediaContext& context) {
  for (auto& endpoint : session.body.endpoints) {
    if (const auto event = endpoint.events.expire(base::Instant::max()))
      report_event(endpoint, *event, context);
    say_goodbye(endpoint, now, context);
    publish(endpoint);
  }
}

}  // namespace dataplane
