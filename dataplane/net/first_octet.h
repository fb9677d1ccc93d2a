#pragma once
/// \file
/// What shares a media port with RTP, told apart by the first octet (RFC 7983 §7, updated by RFC 9443).

#include <cstdint>

#include "mediad/base/byte_io.h"

namespace dataplane {

enum class MediaProtocol : std::uint8_t { kUnknown, kStun, kZrtp, kDtls, kTurnChannel, kRtp, kRtcp };

/// RTP and RTCP are told apart by RFC 5761 §4: the second octet of RTCP is a packet type 192..223. An empty
/// payload, or one octet where the second is needed, is kUnknown.
[[nodiscard]] constexpr MediaProtocol classify(base::Octets payload) {
  if (payload.size() < 2) return MediaProtocol::kUnknown;
  const auto first = std::to_integer<std::uint8_t>(payload[0]);
  const auto second = std::to_integer<std::uint8_t>(payload[1]);
  if (first >= 128 && first <= 191)
    return second >= 192 && second <= 223 ? MediaProtocol::kRtcp : MediaProtocol::kRtp;
  if (first <= 3) return MediaProtocol::kStun;
  if (first >= 16 && first <= 19) return MediaProtocol::kZrtp;
  if (first >= 20 && first <= 63) return MediaProtocol::kDtls;
  if (first >= 64 && first <= 79) return MediaProtocol::kTurnChannel;
  return MediaProtocol::kUnknown;
}

}  // namespace dataplane
