#include "control/b2bua/call_facts.h"

#include <algorithm>

namespace control {
namespace {

/// The stream with most packets stands for its side.
DirectionRecord direction_of(const MediaReport& media) {
  DirectionRecord record;
  record.codecs = media.sends.in;
  const auto& sources = media.streams[0].sources;
  const auto main = std::max_element(sources.begin(), sources.end(),
                                     [](const auto& a, const auto& b) { return a.packets < b.packets; });
  if (main == sources.end() || main->packets == 0) return record;
  record.loss = main->loss_percent;
  if (main->mos_samples != 0) record.mos = main->average.mos;
  return record;
}

}  // namespace

void CallFacts::note_response(std::uint16_t response_status, std::string_view phrase, base::Instant now) {
  if (status != 0) return;  // a repetition
  if (response_status == 180 || response_status == 183) {
    if (!rang) rang = now;
    return;
  }
  if (response_status < 200) return;
  status = response_status;
  if (status < 300) {
    answered = now;
  } else {
    reason = phrase;
    ended = now;
  }
}

void CallFacts::note_end(std::string_view by, std::string_view why, base::Instant now) {
  ended = now;
  if (ended_by.empty()) ended_by = by;
  reason = why;
}

void CallFacts::note_media(const CallReport& report, std::string_view caller_tag) {
  bool has_callee = false;
  for (const auto& tag : report.tags) {
    const bool is_caller = tag.tag == caller_tag;
    if (tag.medias.empty() || (!is_caller && has_callee)) continue;
    has_callee |= !is_caller;
    transcoded |= tag.medias[0].sends.transcoded;
    sides[is_caller ? 0 : 1] = direction_of(tag.medias[0]);
  }
}

}  // namespace control
