#pragma once
/// \file
/// A compound RTCP packet (RFC 3550 §6.1): validated as a whole, then walked packet by packet. Any thread, no
/// allocation; the spans point into the datagram.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     |V=2|P|  count  |  packet type  |  length in words, minus one   |

#include <cstdint>
#include <optional>

#include "mediad/base/byte_io.h"

namespace dataplane::rtp::rtcp {

enum class PacketType : std::uint8_t {
  kSenderReport = 200,
  kReceiverReport = 201,
  kSourceDescription = 202,
  kBye = 203,
  kApplication = 204,
  kTransportFeedback = 205,  ///< RTPFB, RFC 4585
  kPayloadFeedback = 206,    ///< PSFB, RFC 4585
  kExtendedReport = 207,     ///< RFC 3611
};

inline constexpr std::size_t kCommonHeaderSize = 4;

/// One packet of a compound.
struct Packet {
  PacketType type{};      ///< may be one that has no name here
  std::uint8_t count{0};  ///< reports, chunks, sources, subtype or format, by type
  base::Octets body;      ///< behind the common header, without padding
};

/// RFC 5506 lets feedback travel alone; before it, each datagram began with a report.
enum class Framing : std::uint8_t { kFull, kReducedSize };

class Compound {
 public:
  class Iterator {
   public:
    explicit Iterator(base::Octets rest) : rest_(rest) {}
    [[nodiscard]] Packet operator*() const noexcept;
    Iterator& operator++() noexcept;
    bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

   private:
    base::Octets rest_;
  };

  /// The checks of RFC 3550 A.2: version, a report first (unless kReducedSize), padding only in the last
  /// packet and inside it, lengths that add up to the datagram's. nullopt: not RTCP.
  [[nodiscard]] static std::optional<Compound> parse(base::Octets datagram,
                                                     Framing framing = Framing::kReducedSize) noexcept;

  [[nodiscard]] Iterator begin() const { return Iterator{octets_}; }
  [[nodiscard]] Iterator end() const { return Iterator{octets_.last(0)}; }
  /// SSRC of the sender of the first packet, which all packet types but SDES and BYE without sources have.
  [[nodiscard]] std::optional<std::uint32_t> sender() const noexcept;

 private:
  explicit Compound(base::Octets octets) : octets_(octets) {}
  base::Octets octets_;
};

}  // namespace dataplane::rtp::rtcp
