#pragma once
/// \file
/// What numbers mean: extensions, groups, DIDs, trunks and the routes to them. Plain values, filled from the
/// configuration.

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace control {

/// Several users that ring for one number.
struct RingGroup {
  std::vector<std::string> users;
  bool one_after_another{false};
};

/// Extensions that mediad answers by itself.
enum class TestService : std::uint8_t { kEcho, kMilliwatt, kMusic, kTranscodingLoop };

struct ToUser {
  std::string user;
};
struct ToGroup {
  std::string group;
};
struct ToTrunkNumber {
  std::string trunk;
  std::string number;
};
/// Where a number of ours leads.
using NumberTarget = std::variant<ToUser, ToGroup, ToTrunkNumber, TestService>;

/// A trunk as routing sees it.
struct Trunk {
  std::string name;
  /// "sip:gw.example.net;transport=tls": host, port and parameters of its Request-URIs.
  std::string uri;
  bool enabled{true};
  /// A proxy that we trust may dial our users' extensions; a carrier may not, it dials DIDs.
  bool may_dial_extensions{false};
};

/// Numbers with this prefix go to these trunks, after `strip` digits were cut and `prepend` was put before
/// the rest.
struct TrunkRoute {
  struct Choice {
    std::string trunk;
    std::uint32_t priority{0};  ///< lower first
    std::uint32_t weight{1};    ///< share among equal priorities
  };
  std::string prefix;
  std::size_t strip{0};
  std::string prepend;
  std::vector<Choice> choices;
};

struct RoutingTable {
  /// Hosts that are ours in a Request-URI; none: every host is taken to be us.
  std::vector<std::string> domains;
  std::map<std::string, NumberTarget, std::less<>> extensions;  ///< what users dial
  std::map<std::string, NumberTarget, std::less<>> dids;        ///< what carriers dial
  std::map<std::string, RingGroup, std::less<>> groups;
  std::map<std::string, Trunk, std::less<>> trunks;
  std::vector<TrunkRoute> routes;
};

}  // namespace control
