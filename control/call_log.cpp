#include "control/call_log.h"

#include <fmt/format.h>

#include "control/call_report.h"
#include "mediad/base/log.h"

namespace control {
namespace {

constexpr std::size_t kLongest = 80;

std::string direction(const Branch& branch, const Media& media, unsigned side) {
  const auto report = report_of(branch, media, side);
  const auto& rtp = report.streams[0];
  auto text = fmt::format(" {}{}{}: codec=\"{}{}{}\" packets={}", media.type, media.index + 1,
                          side == kCaller ? "a" : "b", report.sends.in, report.sends.transcoded ? " -> " : "",
                          report.sends.out, rtp.packets);
  if (!rtp.sources.empty()) {
    const auto& source = rtp.sources.front();
    text += fmt::format(" loss={:.1f}% jitter={:.1f}ms", source.loss_percent, source.jitter_ms);
    if (source.mos_samples > 0) {
      text += fmt::format(" mos={:.1f}{}", source.average.mos, source.mos_estimated ? "(est)" : "");
    }
  }
  for (const auto& drop : report.drops) text += fmt::format(" {}={}", drop.reason, drop.packets);
  return text;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result{text.substr(0, kLongest)};
  for (auto& c : result) {
    if (c < ' ' || c > '~' || c == '"') c = '?';
  }
  if (text.size() > kLongest) result += "...";
  return result;
}

void log_exchange(std::string_view what, const Call& call, const Branch& branch) {
  if (!spdlog::should_log(spdlog::level::info)) return;
  std::string streams;
  const auto& decisions = branch.negotiation.decisions();
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    streams +=
        fmt::format(" {}{}=\"{}\"", printable(decisions[i].type), i + 1, printable(decisions[i].why()));
  }
  for (const auto& note : branch.negotiation.notes()) streams += fmt::format(" note=\"{}\"", printable(note));
  spdlog::info("{} call-id=\"{}\" a=\"{}\" b=\"{}\" branch=\"{}\" by={} worker={}{}", what,
               printable(call.call_id), printable(branch.legs[kCaller].tag),
               printable(branch.legs[kCallee].tag), printable(branch.via_branch),
               branch.offerer == kCaller ? "a" : "b", call.worker, streams);
}

void log_end(const Call& call, const Branch& branch, std::string_view reason, base::Instant now) {
  if (!spdlog::should_log(spdlog::level::info)) return;
  std::string directions;
  for (const auto& media : branch.medias) {
    if (!media.session) continue;
    for (unsigned side = 0; side < 2; ++side) directions += direction(branch, media, side);
  }
  const auto seconds = std::chrono::duration<double>(now - branch.created).count();
  spdlog::info("end call-id=\"{}\" a=\"{}\" b=\"{}\" reason=\"{}\" duration={:.1f}s{}",
               printable(call.call_id), printable(branch.legs[kCaller].tag),
               printable(branch.legs[kCallee].tag), reason, seconds, directions);
}

}  // namespace control
