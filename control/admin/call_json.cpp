#include "control/admin/call_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "codecs/registry.h"
#include "control/call_report.h"

namespace control::admin {
namespace {

using Json = nlohmann::ordered_json;

double seconds(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Json address(const std::optional<base::SocketAddress>& at) {
  return at ? Json(at->to_string()) : Json();
}

Json source(const SourceReport& report) {
  return {{"ssrc", report.ssrc},
          {"packets", report.packets},
          {"lost", report.lost},
          {"loss-percent", report.loss_percent},
          {"jitter-ms", report.jitter_ms},
          {"round-trip-ms", report.round_trip_ms},
          {"reordered", report.reordered},
          {"duplicates", report.duplicates},
          {"mos", report.mos_samples > 0 ? Json(report.average.mos) : Json()},
          {"mos-lowest", report.mos_samples > 0 ? Json(report.lowest.mos) : Json()},
          {"mos-estimated", report.mos_estimated}};
}

Json codec_work(const dataplane::CodecWork& work) {
  return {{"packets", work.jobs.get()},
          {"batches", work.batches.get()},
          {"ns", work.ns.get()},
          {"redone-frames", work.redone.get()}};
}

Json codec_figures(const dataplane::WorkerStats& stats) {
  Json result = Json::object();
  const auto all = codecs::all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& decoder = stats.decoders[i];
    const auto& encoder = stats.encoders[i];
    if (decoder.jobs.get() + encoder.jobs.get() == 0) continue;
    result[label_of(all[i]->info())] = {{"decode", codec_work(decoder)}, {"encode", codec_work(encoder)}};
  }
  return result;
}

Json media(const MediaReport& report, base::Instant now) {
  const auto& rtp = report.streams[0];
  Json sources = Json::array();
  for (const auto& s : rtp.sources) sources.push_back(source(s));
  Json drops = Json::object();
  for (const auto& drop : report.drops) drops[std::string{drop.reason}] = drop.packets;
  return {{"index", report.index},
          {"type", report.type},
          {"protocol", report.protocol},
          {"running", report.running},
          {"active", report.sends.active},
          {"transcoded", report.sends.transcoded},
          {"receives", report.sends.in},
          {"becomes", report.sends.out},
          {"local", rtp.local.to_string()},
          {"remote", address(rtp.remote)},
          {"signalled", address(rtp.signalled)},
          {"silent-for", seconds(now - rtp.last_packet)},
          {"packets-in", rtp.packets},
          {"octets-in", rtp.octets},
          {"packets-out", report.packets_out},
          {"octets-out", report.octets_out},
          {"rtcp-in", report.streams[1].packets},
          {"errors", rtp.errors},
          {"frames-decoded", report.frames_decoded},
          {"frames-concealed", report.frames_concealed},
          {"frames-encoded", report.frames_encoded},
          {"stranger", address(report.stranger)},
          {"drops", std::move(drops)},
          {"sources", std::move(sources)}};
}

std::string state_of(const Call& call) {
  if (!call.live) return "deleted";
  for (const auto& branch : call.branches) {
    if (branch->answered) return "answered";
  }
  return "ringing";
}

}  // namespace

Json brief(const Call& call, base::Instant now) {
  const auto report = report_of(call);
  std::uint64_t streams = 0;
  bool transcoded = false;
  double worst = 0;
  for (const auto& tag : report.tags) {
    for (const auto& item : tag.medias) {
      streams += item.running ? 1U : 0U;
      transcoded |= item.sends.transcoded;
      for (const auto& s : item.streams[0].sources) {
        if (s.mos_samples > 0 && (worst == 0 || s.average.mos < worst)) worst = s.average.mos;
      }
    }
  }
  return {{"call-id", call.call_id},
          {"state", state_of(call)},
          {"age", seconds(now - call.created)},
          {"worker", call.worker},
          {"branches", call.branches.size()},
          {"streams", streams},
          {"transcoded", transcoded},
          {"packets", report.rtp.packets},
          {"mos", worst > 0 ? Json(worst) : Json()}};
}

Json full(const Call& call, base::Instant now, const std::function<base::WallTime(base::Instant)>& to_wall) {
  const auto report = report_of(call);
  Json parties = Json::array();
  for (const auto& tag : report.tags) {
    Json medias = Json::array();
    for (const auto& item : tag.medias) medias.push_back(media(item, now));
    parties.push_back({{"tag", tag.tag},
                       {"label", tag.label},
                       {"via-branch", tag.via_branch},
                       {"peers", tag.peers},
                       {"medias", std::move(medias)}});
  }
  Json choices = Json::array();
  for (const auto& branch : call.branches) {
    for (const auto& decision : branch->negotiation.decisions()) choices.push_back(decision.why());
  }
  const auto created =
      std::chrono::duration_cast<std::chrono::seconds>(to_wall(call.created).time_since_epoch());
  return {{"call-id", call.call_id},       {"state", state_of(call)},
          {"created", created.count()},    {"age", seconds(now - call.created)},
          {"worker", call.worker},         {"metadata", call.metadata},
          {"choices", std::move(choices)}, {"parties", std::move(parties)}};
}

std::string label_of(const codecs::CodecInfo& info) {
  const auto channels = info.encoding == "L16" ? fmt::format("/{}", info.rtpmap_channels) : std::string{};
  return fmt::format("{}/{}{}", info.encoding, info.clock_rate.hz, channels);
}

Json figures(const dataplane::WorkerStats& stats) {
  Json drops = Json::object();
  for (std::size_t i = 0; i < dataplane::kDropCount; ++i) {
    if (const auto n = stats.drops[i].get(); n > 0) drops[std::string{dataplane::kDropTexts[i]}] = n;
  }
  return {{"sessions", stats.sessions.get()},
          {"packets-in", stats.packets_in.get()},
          {"packets-out", stats.packets_out.get()},
          {"busy-ns", stats.busy_ns.get()},
          {"idle-ns", stats.idle_ns.get()},
          {"longest-turn-ns", stats.longest_turn_ns.get()},
          {"effort-ceiling", stats.effort_ceiling.get()},
          {"codecs", codec_figures(stats)},
          {"drops", std::move(drops)}};
}

}  // namespace control::admin
