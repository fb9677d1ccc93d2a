#pragma once
/// \file
/// The edits that make one side's description ours: just the lines that must change are touched.

#include <array>
#include <optional>
#include <vector>

#include "control/negotiation/policy.h"
#include "control/negotiation/stream_view.h"
#include "control/sdp/session_description.h"

namespace control {

/// Our own end of a stream towards one side.
struct LocalMedia {
  base::IpAddress ip;          ///< of the dataplane
  base::IpAddress advertised;  ///< what the description says; the same unless behind NAT
  base::UdpPort rtp;
  base::UdpPort rtcp;
};

/// Our two ends of one stream: [0] towards A, [1] towards B (see Side).
using LocalPair = std::array<LocalMedia, 2>;

/// One payload type as it shall stand in the outgoing description.
struct WrittenFormat {
  PayloadFormat payload;
  std::optional<std::uint8_t>
      source;  ///< its number in the description that is being edited; nullopt: not in it
};

/// Makes the m= line list exactly `formats`. Lines of kept payload types stay, with the number changed if
/// need be; those of others go; those of new ones are added at the end.
void write_formats(sdp::MediaDescription& media, const std::vector<WrittenFormat>& formats);

/// Puts our port, address and RTCP attributes in the place of the author's. The session's c= line must be
/// ours already.
void write_transport(const sdp::SessionDescription& description, sdp::MediaDescription& media,
                     const LocalMedia& local, bool rtcp_mux, RtcpAttribute rtcp_attribute);

/// Sets the direction if the lines do not say it already.
void write_direction(const sdp::SessionDescription& description, sdp::MediaDescription& media,
                     sdp::Direction direction);

/// Sets the profile; without feedback the a=rtcp-fb lines go (RFC 4585 §4).
void write_profile(sdp::MediaDescription& media, const std::string& proto);

/// Removes what leads media around an anchor: ICE candidates and credentials, BUNDLE; keys where the profile
/// has none.
void remove_bypass(sdp::SessionDescription& description);

/// Removes what describes the author's own RTP stream, for a direction that we restamp: a=ssrc, header
/// extensions, feedback.
void remove_stream_identity(sdp::MediaDescription& media);

/// Marks the stream as rejected (RFC 3264 §6), with the type, profile and formats of `line`.
void write_rejected(sdp::MediaDescription& media, sdp::MediaLine line);

}  // namespace control
