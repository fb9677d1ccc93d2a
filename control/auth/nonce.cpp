#include "control/auth/nonce.h"

#include <charconv>

#include "control/auth/digest.h"

namespace control {
namespace {

/// Milliseconds of the monotonic clock and a running number in hex, then half an HMAC: 16 + 8 + 32
/// characters.
constexpr std::size_t kTimeDigits = 16;
constexpr std::size_t kHeadDigits = kTimeDigits + 8;
constexpr std::size_t kSignatureDigits = 32;

void append_hex(std::string& text, std::uint64_t value, std::size_t digits) {
  constexpr char kHex[] = "0123456789abcdef";
  for (std::size_t i = digits; i-- > 0;) text += kHex[value >> (4 * i) & 15];
}

}  // namespace

std::string NonceMint::sign(std::string_view head, const base::IpAddress& client) const {
  return hmac_sha256(key_, std::string(head) + client.to_string()).substr(0, kSignatureDigits);
}

std::string NonceMint::make(const base::IpAddress& client, base::Instant now) {
  std::string nonce;
  append_hex(nonce, static_cast<std::uint64_t>(now.time_since_epoch() / std::chrono::milliseconds{1}),
             kTimeDigits);
  append_hex(nonce, ++made_, kHeadDigits - kTimeDigits);
  return nonce + sign(nonce, client);
}

NonceMint::Verdict NonceMint::check(std::string_view nonce, const base::IpAddress& client,
                                    base::Instant now) const {
  if (nonce.size() != kHeadDigits + kSignatureDigits) return Verdict::kForeign;
  if (!equal_in_constant_time(nonce.substr(kHeadDigits), sign(nonce.substr(0, kHeadDigits), client)))
    return Verdict::kForeign;
  const auto time = nonce.substr(0, kTimeDigits);
  std::uint64_t ms = 0;
  std::from_chars(time.data(), time.data() + time.size(), ms, 16);
  const base::Instant made{std::chrono::milliseconds{ms}};
  return now - made > lifetime_ ? Verdict::kStale : Verdict::kGood;
}

bool NonceMint::take_count(std::string_view nonce, std::uint32_t count, base::Instant now) {
  while (!by_age_.empty() && now - by_age_.front().first > lifetime_) {
    counts_.erase(by_age_.front().second);
    by_age_.pop_front();
  }
  const auto [at, is_new] = counts_.try_emplace(std::string(nonce));
  if (is_new) by_age_.emplace_back(now, at->first);
  auto& counts = at->second;
  if (is_new || count > counts.highest) {
    const std::uint32_t ahead = is_new ? 64 : count - counts.highest;
    counts.seen = (ahead >= 64 ? 0 : counts.seen << ahead) | 1;
    counts.highest = count;
    return true;
  }
  const std::uint32_t behind = counts.highest - count;
  if (behind >= 64 || (counts.seen >> behind & 1) != 0) return false;
  counts.seen |= std::uint64_t{1} << behind;
  return true;
}

}  // namespace control
