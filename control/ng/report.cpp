#include "control/ng/report.h"

#include <cmath>

namespace control::ng {
namespace {

using std::chrono::duration_cast;

class Printer {
 public:
  Printer(Detail detail, const ToWall& to_wall) : full_(detail == Detail::kFull), to_wall_(to_wall) {}

  Value::Dictionary call(const CallReport& report) const {
    Value::Dictionary out;
    out.emplace_back("created", seconds(report.created));
    out.emplace_back("created_us", microseconds(report.created));
    out.emplace_back("last signal", seconds(report.last_signal));
    out.emplace_back("SSRC", all_sources(report));
    Value::Dictionary tags;
    std::size_t untagged = 0;
    for (const auto& item : report.tags) {
      auto name = item.tag.empty() ? "<untagged " + std::to_string(++untagged) + ">" : item.tag;
      tags.emplace_back(std::move(name), tag(item));
    }
    out.emplace_back("tags", std::move(tags));
    out.emplace_back("totals", Value::Dictionary{{"RTP", totals(report.rtp)}, {"RTCP", totals(report.rtcp)}});
    return out;
  }

 private:
  template <typename Number>
  static Value number(Number n) {
    return Value{static_cast<std::int64_t>(n)};
  }

  Value seconds(base::Instant at) const {
    return number(duration_cast<std::chrono::seconds>(to_wall_(at).time_since_epoch()).count());
  }
  Value microseconds(base::Instant at) const {
    return number(duration_cast<std::chrono::microseconds>(to_wall_(at).time_since_epoch()).count() %
                  1000000);
  }

  static Value totals(const TrafficTotals& t) {
    return Value::Dictionary{
        {"packets", number(t.packets)}, {"bytes", number(t.octets)}, {"errors", number(t.errors)}};
  }

  /// MOS goes out times ten, as a whole number.
  Value mos(const MosReport& report, const SourceReport& source) const {
    Value::Dictionary out{{"MOS", number(std::lround(report.mos * 10))}};
    if (report.at) {
      out.emplace_back("reported at", seconds(*report.at));
    } else {
      out.emplace_back("samples", number(source.mos_samples));
    }
    out.emplace_back("packet loss", number(std::lround(source.loss_percent)));
    out.emplace_back("jitter", number(std::lround(source.jitter_ms)));
    out.emplace_back("round-trip time", number(std::lround(source.round_trip_ms * 1000)));
    return out;
  }

  Value source(const SourceReport& report) const {
    Value::Dictionary out{{"cumulative loss", number(report.lost)}};
    out.emplace_back("average MOS", mos(report.average, report));
    out.emplace_back("lowest MOS", mos(report.lowest, report));
    out.emplace_back("highest MOS", mos(report.highest, report));
    return out;
  }

  Value all_sources(const CallReport& report) const {
    Value::Dictionary out;
    for (const auto& item : report.tags) {
      for (const auto& media : item.medias) {
        for (const auto& s : media.streams[0].sources) {
          if (s.mos_samples > 0) out.emplace_back(std::to_string(s.ssrc), source(s));
        }
      }
    }
    return out;
  }

  Value tag(const TagReport& report) const {
    Value::Dictionary out{{"tag", report.tag}};
    if (!report.via_branch.empty()) out.emplace_back("via-branch", report.via_branch);
    if (!report.label.empty()) out.emplace_back("label", report.label);
    out.emplace_back("created", seconds(report.created));
    if (full_) {
      Value::List peers;
      for (const auto& peer : report.peers) {
        peers.emplace_back(Value::Dictionary{{"tag", peer}, {"type", "offer/answer"}});
      }
      out.emplace_back("subscriptions", peers);
      out.emplace_back("subscribers", std::move(peers));
    }
    Value::List medias;
    for (const auto& item : report.medias) medias.push_back(media(item));
    out.emplace_back("medias", std::move(medias));
    return out;
  }

  Value media(const MediaReport& report) const {
    Value::Dictionary out{{"index", number(report.index)}, {"type", report.type}};
    if (full_) {
      out.emplace_back("protocol", report.protocol);
      if (const auto codec = report.sends.in.substr(0, report.sends.in.find(',')); !codec.empty()) {
        out.emplace_back("codec", codec);
      }
    }
    Value::List streams;
    for (const auto& item : report.streams) streams.push_back(stream(item, report.running));
    out.emplace_back("streams", std::move(streams));
    if (full_) {
      Value::List flags;
      if (report.running) flags.emplace_back("initialized");
      if (report.sends.active) flags.emplace_back("recv");
      if (report.sends.transcoded) flags.emplace_back("transcoding");
      out.emplace_back("flags", std::move(flags));
    }
    return out;
  }

  static std::string_view family_of(const base::IpAddress& ip) { return ip.is_v4() ? "IPv4" : "IPv6"; }

  static Value endpoint(const std::optional<base::SocketAddress>& address) {
    if (!address) return Value::Dictionary{};
    return Value::Dictionary{{"family", family_of(address->ip)},
                             {"address", address->ip.to_string()},
                             {"port", number(address->port.number)}};
  }

  Value stream(const StreamReport& report, bool running) const {
    Value::Dictionary out{{"local port", number(report.local.port.number)}};
    if (full_) {
      out.emplace_back("local address", report.local.ip.to_string());
      out.emplace_back("family", family_of(report.local.ip));
      out.emplace_back("endpoint", endpoint(report.remote));
      out.emplace_back("advertised endpoint", endpoint(report.signalled));
      out.emplace_back("last packet", seconds(report.last_packet));
      Value::List flags{report.rtcp ? "RTCP" : "RTP"};
      if (running) flags.emplace_back("filled");
      out.emplace_back("flags", std::move(flags));
    }
    if (!report.sources.empty()) out.emplace_back("SSRC", number(report.sources.front().ssrc));
    out.emplace_back("stats", totals({report.packets, report.octets, report.errors}));
    return out;
  }

  bool full_;
  const ToWall& to_wall_;
};

}  // namespace

Value::Dictionary print_report(const CallReport& report, Detail detail, const ToWall& to_wall) {
  return Printer{detail, to_wall}.call(report);
}

}  // namespace control::ng
