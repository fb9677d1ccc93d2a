#include "dataplane/rtp/mos.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace dataplane::rtp {
namespace {

constexpr float kNarrowbandRating = 93.2F;  // G.107 table 3: all defaults, Ie = 0, no delay
constexpr float kWidebandRating = 129.0F;   // G.107.1 clause 7
constexpr float kWidebandScale = 1.29F;     // G.107.1 annex A
/// Packetisation, look-ahead and the least that a jitter buffer holds.
constexpr float kTerminalMs = 40;
/// A jitter buffer that loses nothing to speak of holds about this many mean deviations.
constexpr float kBufferedJitters = 2;

struct Known {
  std::string_view encoding;
  Impairment impairment;
};

constexpr std::array kKnown = {
    Known{"PCMU", {.ie = 0, .bpl = 25.1F}},
    Known{"PCMA", {.ie = 0, .bpl = 25.1F}},
    Known{"G729", {.ie = 11, .bpl = 19}},
    Known{"G723", {.ie = 15, .bpl = 16.1F}},
    Known{"G726-32", {.ie = 7, .bpl = 20}},
    Known{"GSM", {.ie = 20, .bpl = 10}},
    Known{"G722", {.ie = 13, .bpl = 14, .wideband = true}},
    Known{"L16", {.ie = 0, .bpl = 14, .wideband = true}},
    Known{"AMR-WB", {.ie = 13, .bpl = 13, .wideband = true}},
    Known{"opus", {.ie = 5, .bpl = 20, .wideband = true}},
};

bool same_name(std::string_view a, std::string_view b) {
  const auto fold = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return fold(x) == fold(y); });
}

float milliseconds(base::Duration d) {
  return std::chrono::duration<float, std::milli>(d).count();
}

/// Idd of G.107 clause 7.3: what delay without echo costs a conversation.
float delay_impairment(float one_way_ms) {
  if (one_way_ms <= 100) return 0;
  const float x = std::log2(one_way_ms / 100);
  const auto root = [](float v) { return std::pow(1 + std::pow(v, 6.0F), 1.0F / 6); };
  return 25 * (root(x) - 3 * root(x / 3) + 2);
}

/// Ie,eff of G.107 clause 7.5.
float loss_impairment(const Impairment& codec, const PathQuality& path) {
  const float percent = 100 * std::clamp(path.loss, 0.0F, 1.0F);
  if (percent <= 0) return codec.ie;
  return codec.ie + (95 - codec.ie) * percent / (percent / std::max(path.burst_ratio, 1.0F) + codec.bpl);
}

}  // namespace

Impairment impairment_of(std::string_view encoding) noexcept {
  for (const Known& known : kKnown) {
    if (same_name(known.encoding, encoding)) return known.impairment;
  }
  return {};
}

float rating(const Impairment& codec, const PathQuality& path) noexcept {
  const float best = codec.wideband ? kWidebandRating : kNarrowbandRating;
  const float one_way = milliseconds(path.round_trip.value_or(kAssumedRoundTrip)) / 2 +
                        kBufferedJitters * milliseconds(path.jitter) + kTerminalMs;
  return std::clamp(best - delay_impairment(one_way) - loss_impairment(codec, path), 0.0F, best);
}

float mos_of_rating(float r, bool wideband) noexcept {
  if (wideband) r /= kWidebandScale;
  if (r <= 0) return 1;
  if (r >= 100) return 4.5F;
  return std::clamp(1 + 0.035F * r + r * (r - 60) * (100 - r) * 7e-6F, 1.0F, 4.5F);
}

void MosRecord::add(float mos, bool estimated, base::Instant now) noexcept {
  if (samples_ == 0 || mos < lowest_.mos) lowest_ = {mos, now};
  if (samples_ == 0 || mos > highest_.mos) highest_ = {mos, now};
  now_ = mos;
  sum_ += mos;
  ++samples_;
  estimated_ = estimated;
}

void MosRecord::fill(SourceRecord& record) const noexcept {
  const auto ns = [](base::Instant at) { return static_cast<std::uint64_t>(at.time_since_epoch().count()); };
  record.mos_now = now_;
  record.mos_average = samples_ == 0 ? 0 : static_cast<float>(sum_ / samples_);
  record.mos_lowest = lowest_.mos;
  record.mos_highest = highest_.mos;
  record.mos_lowest_ns = ns(lowest_.at);
  record.mos_highest_ns = ns(highest_.at);
  record.mos_samples = samples_;
  record.mos_estimated = estimated_;
}

}  // namespace dataplane::rtp
