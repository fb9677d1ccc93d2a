#include "control/ng/cookie_cache.h"

#include <utility>

namespace control::ng {

const std::string* CookieCache::find(const std::string& key, base::Instant now) {
  age(now);
  for (const auto* generation : {&young_, &old_}) {
    if (const auto found = generation->find(key); found != generation->end()) return &found->second;
  }
  return nullptr;
}

const std::string* CookieCache::store(std::string key, std::string reply, base::Instant now) {
  age(now);
  reply.shrink_to_fit();  // it was printed with room to spare, and is kept for half a minute and more
  young_octets_ += key.size() + reply.size();
  return &young_.insert_or_assign(std::move(key), std::move(reply)).first->second;
}

void CookieCache::age(base::Instant now) {
  const auto elapsed = now - young_since_;
  if (elapsed < kGeneration && young_octets_ < kMaxGenerationOctets) return;
  old_ = elapsed < 2 * kGeneration ? std::move(young_) : Generation{};
  young_ = Generation{};
  young_octets_ = 0;
  young_since_ = now;
}

}  // namespace control::ng
