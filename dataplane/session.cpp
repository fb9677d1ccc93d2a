#include "dataplane/session.h"

#include <algorithm>
#include <utility>

namespace dataplane {

namespace {

/// The same octets of the source would become the same packets: the running translator can go on.
bool same_formats(const SessionPlan& before, const FlowPlan& a, const SessionPlan& after, const FlowPlan& b) {
  return a.from == b.from && a.to == b.to && a.mode == b.mode && a.rules == b.rules && a.send == b.send &&
         before.endpoints[a.from].receive == after.endpoints[b.from].receive;
}

/// What the old endpoint has learned and heard goes on in the new one.
void carry_over(Endpoint& before, Endpoint& after, base::Instant now) {
  after.heard = before.heard;
  after.learner = before.learner;
  after.learner.resignal(after.plan->source, after.plan->remote_rtp, now);
  after.rtp.set_remote(after.learner.remote());
  after.rtcp_learner = before.rtcp_learner;
  after.rtcp_learner.resignal(after.plan->source, after.plan->remote_rtcp, now);
  after.rtcp.set_remote(after.rtcp_learner.remote());
  after.reports = before.reports;
  if (after.reporter->ssrc() == before.reporter->ssrc()) std::swap(after.reporter, before.reporter);
  if (!after.originated || !before.originated) return;
  if (after.originated->stamper().ssrc() != before.originated->stamper().ssrc()) return;
  const auto clock = after.originated->stamper().clock();
  after.originated = before.originated;
  after.originated->change_clock(clock);
}

}  // namespace

Session::Session(SessionId session_id, SessionBody session_body)
    : id(session_id), body(std::move(session_body)) {
  adopt_body();
}

void Session::adopt_body() {
  for (auto& endpoint : body.endpoints) {
    endpoint.session = this;
    endpoint.count_in(endpoint.index < stats.endpoints.size()
                          ? stats.endpoints[endpoint.index]
                          : *body.spare_stats[endpoint.index - stats.endpoints.size()]);
    endpoint.stats->remote_rtp.store(endpoint.rtp.remote);
    endpoint.stats->remote_rtcp.store(endpoint.rtcp_destination().remote);
  }
  for (auto& flow : body.flows) {
    if (flow.translator != nullptr) flow.translator->attach(flow, body.endpoints[flow.plan->from]);
  }
}

void exchange_bodies(Session& session, SessionUpdate& update, base::Instant now) {
  auto& before = session.body;
  auto& after = update.body;
  const auto kept = std::min(before.endpoints.size(), after.endpoints.size());
  for (std::size_t i = 0; i < kept; ++i) carry_over(before.endpoints[i], after.endpoints[i], now);
  for (std::size_t i = 0; i < std::min(before.spare_stats.size(), after.spare_stats.size()); ++i)
    std::swap(before.spare_stats[i], after.spare_stats[i]);
  for (auto& flow : after.flows) {
    const auto same = std::find_if(before.flows.begin(), before.flows.end(), [&](const Flow& running) {
      return same_formats(before.plan, *running.plan, after.plan, *flow.plan);
    });
    // Another flow may have made the difference between translating and rewriting.
    const bool both = same != before.flows.end() && same->translator != nullptr && flow.translator != nullptr;
    if (both) std::swap(same->translator, flow.translator);
  }
  std::swap(session.body, update.body);
  session.adopt_body();
}

}  // namespace dataplane
