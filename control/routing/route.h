#pragma once
/// \file
/// Where a call goes, as a pure function. It takes an origin that only the gate can make: who is not
/// authenticated cannot even be refused by name.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "control/auth/account.h"
#include "control/auth/auth_gate.h"
#include "control/registrar/binding.h"
#include "control/routing/routing_table.h"
#include "control/sip/wire/uri.h"

namespace control {

/// Ring all bindings of each user; with one_after_another a user rings when the one before did not answer.
struct RingUsers {
  struct Ring {
    std::string user;
    std::vector<Binding> bindings;
  };
  std::vector<Ring> rings;
  bool one_after_another{false};
};

/// Try these trunks in order until one takes the call (the next one on 5xx, 408 or no answer at all).
struct CallTrunk {
  struct Choice {
    std::string trunk;
    std::string uri;  ///< Request-URI with the rewritten number
  };
  std::vector<Choice> choices;
};

/// Answer with a service of our own.
struct AnswerHere {
  TestService service;
};

/// 403 not allowed, 404 no such number, 480 known but not reachable now, 484 no number at all, 503 no trunk
/// of the route is alive.
struct RefuseCall {
  std::uint16_t status;
};

struct Decision {
  std::variant<RingUsers, CallTrunk, AnswerHere, RefuseCall> action;
  /// For the operator (`route test`), never for the peer.
  std::string why;
};

/// What routing knows besides the table.
struct RoutingView {
  const RoutingTable& table;
  const Accounts& accounts;
  std::function<std::vector<Binding>(std::string_view user)> bindings_of;
  /// A number in [0, n], for weights.
  std::function<std::uint32_t(std::uint32_t n)> draw;
  /// False for a trunk that does not answer; without it all do.
  std::function<bool(std::string_view trunk)> is_alive{};
};

/// Control thread; allocates.
[[nodiscard]] Decision route(const AuthenticatedOrigin& origin, const sip::Uri& request_uri,
                             const RoutingView& view);

/// The number or name that a URI dials: user part unescaped, without visual separators if it is a number.
[[nodiscard]] std::string dialled_number(const sip::Uri& uri);

}  // namespace control
