#include "dataplane/outbox.h"

#include <utility>

#include "dataplane/session.h"

namespace dataplane {

namespace {

template <typename T, typename Home>
void push_or_keep(base::SpscRing<Event>& ring, T*& waiting, Home home,
                  std::unique_ptr<T, SessionDeleter> Home::*cargo) {
  Event event{std::move(home)};
  if (ring.push(event)) return;
  auto* kept = (std::get<Home>(event).*cargo).release();
  kept->next_home = std::exchange(waiting, kept);
}

}  // namespace

Outbox::~Outbox() {
  // Only when the worker ends: what control did not fetch dies here.
  while (sessions_ != nullptr) SessionHandle{std::exchange(sessions_, sessions_->next_home)};
  while (updates_ != nullptr) UpdateHandle{std::exchange(updates_, updates_->next_home)};
}

void Outbox::inform(Event event) {
  if (!link_.outbox.push(event)) link_.stats.events_lost.add();
}

void Outbox::send_home(SessionHandle session) {
  const auto id = session->id;
  push_or_keep(link_.outbox, sessions_, SessionHome{id, std::move(session)}, &SessionHome::session);
}

void Outbox::send_home(UpdateHandle update) {
  const auto id = update->id;
  push_or_keep(link_.outbox, updates_, UpdateHome{id, std::move(update)}, &UpdateHome::update);
}

std::size_t Outbox::flush() {
  std::size_t sent = 0;
  while (sessions_ != nullptr && link_.outbox.size() < link_.outbox.capacity()) {
    send_home(SessionHandle{std::exchange(sessions_, sessions_->next_home)});
    ++sent;
  }
  while (updates_ != nullptr && link_.outbox.size() < link_.outbox.capacity()) {
    send_home(UpdateHandle{std::exchange(updates_, updates_->next_home)});
    ++sent;
  }
  return sent;
}

}  // namespace dataplane
