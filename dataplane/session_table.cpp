#include "dataplane/session_table.h"

#include <algorithm>

#include "dataplane/session.h"

namespace dataplane {

SessionTable::SessionTable(std::span<const base::IpAddress> local)
    : buckets_(std::make_unique<std::array<Session*, kBuckets>>()) {
  for (const auto& address : local) {
    keys_.emplace_back(address);
    storage_.push_back(std::make_unique<Ports>());
    ports_.push_back(storage_.back()->data());
  }
}

Session* SessionTable::find(SessionId id) const {
  auto* session = (*buckets_)[bucket_of(id)];
  while (session != nullptr && session->id != id) session = session->next_in_bucket;
  return session;
}

bool SessionTable::add(Session& session) {
  if (find(session.id) != nullptr || !bind(session)) return false;
  auto& bucket = (*buckets_)[bucket_of(session.id)];
  session.next_in_bucket = bucket;
  bucket = &session;
  ++size_;
  return true;
}

void SessionTable::remove(Session& session) {
  auto** link = &(*buckets_)[bucket_of(session.id)];
  while (*link != nullptr && *link != &session) link = &(*link)->next_in_bucket;
  if (*link == nullptr) return;
  *link = session.next_in_bucket;
  session.next_in_bucket = nullptr;
  unbind(session);
  --size_;
}

Session* SessionTable::any() const {
  const auto found =
      std::find_if(buckets_->begin(), buckets_->end(), [](const auto* first) { return first != nullptr; });
  return found == buckets_->end() ? nullptr : *found;
}

bool SessionTable::bind(Session& session) {
  for (auto& endpoint : session.body.endpoints) {
    const auto address = index_of(endpoint.plan->local_ip);
    const auto rtp = endpoint.plan->local_rtp.number;
    const auto rtcp = endpoint.plan->local_rtcp.number;
    if (address == kNone || ports_[address][rtp] || ports_[address][rtcp]) {
      unbind(session);
      return false;
    }
    ports_[address][rtcp] = PortOwner{&endpoint, true};
    ports_[address][rtp] = PortOwner{&endpoint, false};  // last: the two may be one port
  }
  return true;
}

void SessionTable::unbind(Session& session) {
  for (auto& endpoint : session.body.endpoints) {
    const auto address = index_of(endpoint.plan->local_ip);
    if (address == kNone) continue;
    for (const auto port : {endpoint.plan->local_rtp.number, endpoint.plan->local_rtcp.number}) {
      if (ports_[address][port].endpoint() == &endpoint) ports_[address][port] = PortOwner{};
    }
  }
}

}  // namespace dataplane
