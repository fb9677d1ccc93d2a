#include "control/negotiation/rewrite.h"

#include <algorithm>
#include <array>

#include "codecs/registry.h"
#include "control/sdp/text.h"

namespace control {
namespace {

constexpr std::array<std::string_view, 3> kPerFormat{"rtpmap", "fmtp", "rtcp-fb"};
constexpr std::array<std::string_view, 9> kIce{"candidate", "remote-candidates", "end-of-candidates",
                                               "ice-ufrag", "ice-pwd",           "ice-options",
                                               "ice-lite",  "ice-mismatch",      "ice-pacing"};
constexpr std::array<std::string_view, 5> kKeys{"crypto", "fingerprint", "setup", "tls-id", "connection"};
constexpr std::array<std::string_view, 5> kStreamIdentity{"ssrc", "ssrc-group", "extmap",
                                                          "extmap-allow-mixed", "rtcp-fb"};

template <std::size_t N>
bool is_one_of(const sdp::Line& line, const std::array<std::string_view, N>& names) {
  return line.type() == 'a' && std::ranges::find(names, line.attribute_name()) != names.end();
}

template <std::size_t N>
void remove_all(sdp::Section& section, const std::array<std::string_view, N>& names) {
  section.remove_if([&](const sdp::Line& line) { return is_one_of(line, names); });
}

/// The number of a static payload type needs no rtpmap, but phones are happier with one.
void append_format(sdp::Section& section, const PayloadFormat& payload) {
  const sdp::RtpMap map{payload.number, payload.format.encoding, payload.format.clock_rate,
                        payload.format.channels};
  section.add_attribute("rtpmap", map.to_string());
  if (!payload.format.fmtp.empty()) {
    section.add_attribute("fmtp", std::to_string(payload.number) + " " + payload.format.fmtp);
  }
}

bool is_bundle(const sdp::Line& line) {
  return (line.is_attribute("group") && line.attribute_value().starts_with("BUNDLE")) ||
         line.is_attribute("bundle-only");
}

}  // namespace

void write_formats(sdp::MediaDescription& media, const std::vector<WrittenFormat>& formats) {
  std::vector<std::string> numbers;
  numbers.reserve(formats.size());
  std::array<std::optional<std::uint8_t>, 128> kept;
  bool same_numbers = true;
  for (const auto& format : formats) {
    numbers.push_back(std::to_string(format.payload.number));
    if (format.source) kept[*format.source] = format.payload.number;
    same_numbers = same_numbers && format.source == format.payload.number;
  }
  if (same_numbers && numbers == media.media().formats) return;

  sdp::Section edited;
  std::vector<sdp::Line> behind;
  for (const auto& old : media.lines()) {
    const auto parameter =
        is_one_of(old, kPerFormat) ? sdp::PayloadParameter::parse(old.attribute_value()) : std::nullopt;
    if (!parameter || !parameter->payload_type) {
      edited.append(old);
      continue;
    }
    const auto number = kept[*parameter->payload_type];
    if (!number) continue;
    if (number == parameter->payload_type) {
      edited.append(old);
    } else {
      edited.add_attribute(old.attribute_name(), std::to_string(*number) + " " + parameter->text);
    }
  }
  for (const auto& format : formats) {
    if (!format.source) append_format(edited, format.payload);
  }
  auto line = media.media();
  line.formats = std::move(numbers);
  media.set_media(std::move(line));
  static_cast<sdp::Section&>(media) = std::move(edited);
}

void write_transport(const sdp::SessionDescription& description, sdp::MediaDescription& media,
                     const LocalMedia& local, bool rtcp_mux, RtcpAttribute rtcp_attribute) {
  media.set_port(local.rtp.number);
  const auto connection = [&local] { return sdp::Connection::of(local.advertised).to_string(); };
  const auto in_force = description.connection(media);
  if (!in_force || in_force->ip != local.advertised) media.set('c', connection());
  if (!media.media().is_rtp()) return;

  media.remove_attribute("rtcp-mux-only");
  if (!rtcp_mux) media.remove_attribute("rtcp-mux");
  if (rtcp_mux && !media.has_attribute("rtcp-mux")) media.add_attribute("rtcp-mux");
  auto rtcp = std::to_string(rtcp_mux ? local.rtp.number : local.rtcp.number);
  if (rtcp_attribute == RtcpAttribute::kNone) {
    media.remove_attribute("rtcp");
    return;
  }
  if (rtcp_attribute == RtcpAttribute::kFull) rtcp.append(" ").append(connection());
  media.set_attribute("rtcp", rtcp);
}

void write_direction(const sdp::SessionDescription& description, sdp::MediaDescription& media,
                     sdp::Direction direction) {
  if (description.direction(media) == direction) return;
  media.remove_if(
      [](const sdp::Line& line) { return sdp::parse_direction(line.attribute_name()).has_value(); });
  media.add_attribute(sdp::to_string(direction));
}

void write_profile(sdp::MediaDescription& media, const std::string& proto) {
  if (!has_feedback(proto) && media.media().is_rtp()) media.remove_attribute("rtcp-fb");
  if (sdp::equal_fold(media.media().proto, proto)) return;
  auto line = media.media();
  line.proto = proto;
  media.set_media(std::move(line));
}

void remove_bypass(sdp::SessionDescription& description) {
  remove_all(description.session, kIce);
  description.session.remove_if(is_bundle);
  bool any_keyed = false;
  for (auto& media : description.medias) {
    remove_all(media, kIce);
    media.remove_if(is_bundle);
    const bool keyed = !media.media().is_rtp() || keying_of(media.media().proto) != Keying::kNone;
    any_keyed = any_keyed || keyed;
    if (!keyed) remove_all(media, kKeys);
  }
  if (!any_keyed) remove_all(description.session, kKeys);
}

void remove_stream_identity(sdp::MediaDescription& media) {
  remove_all(media, kStreamIdentity);
}

void write_rejected(sdp::MediaDescription& media, sdp::MediaLine line) {
  media.set_media(std::move(line));
  media.set_port(0);
  remove_all(media, kPerFormat);
}

}  // namespace control
