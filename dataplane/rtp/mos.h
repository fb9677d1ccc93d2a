#pragma once
/// \file
/// Speech quality as a MOS between 1 and 4.5, by the E-model of ITU-T G.107 (narrowband) and G.107.1
/// (wideband), from what was seen of a stream: codec, loss, jitter, delay. Once a report interval; any
/// thread, no allocation.
///
/// Simplified as is usual for monitoring: all that concerns telephones, rooms and echo has G.107's default
/// values, so R = 93.2 - Id - Ie,eff (129 for wideband). It is a planning model, good to compare calls by,
/// not to judge one.

#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/api/session_stats.h"
#include "mediad/base/clock.h"

namespace dataplane::rtp {

/// What a codec costs by itself and how it bears loss.
struct Impairment {
  float ie{0};    ///< equipment impairment factor, 0 = none
  float bpl{25};  ///< packet-loss robustness, higher is better
  bool wideband{false};
};

/// Narrowband figures from ITU-T G.113 appendix I, G.722 without loss from appendix IV; the rest of wideband,
/// and Opus, are our own estimates. An unknown encoding is taken for a narrowband codec with concealment.
[[nodiscard]] Impairment impairment_of(std::string_view encoding) noexcept;

/// Assumed until a report tells: a call within a continent.
inline constexpr base::Duration kAssumedRoundTrip = std::chrono::milliseconds{100};

struct PathQuality {
  float loss{0};         ///< 0..1, of packets, in the interval
  float burst_ratio{1};  ///< 1 = random loss, more = in bursts (G.107 clause 7.2)
  base::Duration jitter{};
  std::optional<base::Duration> round_trip;  ///< nullopt: kAssumedRoundTrip
};

/// The transmission rating: 0..93.2, or 0..129 for wideband.
[[nodiscard]] float rating(const Impairment& codec, const PathQuality& path) noexcept;
/// G.107 annex B, G.107.1 annex A. 1..4.5.
[[nodiscard]] float mos_of_rating(float r, bool wideband) noexcept;

/// The MOS of one stream over its life, an interval a sample.
class MosRecord {
 public:
  /// `estimated`: no report has told the round trip.
  void add(float mos, bool estimated, base::Instant now) noexcept;
  /// Sets the record's mos fields, and leaves the others.
  void fill(SourceRecord& record) const noexcept;
  [[nodiscard]] std::uint32_t samples() const { return samples_; }

 private:
  struct Extreme {
    float mos{0};
    base::Instant at{};
  };
  float now_{0};
  double sum_{0};
  std::uint32_t samples_{0};
  bool estimated_{true};
  Extreme lowest_;
  Extreme highest_;
};

}  // namespace dataplane::rtp
