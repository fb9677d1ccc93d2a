#include "control/b2bua/ladder.h"

#include <fmt/format.h>

#include <iterator>

#include "control/call_log.h"

namespace control {

void Ladder::note(base::Instant now, std::string_view peer, bool came, std::string_view what) {
  if (rungs_.size() >= kMaxRungs) {
    ++dropped_;
    return;
  }
  rungs_.push_back({now, came, std::string(peer), printable(what)});
}

std::string Ladder::print() const {
  std::string text;
  for (const auto& rung : rungs_) {
    const double seconds = std::chrono::duration<double>(rung.at - start_).count();
    fmt::format_to(std::back_inserter(text), "{:9.3f}  {:<18} {} mediad  {}\n", seconds, rung.peer,
                   rung.came ? "-->" : "<--", rung.what);
  }
  if (dropped_ != 0) fmt::format_to(std::back_inserter(text), "and {} more\n", dropped_);
  return text;
}

}  // namespace control
