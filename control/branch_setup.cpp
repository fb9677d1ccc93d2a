#include "control/branch_setup.h"

#include <algorithm>

namespace control {
namespace {

using Candidates = std::vector<const MediaInterface*>;

/// The family of the address that a stream names; nullopt if it names none (or a host name).
std::optional<base::IpFamily> family_of(const sdp::SessionDescription& description) {
  for (const auto& media : description.medias) {
    const auto connection = description.connection(media);
    if (connection && connection->ip) return connection->ip->family;
  }
  return std::nullopt;
}

struct SideCandidates {
  Candidates sender, receiver;
};

SideCandidates candidates(const Placement& placement, const sdp::SessionDescription& offer,
                          const OfferFlags& flags) {
  const auto family = family_of(offer);
  return {placement.candidates(flags.direction_from, family),
          placement.candidates(flags.direction_to, flags.address_family ? flags.address_family : family)};
}

bool is_refused(const sdp::MediaDescription& media) {
  return media.media().port == 0;
}

bool is_placed(const Media& media) {
  return !media.sides[0].ports.empty() && !media.sides[1].ports.empty();
}

}  // namespace

std::optional<std::uint16_t> BranchSetup::choose_worker(const sdp::SessionDescription& offer,
                                                        const OfferFlags& flags) const {
  auto [sender, receiver] = candidates(placement_, offer, flags);
  const auto streams = std::count_if(offer.medias.begin(), offer.medias.end(),
                                     [](const auto& media) { return !is_refused(media); });
  const std::array sides = {std::move(sender), std::move(receiver)};
  return placement_.choose_worker(sides, static_cast<std::size_t>(streams));
}

bool BranchSetup::place(Branch& branch, std::uint16_t worker, unsigned sender,
                        const sdp::SessionDescription& offer, const OfferFlags& flags) {
  const auto sides = candidates(placement_, offer, flags);
  for (std::size_t i = 0; i < offer.medias.size(); ++i) {
    if (i == branch.medias.size()) {
      auto& added = branch.medias.emplace_back();
      added.index = static_cast<unsigned>(i);
      for (auto& side : added.sides) side.ssrc = static_cast<std::uint32_t>(random_());
    }
    if (is_refused(offer.medias[i])) continue;
    auto& media = branch.medias[i];
    for (unsigned side = 0; side < 2; ++side) {
      auto& ports = media.sides[side].ports;
      if (ports.empty()) ports = placement_.take(side == sender ? sides.sender : sides.receiver, worker);
      if (ports.empty()) return false;
    }
  }
  return true;
}

std::vector<LocalPair> BranchSetup::local_ends(const Branch& branch, unsigned receiver, std::size_t streams,
                                               const OfferFlags& flags) {
  const auto told = base::IpAddress::parse(flags.media_address);
  std::vector<LocalPair> ends(std::min(streams, branch.medias.size()));
  for (std::size_t i = 0; i < ends.size(); ++i) {
    for (unsigned side = 0; side < 2; ++side) {
      const auto& ports = branch.medias[i].sides[side].ports;
      if (ports.empty()) continue;
      const auto& interface = ports.interface();
      const auto advertised = side == receiver ? told.value_or(interface.advertised) : interface.advertised;
      ends[i][side] = {interface.local, advertised, ports.rtp(), ports.rtcp()};
    }
  }
  return ends;
}

dataplane::SessionPlan BranchSetup::plan_for(const Call& call, const Branch& branch, std::size_t index,
                                             const CallOptions& options) const {
  auto plan = plan_of(branch.negotiation.decisions()[index]);
  for (unsigned side = 0; side < 2; ++side) {
    auto& endpoint = plan.endpoints[side];
    const auto& media_side = branch.medias[index].sides[side];
    endpoint.source = branch.legs[side].source;
    endpoint.tos = branch.legs[side].tos.value_or(options.tos);
    endpoint.ssrc = media_side.ssrc;
    endpoint.cname = call.cname;
  }
  for (auto& flow : plan.flows) {
    if (!flow.send) continue;
    flow.send->complexity = static_cast<std::int8_t>(options.opus_complexity);
    flow.send->least_complexity = static_cast<std::int8_t>(options.opus_least_complexity);
  }
  return plan;
}

base::Result<void> BranchSetup::open(const Call& call, Branch& branch, const CallOptions& options) {
  const auto& decisions = branch.negotiation.decisions();
  for (std::size_t i = 0; i < branch.medias.size() && i < decisions.size(); ++i) {
    auto& media = branch.medias[i];
    if (!decisions[i].provisional || !decisions[i].enabled || !is_placed(media)) continue;
    media.type = decisions[i].type;
    if (auto done = run(media, call.worker, plan_for(call, branch, i, options)); !done) return done;
  }
  return {};
}

base::Result<void> BranchSetup::apply(const Call& call, Branch& branch, const CallOptions& options) {
  const auto& decisions = branch.negotiation.decisions();
  for (std::size_t i = 0; i < branch.medias.size(); ++i) {
    auto& media = branch.medias[i];
    if (i >= decisions.size() || !decisions[i].enabled || !is_placed(media)) {
      stop(media);
      continue;
    }
    media.type = decisions[i].type;
    if (auto done = run(media, call.worker, plan_for(call, branch, i, options)); !done) return done;
  }
  return {};
}

base::Result<void> BranchSetup::run(Media& media, std::uint16_t worker, dataplane::SessionPlan plan) {
  const auto load = load_of(plan);
  if (media.session) {
    if (auto done = keeper_.update(*media.session, std::move(plan)); !done) return done;
  } else {
    auto session = keeper_.start(worker, std::move(plan));
    if (!session) return session.error();
    media.session = *session;
  }
  placement_.add_load(worker, load - media.load_us);
  media.load_us = load;
  return {};
}

void BranchSetup::stop(Media& media) {
  if (!media.session) {
    for (auto& side : media.sides) side.ports = {};
    return;
  }
  keeper_.stop(*media.session, {std::move(media.sides[0].ports), std::move(media.sides[1].ports)});
  placement_.add_load(media.session->worker, -media.load_us);
  media.load_us = 0;
  media.session.reset();
}

void BranchSetup::tear_down(Branch& branch) {
  for (auto& media : branch.medias) stop(media);
}

std::string BranchSetup::make_cname() {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string name(16, '\0');
  for (auto& c : name) c = kAlphabet[random_() % kAlphabet.size()];
  return name;
}

}  // namespace control
