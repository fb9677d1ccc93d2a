#include "control/sip/flow/stream_framer.h"

#include <algorithm>
#include <utility>

#include "control/sip/wire/chars.h"
#include "control/sip/wire/header_id.h"
#include "control/sip/wire/limits.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

/// Content-Length among complete headers; nullopt if it is absent, malformed or too large, which parse() then
/// refuses.
std::optional<std::size_t> content_length_of(std::string_view headers) {
  while (!headers.empty()) {
    const auto end = headers.find("\r\n");
    auto line = headers.substr(0, end);
    headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + 2);
    const auto name = take_run(line, kTokenChar);
    if (name.empty() || header_id_of(name) != HeaderId::kContentLength || !take(line, ':')) continue;
    return parse_number(trimmed(line), kMaxMessageOctets);
  }
  return std::nullopt;
}

}  // namespace

void StreamFramer::push(std::string_view octets, base::Instant now) {
  if (broken_) return;
  if (start_ > 0) {
    buffer_.erase(0, start_);
    scanned_ -= std::min(scanned_, start_);
    start_ = 0;
  }
  buffer_ += octets;
  if (!waiting_since_) waiting_since_ = now;
}

void StreamFramer::skip_keep_alive() {
  while (buffer_.compare(start_, 4, "\r\n\r\n") == 0) {
    ++pings_;
    start_ += 4;
  }
  // A single CRLF in front of a message is a pong, or the empty line of RFC 3261 §7.5.
  while (buffer_.size() - start_ > 2 && buffer_.compare(start_, 2, "\r\n") == 0 &&
         buffer_[start_ + 2] != '\r')
    start_ += 2;
  scanned_ = std::max(scanned_, start_);
}

bool StreamFramer::find_end_of_headers() {
  const std::size_t from = std::max(start_, scanned_ >= 3 ? scanned_ - 3 : 0);
  const auto end = buffer_.find("\r\n\r\n", from);
  scanned_ = buffer_.size();
  if (end == std::string::npos) {
    broken_ = buffer_.size() - start_ > kMaxMessageOctets;
    return false;
  }
  const std::size_t headers = end + 4 - start_;
  const auto body = content_length_of(std::string_view{buffer_}.substr(start_, headers - 2));
  if (!body || headers + *body > kMaxMessageOctets) broken_ = true;
  total_ = headers + (broken_ ? 0 : *body);
  return true;
}

std::optional<std::string> StreamFramer::next(base::Instant now) {
  if (broken_) return std::nullopt;
  if (total_ == 0) {
    skip_keep_alive();
    const bool is_idle =
        start_ == buffer_.size() || (buffer_.size() - start_ == 2 && buffer_.compare(start_, 2, "\r\n") == 0);
    if (is_idle) waiting_since_.reset();
    if (is_idle || !find_end_of_headers()) return std::nullopt;
  }
  if (buffer_.size() - start_ < total_) return std::nullopt;
  auto message = buffer_.substr(start_, total_);
  start_ += total_;
  scanned_ = start_;
  total_ = 0;
  waiting_since_ = now;
  return message;
}

int StreamFramer::take_pings() {
  return std::exchange(pings_, 0);
}

}  // namespace control::sip
