#pragma once
/// \file
/// What a SIP message may cost. Every limit is far above what real traffic has and low enough that a hostile
/// peer gains nothing by reaching it.

#include <cstddef>

namespace control::sip {

/// The largest UDP datagram; a stream message needs no more (RFC 3261 §18.1.1 speaks of 65,535 octets).
inline constexpr std::size_t kMaxMessageOctets = 65536;
/// Identity headers with x5c chains are the longest in use, near 4 KB.
inline constexpr std::size_t kMaxHeaderOctets = 8192;
/// WebRTC and IMS messages have up to 60.
inline constexpr std::size_t kMaxHeaders = 128;
/// Max-Forwards starts at 70 (RFC 3261 §8.1.1.6): a message with more Vias than hops it was allowed has
/// looped.
inline constexpr std::size_t kMaxVias = 71;
/// IMS URIs have up to 12. Comparing two URIs costs the square of this.
inline constexpr std::size_t kMaxUriParams = 32;

}  // namespace control::sip
