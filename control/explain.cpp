#include "control/explain.h"

#include <fmt/format.h>

#include <algorithm>

namespace control {
namespace {

constexpr base::Duration kStopped = std::chrono::seconds{3};  ///< longer than any DTX pause between updates

/// What a drop means for somebody who hears nothing.
std::string_view meaning(std::string_view drop) {
  struct Meaning {
    std::string_view drop, text;
  };
  static constexpr Meaning kMeanings[] = {
      {"wrong_source", "they come from another address than the one that is believed"},
      {"unknown_payload_type", "their payload type was not negotiated"},
      {"no_remote_address", "the address of the other side is not known yet"},
      {"no_next_hop", "there is no route to the other side, or its neighbour does not answer"},
      {"undecodable", "the codec cannot decode them"},
      {"flow_inactive", "the direction is on hold"},
      {"dropped_by_rule", "the other side did not agree to this format"},
      {"bad_rtp_header", "they are not RTP"},
      {"bad_rtcp", "they are not RTCP, at the port that is for it alone, or broken"},
      {"on_probation", "their source has not sent two packets in sequence"},
      {"unknown_protocol", "they are none of the protocols that belong on a media port"},
      {"stun_unexpected", "they are STUN, and ICE was not negotiated"},
      {"dtls_unexpected", "they are DTLS, and it was not negotiated"},
      {"transmit_full", "the network card takes no more"},
      {"no_mbuf", "packet memory is exhausted"},
      {"too_large", "they are too large"},
  };
  const auto found = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                  [drop](const Meaning& m) { return m.drop == drop; });
  return found == std::end(kMeanings) ? drop : found->text;
}

std::string text_of(const std::optional<base::SocketAddress>& address) {
  return address ? address->to_string() : "an unknown address";
}

const DropCount* main_drop(const MediaReport& report) {
  const auto found = std::max_element(report.drops.begin(), report.drops.end(),
                                      [](const auto& a, const auto& b) { return a.packets < b.packets; });
  return found == report.drops.end() ? nullptr : &*found;
}

std::string dropped(const MediaReport& report) {
  const auto* drop = main_drop(report);
  if (drop == nullptr) return {};
  auto text =
      fmt::format("{} packets are dropped ({}): {}", drop->packets, drop->reason, meaning(drop->reason));
  if (drop->reason == "wrong_source" && report.stranger) {
    text += fmt::format(", last {} instead of {}", report.stranger->to_string(),
                        text_of(report.streams[0].remote));
  }
  return text;
}

std::string nothing_came(const MediaReport& from) {
  if (const auto why = dropped(from); !why.empty()) return "silent: " + why;
  return fmt::format("silent: no packet ever came from {} to {}", text_of(from.streams[0].signalled),
                     from.streams[0].local.to_string());
}

}  // namespace

std::string explain(const MediaReport& from, const MediaReport& to, bool answered, base::Instant now) {
  const auto& in = from.streams[0];
  if (!answered) return "silent: the offer has not been answered";
  if (!from.running) return "silent: the stream is disabled";
  if (!from.sends.active) return "silent: on hold by offer/answer";
  if (in.packets == 0) return nothing_came(from);
  if (to.packets_out == 0) {
    const auto why = dropped(from);
    if (!why.empty()) return fmt::format("silent: {} packets came, none went on; {}", in.packets, why);
    if (!to.streams[0].remote) return "silent: packets come, the address of the other side is not known";
    return fmt::format("silent: {} packets came, none went on to {}", in.packets,
                       text_of(to.streams[0].remote));
  }
  const auto path = from.sends.transcoded ? fmt::format("{} -> {}", from.sends.in, from.sends.out)
                                          : fmt::format("{} relayed", from.sends.in);
  if (now - in.last_packet > kStopped) {
    return fmt::format("silent now: the last of {} packets from {} came {} s ago ({})", in.packets,
                       text_of(in.remote),
                       std::chrono::duration_cast<std::chrono::seconds>(now - in.last_packet).count(), path);
  }
  auto text = fmt::format("flows: {} packets in from {}, {} out to {} ({})", in.packets, text_of(in.remote),
                          to.packets_out, text_of(to.streams[0].remote), path);
  if (const auto why = dropped(from); !why.empty()) text += "; " + why;
  return text;
}

std::string explain(const Call& call, base::Instant now) {
  std::string text;
  for (const auto& branch : call.branches) {
    for (const auto& media : branch->medias) {
      for (unsigned side = 0; side < 2; ++side) {
        const auto from = report_of(*branch, media, side);
        const auto to = report_of(*branch, media, 1 - side);
        text += fmt::format("{} {} from \"{}\" to \"{}\": {}\n", media.type, media.index + 1,
                            branch->legs[side].tag, branch->legs[1 - side].tag,
                            explain(from, to, branch->answered, now));
      }
    }
  }
  return text;
}

}  // namespace control
