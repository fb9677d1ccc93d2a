#include "control/negotiation/session_lines.h"

#include <functional>

namespace control {

std::string SessionLines::next_version(const sdp::SessionDescription& out, sdp::Origin origin, bool force) {
  auto copy = out;
  const auto offered_version = std::move(origin.version);
  origin.version.assign(1, '0');
  copy.session.set('o', origin.to_string());
  const auto body = std::hash<std::string>{}(copy.print());
  if (version_.empty()) {
    version_ = offered_version;
  } else if (force || body != body_) {
    origin.version = version_;
    origin.increment_version();
    version_ = origin.version;
  }
  body_ = body;
  return version_;
}

void SessionLines::write(sdp::SessionDescription& out, const ReplaceFlags& replace,
                         const base::IpAddress& address) {
  if (const auto* name = out.session.find('s'); name != nullptr && replace.session_name) {
    if (!session_name_) session_name_ = std::string(name->value());
    out.session.set('s', *session_name_);
  }
  auto origin = out.origin();
  if (replace.origin) origin.set_address(address);
  if (replace.username) {
    if (!username_) username_ = origin.username;
    origin.username = *username_;
  }
  if (replace.sdp_version || replace.force_increment_version) {
    origin.version = next_version(out, origin, replace.force_increment_version);
  }
  if (replace.origin || replace.username || replace.sdp_version || replace.force_increment_version) {
    out.session.set('o', origin.to_string());
  }
}

}  // namespace control
