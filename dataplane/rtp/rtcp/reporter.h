#pragma once
/// \file
/// The RTCP conversation with one endpoint: what it tells us of the streams it gets from us, and what we tell
/// it of ours and of those it sends. Serves translating flows, where we answer for our own stream, and
/// relaying ones, where its reports pass on untouched and we only listen. One worker; allocates when built
/// (the CNAME).

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "dataplane/rtp/rtcp/compound.h"
#include "dataplane/rtp/rtcp/round_trip.h"
#include "dataplane/rtp/source.h"
#include "mediad/base/clock.h"

namespace dataplane::rtp::rtcp {

/// Sources per endpoint whose reports are kept: the newest; a call has one or two.
inline constexpr std::size_t kSourcesRemembered = 4;

/// What the endpoint last reported about a stream that it gets.
struct FarReception {
  std::uint32_t ssrc{0};
  std::uint8_t fraction_lost{0};  ///< in 1/256
  std::uint32_t jitter_ticks{0};
  std::optional<base::Duration> round_trip;
  base::Instant at{};
};

/// A source to report on, with the interval that ends now (Source::end_interval()).
struct Reception {
  const Source* source{nullptr};
  ReceptionInterval interval;
};

/// The same instant on three clocks.
struct Moment {
  base::Instant now{};
  base::WallTime wall{};
  std::uint32_t rtp_timestamp{0};  ///< of our stream: Restamper::timestamp_at(now)
};

class Reporter {
 public:
  Reporter(std::uint32_t ssrc, std::string cname) : ssrc_(ssrc), cname_(std::move(cname)) {}

  /// A compound came from the endpoint. True: it says BYE for one of its sources.
  bool hear(const Compound& compound, base::Instant now) noexcept;
  /// A compound of the other endpoint is relayed to this one; its SRs make round trips measurable.
  void relay(const Compound& compound, base::Instant now) noexcept;
  /// A packet of our stream went to the endpoint.
  void count_sent(std::size_t payload_octets) noexcept {
    ++packets_;
    octets_ += static_cast<std::uint32_t>(payload_octets);
  }

  /// Writes SR (RR if we sent nothing since the report before) with a block for each reception, and SDES.
  /// Empty: the buffer is too small; kLongestReport is not.
  [[nodiscard]] base::Octets report(base::MutableOctets buffer, const Moment& moment,
                                    std::span<const Reception> receptions) noexcept;
  /// The same with BYE, when our stream ends (RFC 3550 §6.6).
  [[nodiscard]] base::Octets goodbye(base::MutableOctets buffer, const Moment& moment,
                                     std::span<const Reception> receptions) noexcept;

  /// What the endpoint last said about stream `ssrc`; nullptr: nothing.
  [[nodiscard]] const FarReception* about(std::uint32_t ssrc) const noexcept;
  /// The endpoint has sent a report block about any stream: round trip and far loss are real.
  [[nodiscard]] bool heard_reports() const { return heard_reports_; }
  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }

 private:
  struct LastSr {
    std::uint32_t ssrc{0};
    std::uint32_t middle{0};  // 0: none
    base::Instant at{};
  };

  void hear_sender(std::uint32_t ssrc, std::uint64_t ntp, base::Instant now) noexcept;
  void hear_blocks(base::Octets blocks, base::Instant now) noexcept;
  [[nodiscard]] ReportBlock make_block(const Reception& reception, base::Instant now) const noexcept;

  std::uint32_t ssrc_;
  std::string cname_;
  std::uint32_t packets_{0};
  std::uint32_t octets_{0};
  std::uint32_t packets_reported_{0};
  bool heard_reports_{false};
  RoundTripMeter round_trip_;
  std::array<LastSr, kSourcesRemembered> senders_{};
  std::array<FarReception, kSourcesRemembered> receptions_{};
  std::size_t next_sender_{0};
  std::size_t next_reception_{0};
};

}  // namespace dataplane::rtp::rtcp
