#include "tests/control/fake_dataplane.h"

#include <stdexcept>

namespace dataplane {

void SessionDeleter::operator()(Session* session) const {
  delete session;
}
void SessionDeleter::operator()(SessionUpdate* update) const {
  delete update;
}

base::Result<SessionHandle> build_session(SessionId id, SessionPlan plan) {
  if (plan.endpoints.size() < 2) return base::Error{"no endpoints"};
  return SessionHandle{new Session(id, std::move(plan))};
}
base::Result<UpdateHandle> build_update(SessionId /*id*/, SessionPlan plan) {
  return UpdateHandle{new SessionUpdate(std::move(plan))};
}
const SessionStats& stats_of(const Session& session) {
  return session.stats;
}

WorkerLink::WorkerLink() = default;
WorkerLink::~WorkerLink() = default;
bool WorkerProxy::send(Command& command) {
  return link_->inbox.push(command);
}

}  // namespace dataplane

namespace control {

void FakeWorker::turn() {
  const auto say = [this](dataplane::Event event) {
    if (!link.outbox.push(event)) throw std::runtime_error("outbox full");
  };
  while (auto command = link.inbox.pop()) {
    if (auto* add = std::get_if<dataplane::AddSession>(&*command)) {
      seen.emplace_back("add");
      const auto id = add->session->id;
      if (refuse) {
        say(dataplane::SessionHome{id, std::move(add->session)});
      } else {
        sessions.emplace(id.value, std::move(add->session));
      }
    } else if (auto* update = std::get_if<dataplane::UpdateSession>(&*command)) {
      seen.emplace_back("update");
      if (const auto running = sessions.find(update->id.value); running != sessions.end())
        std::swap(running->second->plan, update->update->plan);
      say(dataplane::UpdateHome{update->id, std::move(update->update)});
    } else if (auto* remove = std::get_if<dataplane::RemoveSession>(&*command)) {
      seen.emplace_back("remove");
      auto node = sessions.extract(remove->id.value);
      if (!node.empty()) say(dataplane::SessionHome{remove->id, std::move(node.mapped())});
    }
  }
}

dataplane::Session& FakeWorker::only() {
  if (sessions.size() != 1)
    throw std::runtime_error("there are " + std::to_string(sessions.size()) + " sessions");
  return *sessions.begin()->second;
}

}  // namespace control
