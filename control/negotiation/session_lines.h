#pragma once
/// \file
/// The session part of the descriptions that one side gets: whose name, whose version.

#include <cstdint>
#include <optional>
#include <string>

#include "control/negotiation/policy.h"
#include "control/sdp/session_description.h"

namespace control {

class SessionLines {
 public:
  /// Rewrites o= and s= of a finished description as the policy says. `address` is ours towards this
  /// side.
  void write(sdp::SessionDescription& out, const ReplaceFlags& replace, const base::IpAddress& address);

 private:
  [[nodiscard]] std::string next_version(const sdp::SessionDescription& out, sdp::Origin origin, bool force);

  std::optional<std::string> username_;
  std::optional<std::string> session_name_;
  std::string version_;
  std::size_t body_{0};  ///< hash of the last description, less its version
};

}  // namespace control
