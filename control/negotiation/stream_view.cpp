#include "control/negotiation/stream_view.h"

#include <array>

#include "codecs/registry.h"
#include "control/sdp/text.h"

namespace control {
namespace {

using dataplane::MediaKind;

MediaKind kind_of(const sdp::MediaLine& media) {
  if (!media.is_rtp()) return MediaKind::kDatagram;
  const bool readable = sdp::equal_fold(media.type, "audio") && keying_of(media.proto) == Keying::kNone;
  return readable ? MediaKind::kAudio : MediaKind::kOtherRtp;
}

codecs::Format default_format(std::uint8_t number) {
  if (const auto* known = codecs::static_format(number)) return *known;
  return codecs::Format{"payload-type-" + std::to_string(number), {}, 1, {}};
}

/// The payload types of an m= line in its order, each once, with their rtpmap and fmtp.
std::vector<PayloadFormat> formats_of(const sdp::MediaDescription& media) {
  constexpr std::uint8_t kNotListed = 0xFF;
  std::array<std::uint8_t, 128> place;
  place.fill(kNotListed);
  std::vector<PayloadFormat> formats;
  formats.reserve(media.media().formats.size());
  for (const auto& text : media.media().formats) {
    const auto number = sdp::parse_number<std::uint8_t>(text);
    if (!number || *number > 127 || place[*number] != kNotListed) continue;
    place[*number] = static_cast<std::uint8_t>(formats.size());
    formats.push_back({*number, {}});
  }
  for (const auto& line : media.lines()) {
    if (line.is_attribute("rtpmap")) {
      auto map = sdp::RtpMap::parse(line.attribute_value());
      if (!map || place[map->payload_type] == kNotListed) continue;
      auto& format = formats[place[map->payload_type]].format;
      format.encoding = std::move(map->encoding);
      format.clock_rate = map->clock_rate;
      format.channels = map->channels;
    } else if (line.is_attribute("fmtp")) {
      auto parameter = sdp::PayloadParameter::parse(line.attribute_value());
      if (!parameter || !parameter->payload_type || place[*parameter->payload_type] == kNotListed) continue;
      formats[place[*parameter->payload_type]].format.fmtp = std::move(parameter->text);
    }
  }
  for (auto& [number, format] : formats) {
    if (!format.encoding.empty()) continue;
    auto fmtp = std::move(format.fmtp);
    format = default_format(number);
    format.fmtp = std::move(fmtp);
  }
  return formats;
}

std::uint16_t milliseconds(const sdp::Section& section, std::string_view attribute) {
  const auto value = section.attribute(attribute).value_or("");
  // Some devices write "20.0"; the fraction never matters.
  return sdp::parse_number<std::uint16_t>(value.substr(0, value.find('.'))).value_or(0);
}

void read_addresses(const sdp::SessionDescription& description, const sdp::MediaDescription& media,
                    const std::optional<base::IpAddress>& source_address, StreamView& view) {
  const auto connection = description.connection(media);
  const auto signalled = connection ? connection->ip : std::nullopt;
  const bool held = signalled && signalled->is_unspecified();
  if (held) view.direction = sdp::make_direction(sdp::sends(view.direction), false);
  const auto ip = source_address ? source_address : signalled;
  if (!view.enabled || !ip || held) return;
  const auto port = media.media().port;
  view.rtp = base::SocketAddress{*ip, base::UdpPort{port}};
  if (view.kind == MediaKind::kDatagram) return;
  if (view.rtcp_mux) {
    view.rtcp = view.rtp;
    return;
  }
  const auto rtcp = sdp::RtcpAddress::parse(media.attribute("rtcp").value_or(""));
  if (rtcp && rtcp->port != 0) {
    const bool own_address = rtcp->ip && !rtcp->ip->is_unspecified() && !source_address;
    view.rtcp = base::SocketAddress{own_address ? *rtcp->ip : *ip, base::UdpPort{rtcp->port}};
  } else if (port != 65535) {
    view.rtcp = base::SocketAddress{*ip, base::UdpPort{static_cast<std::uint16_t>(port + 1)}};
  }
}

}  // namespace

Keying keying_of(std::string_view proto) {
  if (proto.size() >= 8 && sdp::equal_fold(proto.substr(0, 8), "UDP/TLS/")) return Keying::kDtls;
  const bool sdes = sdp::equal_fold(proto, "RTP/SAVP") || sdp::equal_fold(proto, "RTP/SAVPF");
  return sdes ? Keying::kSdes : Keying::kNone;
}

bool has_feedback(std::string_view proto) {
  return proto.ends_with("AVPF") || proto.ends_with("avpf");
}

StreamView view_of(const sdp::SessionDescription& description, std::size_t index,
                   const std::optional<base::IpAddress>& source_address) {
  const auto& media = description.medias[index];
  StreamView view;
  view.kind = kind_of(media.media());
  view.enabled = media.media().port != 0;
  view.type = media.media().type;
  view.proto = media.media().proto;
  view.direction = description.direction(media);
  view.rtcp_mux = media.has_attribute("rtcp-mux");
  view.ptime_ms = milliseconds(media, "ptime");
  view.maxptime_ms = milliseconds(media, "maxptime");
  if (const auto mid = media.attribute("mid")) view.mid = std::string(*mid);
  if (view.kind == MediaKind::kAudio) view.formats = formats_of(media);
  read_addresses(description, media, source_address, view);
  return view;
}

}  // namespace control
