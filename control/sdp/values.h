#pragma once
/// \file
/// Typed values of the SDP lines that an anchor owns: o=, c=, m= and the attributes of an RTP stream (RFC
/// 8866, 3264, 3605, 4855). Each parse() takes what stands behind "=" or behind an attribute's colon. Pure;
/// any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mediad/base/ip_address.h"
#include "mediad/base/units.h"

namespace control::sdp {

/// o= (RFC 8866 §5.2). Session ID and version stay text: they may be longer than 64 bits.
struct Origin {
  std::string username;
  std::string session_id;
  std::string version;
  std::string net_type{"IN"};
  std::string address_type{"IP4"};
  std::string address;

  /// A user name with blanks in it (some gateways) is tolerated: the last five fields are the fixed ones.
  [[nodiscard]] static std::optional<Origin> parse(std::string_view value);
  [[nodiscard]] std::string to_string() const;
  void set_address(const base::IpAddress& ip);
  /// Adds one to the version (RFC 3264 §8), whatever its length.
  void increment_version();
};

/// c= (RFC 8866 §5.7).
struct Connection {
  std::string net_type{"IN"};
  std::string address_type{"IP4"};
  std::string address;                ///< as written, with a multicast suffix if there is one
  std::optional<base::IpAddress> ip;  ///< nullopt for a name, which RFC 8866 allows and we do not resolve

  [[nodiscard]] static std::optional<Connection> parse(std::string_view value);
  [[nodiscard]] static Connection of(const base::IpAddress& ip);
  [[nodiscard]] std::string to_string() const;
};

/// m= (RFC 8866 §5.14).
struct MediaLine {
  std::string type;       ///< audio, video, image, application, message, text …
  std::uint16_t port{0};  ///< 0: rejected or disabled (RFC 3264 §6, §8.2)
  std::uint16_t port_count{1};
  std::string proto;  ///< RTP/AVP, UDP/TLS/RTP/SAVPF, udptl …
  std::vector<std::string> formats;

  [[nodiscard]] static std::optional<MediaLine> parse(std::string_view value);
  [[nodiscard]] std::string to_string() const;
  /// True for every profile that carries RTP.
  [[nodiscard]] bool is_rtp() const;
};

/// Media direction attribute (RFC 3264 §5.1, RFC 8866 §6.7), from the view of who wrote it. Bit 0 sends, bit
/// 1 receives.
enum class Direction : std::uint8_t { kInactive = 0, kSendOnly = 1, kRecvOnly = 2, kSendRecv = 3 };

[[nodiscard]] constexpr bool sends(Direction d) {
  return (static_cast<unsigned>(d) & 1U) != 0;
}
[[nodiscard]] constexpr bool receives(Direction d) {
  return (static_cast<unsigned>(d) & 2U) != 0;
}
[[nodiscard]] constexpr Direction make_direction(bool send, bool receive) {
  return static_cast<Direction>((send ? 1U : 0U) | (receive ? 2U : 0U));
}
/// The same stream seen from the other end.
[[nodiscard]] constexpr Direction reversed(Direction d) {
  return make_direction(receives(d), sends(d));
}
/// What both allow.
[[nodiscard]] constexpr Direction common(Direction a, Direction b) {
  return make_direction(sends(a) && sends(b), receives(a) && receives(b));
}
[[nodiscard]] std::string_view to_string(Direction d);
[[nodiscard]] std::optional<Direction> parse_direction(std::string_view attribute_name);

/// a=rtpmap (RFC 8866 §6.6): "96 opus/48000/2".
struct RtpMap {
  std::uint8_t payload_type{0};
  std::string encoding;
  base::ClockRate clock_rate{};
  std::uint8_t channels{1};

  [[nodiscard]] static std::optional<RtpMap> parse(std::string_view value);
  [[nodiscard]] std::string to_string() const;
};

/// a=fmtp or a=rtcp-fb for one payload type: "96 annexb=no". nullopt in payload_type stands for "*".
struct PayloadParameter {
  std::optional<std::uint8_t> payload_type;
  std::string text;

  [[nodiscard]] static std::optional<PayloadParameter> parse(std::string_view value);
};

/// a=rtcp (RFC 3605): "53020" or "53020 IN IP4 126.16.64.4".
struct RtcpAddress {
  std::uint16_t port{0};
  std::optional<base::IpAddress> ip;

  [[nodiscard]] static std::optional<RtcpAddress> parse(std::string_view value);
};

}  // namespace control::sdp
