#include "control/sdp/values.h"

#include <algorithm>
#include <array>

#include "control/sdp/text.h"

namespace control::sdp {
namespace {

/// One more than the number of RTP payload types: no honest m= line is longer.
constexpr std::size_t kMaxFormats = 129;
constexpr std::uint8_t kMaxPayloadType = 127;

std::string_view address_type_of(const base::IpAddress& ip) {
  return ip.is_v4() ? "IP4" : "IP6";
}

/// The address less a multicast suffix ("/127", "/3"), if the type names a family that we know.
std::optional<base::IpAddress> parse_ip(std::string_view type, std::string_view address) {
  const auto ip = base::IpAddress::parse(address.substr(0, address.find('/')));
  if (!ip || !equal_fold(type, address_type_of(*ip))) return std::nullopt;
  return ip;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint8_t> parse_payload_type(std::string_view text) {
  const auto number = parse_number<std::uint8_t>(text);
  return number && *number <= kMaxPayloadType ? number : std::nullopt;
}

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) {
    if (!text.empty()) text.push_back(' ');
    text.append(part);
  }
  return text;
}

}  // namespace

std::optional<Origin> Origin::parse(std::string_view value) {
  std::array<std::string_view, 5> tail;  // from the back: address, type, net, version, ID
  auto rest = trim(value);
  for (auto& field : tail) {
    const auto blank = rest.find_last_of(" \t");
    if (blank == std::string_view::npos) return std::nullopt;
    field = rest.substr(blank + 1);
    rest = trim(rest.substr(0, blank));
  }
  if (rest.empty() || !is_digits(tail[3])) return std::nullopt;
  return Origin{std::string(rest),    std::string(tail[4]), std::string(tail[3]),
                std::string(tail[2]), std::string(tail[1]), std::string(tail[0])};
}

std::string Origin::to_string() const {
  return join({username, session_id, version, net_type, address_type, address});
}

void Origin::set_address(const base::IpAddress& ip) {
  net_type = "IN";
  address_type = address_type_of(ip);
  address = ip.to_string();
}

void Origin::increment_version() {
  for (auto digit = version.rbegin(); digit != version.rend(); ++digit) {
    if (*digit != '9') {
      ++*digit;
      return;
    }
    *digit = '0';
  }
  version.insert(version.begin(), '1');
}

std::optional<Connection> Connection::parse(std::string_view value) {
  Connection connection;
  connection.net_type = next_token(value);
  connection.address_type = next_token(value);
  connection.address = next_token(value);
  if (connection.address.empty() || !value.empty()) return std::nullopt;
  connection.ip = parse_ip(connection.address_type, connection.address);
  return connection;
}

Connection Connection::of(const base::IpAddress& ip) {
  return Connection{"IN", std::string(address_type_of(ip)), ip.to_string(), ip};
}

std::string Connection::to_string() const {
  return join({net_type, address_type, address});
}

std::optional<MediaLine> MediaLine::parse(std::string_view value) {
  MediaLine media;
  media.type = next_token(value);
  const auto ports = next_token(value);
  media.proto = next_token(value);
  if (media.proto.empty()) return std::nullopt;
  const auto slash = ports.find('/');
  const auto port = parse_number<std::uint16_t>(ports.substr(0, slash));
  if (!port) return std::nullopt;
  media.port = *port;
  if (slash != std::string_view::npos) {
    const auto count = parse_number<std::uint16_t>(ports.substr(slash + 1));
    if (!count || *count == 0) return std::nullopt;
    media.port_count = *count;
  }
  while (!value.empty()) {
    if (media.formats.size() == kMaxFormats) return std::nullopt;
    media.formats.emplace_back(next_token(value));
  }
  return media;
}

std::string MediaLine::to_string() const {
  auto ports = std::to_string(port);
  if (port_count != 1) ports.append("/").append(std::to_string(port_count));
  auto text = join({type, ports, proto});
  for (const auto& format : formats) text.append(" ").append(format);
  return text;
}

bool MediaLine::is_rtp() const {
  constexpr std::array<std::string_view, 6> kProfiles{"RTP/AVP",   "RTP/AVPF",         "RTP/SAVP",
                                                      "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF"};
  return std::ranges::any_of(kProfiles, [this](std::string_view name) { return equal_fold(name, proto); });
}

std::string_view to_string(Direction d) {
  constexpr std::array<std::string_view, 4> kNames{"inactive", "sendonly", "recvonly", "sendrecv"};
  return kNames[static_cast<std::size_t>(d)];
}

std::optional<Direction> parse_direction(std::string_view attribute_name) {
  for (const auto d :
       {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly, Direction::kInactive}) {
    if (attribute_name == to_string(d)) return d;
  }
  return std::nullopt;
}

std::optional<RtpMap> RtpMap::parse(std::string_view value) {
  const auto payload_type = parse_payload_type(next_token(value));
  auto mapping = next_token(value);
  const auto slash = mapping.find('/');
  if (!payload_type || slash == 0 || slash == std::string_view::npos) return std::nullopt;
  RtpMap map;
  map.payload_type = *payload_type;
  map.encoding = mapping.substr(0, slash);
  mapping.remove_prefix(slash + 1);
  const auto second = mapping.find('/');
  const auto rate = parse_number<std::uint32_t>(mapping.substr(0, second));
  if (!rate || *rate == 0) return std::nullopt;
  map.clock_rate.hz = *rate;
  if (second != std::string_view::npos) {
    const auto channels = parse_number<std::uint8_t>(mapping.substr(second + 1));
    if (!channels || *channels == 0) return std::nullopt;
    map.channels = *channels;
  }
  return map;
}

std::string RtpMap::to_string() const {
  auto text = std::to_string(payload_type) + " " + encoding + "/" + std::to_string(clock_rate.hz);
  if (channels != 1) text.append("/").append(std::to_string(channels));
  return text;
}

std::optional<PayloadParameter> PayloadParameter::parse(std::string_view value) {
  const auto which = next_token(value);
  if (which == "*") return PayloadParameter{std::nullopt, std::string(value)};
  const auto number = parse_payload_type(which);
  if (!number) return std::nullopt;
  return PayloadParameter{number, std::string(value)};
}

std::optional<RtcpAddress> RtcpAddress::parse(std::string_view value) {
  const auto port = parse_number<std::uint16_t>(next_token(value));
  if (!port) return std::nullopt;
  RtcpAddress rtcp{*port, std::nullopt};
  if (!value.empty()) {
    const auto connection = Connection::parse(value);
    if (!connection) return std::nullopt;
    rtcp.ip = connection->ip;
  }
  return rtcp;
}

}  // namespace control::sdp
