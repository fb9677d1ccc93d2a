#include "control/session_keeper.h"

namespace control {

using dataplane::Command;
using dataplane::Event;

base::Result<RunningSession> SessionKeeper::start(std::uint16_t worker, dataplane::SessionPlan plan) {
  const dataplane::SessionId id{next_id_++};
  auto session = dataplane::build_session(id, std::move(plan));
  if (!session) return session.error();
  const RunningSession running{id, worker, &dataplane::stats_of(**session)};
  Command command{dataplane::AddSession{*std::move(session)}};
  if (!workers_[worker].send(command)) return base::Error{std::string{kInboxFull}};
  ++outstanding_;
  return running;
}

base::Result<void> SessionKeeper::update(const RunningSession& session, dataplane::SessionPlan plan) {
  auto update = dataplane::build_update(session.id, std::move(plan));
  if (!update) return update.error();
  Command command{dataplane::UpdateSession{session.id, *std::move(update)}};
  if (!workers_[session.worker].send(command)) return base::Error{std::string{kInboxFull}};
  return {};
}

void SessionKeeper::stop(const RunningSession& session, std::array<PortLease, 2> ports) {
  leaving_.insert_or_assign(session.id.value, Leaving{session.worker, std::move(ports)});
  if (!unsent_removals_.empty() || !send_remove(session.id, session.worker)) {
    unsent_removals_.push_back(session.id);
  }
}

bool SessionKeeper::send_remove(dataplane::SessionId id, std::uint16_t worker) {
  Command command{dataplane::RemoveSession{id}};
  return workers_[worker].send(command);
}

void SessionKeeper::retry_removals() {
  // One round: a worker that is still full does not hold up the others.
  for (auto left = unsent_removals_.size(); left > 0; --left) {
    const auto id = unsent_removals_.front();
    unsent_removals_.pop_front();
    const auto found = leaving_.find(id.value);
    if (found != leaving_.end() && !send_remove(id, found->second.worker)) unsent_removals_.push_back(id);
  }
}

std::vector<Event> SessionKeeper::poll(std::size_t limit) {
  std::vector<Event> rest;
  for (auto& worker : workers_) {
    for (std::size_t i = 0; i < limit; ++i) {
      auto event = worker.poll();
      if (!event) break;
      if (auto* home = std::get_if<dataplane::SessionHome>(&*event)) {
        came_home(*home, rest);
      } else if (!std::holds_alternative<dataplane::UpdateHome>(*event)) {
        rest.push_back(*std::move(event));  // an old plan dies here
      }
    }
  }
  retry_removals();
  return rest;
}

void SessionKeeper::came_home(dataplane::SessionHome& home, std::vector<Event>& rest) {
  --outstanding_;
  if (leaving_.erase(home.id.value) == 0) {
    // Not asked for: the owner must stop reading its figures before it is destroyed.
    ++refused_;
    rest.emplace_back(std::move(home));
  }
}

}  // namespace control
