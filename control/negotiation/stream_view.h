#pragma once
/// \file
/// What a session description says of one stream, read once into a typed value.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codecs/format.h"
#include "control/sdp/session_description.h"
#include "dataplane/api/session_plan.h"
#include "mediad/base/ip_address.h"

namespace control {

/// One payload type of an m= line.
struct PayloadFormat {
  std::uint8_t number{0};
  codecs::Format format;

  bool operator==(const PayloadFormat&) const = default;
};

/// How RTP is keyed by the profile of an m= line; a profile's feedback (the F in AVPF) is another matter.
enum class Keying : std::uint8_t { kNone, kSdes, kDtls };
[[nodiscard]] Keying keying_of(std::string_view proto);
/// True for profiles with RTCP feedback (RFC 4585).
[[nodiscard]] bool has_feedback(std::string_view proto);

struct StreamView {
  dataplane::MediaKind kind{
      dataplane::MediaKind::kAudio};  ///< kAudio only where we could look into the payload
  bool enabled{false};                ///< its port is not 0
  std::string type;
  std::string proto;
  std::vector<PayloadFormat> formats;  ///< kAudio only
  std::optional<base::SocketAddress> rtp;
  std::optional<base::SocketAddress> rtcp;
  /// As seen from its author; with the zero address of old-style hold it receives nothing (RFC 3264 §8.4).
  sdp::Direction direction{sdp::Direction::kSendRecv};
  bool rtcp_mux{false};
  std::uint16_t ptime_ms{0};     ///< 0: not given
  std::uint16_t maxptime_ms{0};  ///< 0: not given
  std::optional<std::string> mid;
};

/// Reads stream `index`. `source_address` replaces the signalled address (see Policy). A payload type without
/// rtpmap has its static meaning (RFC 3551 §6), or is known by its number alone. Pure.
[[nodiscard]] StreamView view_of(const sdp::SessionDescription& description, std::size_t index,
                                 const std::optional<base::IpAddress>& source_address = {});

}  // namespace control
