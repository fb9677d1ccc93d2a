#include "control/call.h"

#include <algorithm>

namespace control {
namespace {

/// Requests that do not tell their branch match any.
bool same_branch(const Branch& branch, std::string_view via_branch) {
  return via_branch.empty() || branch.via_branch.empty() || branch.via_branch == via_branch;
}

constexpr std::size_t kMaxPastTags = 16;  // more phones than one call can sensibly ring at

bool has_had(const Leg& leg, std::string_view tag) {
  return leg.tag == tag || std::find(leg.past_tags.begin(), leg.past_tags.end(), tag) != leg.past_tags.end();
}

}  // namespace

std::optional<unsigned> Branch::leg_of(std::string_view tag) const {
  if (tag.empty()) return std::nullopt;
  for (unsigned i = 0; i < 2; ++i) {
    if (legs[i].tag == tag) return i;
  }
  for (unsigned i = 0; i < 2; ++i) {
    if (has_had(legs[i], tag)) return i;
  }
  return std::nullopt;
}

const MediaDecision& Branch::decision_of(const Media& media) const {
  static const MediaDecision none;
  const auto& decisions = negotiation.decisions();
  return media.index < decisions.size() ? decisions[media.index] : none;
}

bool Branch::is_transcoded(const Media& media) const {
  return media.session && std::ranges::any_of(decision_of(media).flows, transcodes);
}

std::optional<BranchMatch> Call::match_offer(const CallNames& names) {
  const auto exact = [&](Branch& branch) -> std::optional<BranchMatch> {
    const auto sender = branch.leg_of(names.from_tag);
    if (!sender) return std::nullopt;
    const auto& other = branch.legs[1 - *sender];
    if (!names.to_tag.empty() && has_had(other, names.to_tag)) return BranchMatch{&branch, *sender};
    return std::nullopt;
  };
  // Within a dialogue both tags are known. Before it there is one: the same offer again (after a challenge)
  // or a new branch. A tag that we never saw is that of a callee whose answer passed us by.
  const auto open = [&](Branch& branch) -> std::optional<BranchMatch> {
    if (!branch.legs[kCallee].tag.empty() || !same_branch(branch, names.via_branch)) return std::nullopt;
    const auto& caller = branch.legs[kCaller].tag;
    if (caller == names.from_tag) return BranchMatch{&branch, kCaller};
    if (caller == names.to_tag) return BranchMatch{&branch, kCallee};
    return std::nullopt;
  };
  for (auto& branch : branches) {
    if (auto match = exact(*branch)) return match;
  }
  for (auto& branch : branches) {
    if (auto match = open(*branch)) return match;
  }
  return std::nullopt;
}

std::optional<BranchMatch> Call::match_answer(const CallNames& names) {
  // How well a branch fits: both tags beat a branch that nobody answered, which beats another answerer's.
  const auto fit = [&](Branch& branch) {
    const auto& offerer = branch.legs[branch.offerer];
    const auto& answerer = branch.legs[1 - branch.offerer];
    const bool in_order = has_had(offerer, names.from_tag);
    if (!in_order && !has_had(offerer, names.to_tag)) return 0;
    if (has_had(answerer, in_order ? names.to_tag : names.from_tag)) return 3;
    if (!same_branch(branch, names.via_branch)) return 0;
    return answerer.tag.empty() ? 2 : 1;
  };
  Branch* best = nullptr;
  int best_fit = 0;
  for (auto& branch : branches) {
    if (const auto f = fit(*branch); f > best_fit) {
      best = branch.get();
      best_fit = f;
    }
  }
  if (best == nullptr) return std::nullopt;
  return BranchMatch{best, 1 - best->offerer};
}

std::vector<Branch*> Call::match_any(const CallNames& names) {
  const auto select = [&](auto fits) {
    std::vector<Branch*> found;
    for (auto& branch : branches) {
      if (same_branch(*branch, names.via_branch) && fits(*branch)) found.push_back(branch.get());
    }
    return found;
  };
  if (names.from_tag.empty()) return select([](const Branch&) { return true; });
  const auto from_fits = [&](const Branch& branch) { return branch.leg_of(names.from_tag).has_value(); };
  if (names.to_tag.empty()) return select(from_fits);
  auto found = select([&](const Branch& b) { return from_fits(b) && b.leg_of(names.to_tag).has_value(); });
  // The callee refused with a tag that we never saw.
  if (found.empty()) found = select([&](const Branch& b) { return from_fits(b) && !b.answered; });
  return found;
}

bool Call::is_deleted() const {
  return std::all_of(branches.begin(), branches.end(),
                     [](const auto& b) { return b->delete_at.has_value(); });
}

void adopt_tag(Leg& leg, std::string_view tag) {
  if (leg.tag == tag || tag.empty()) return;
  std::erase(leg.past_tags, tag);
  if (!leg.tag.empty()) leg.past_tags.push_back(leg.tag);
  if (leg.past_tags.size() > kMaxPastTags) leg.past_tags.erase(leg.past_tags.begin());
  leg.tag = tag;
}

}  // namespace control
