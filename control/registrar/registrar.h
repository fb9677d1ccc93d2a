#pragma once
/// \file
/// Who can be reached where: REGISTER (RFC 3261 §10.3) with Path (RFC 3327) and outbound (RFC 5626).

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "control/auth/account.h"
#include "control/auth/auth_gate.h"
#include "control/registrar/binding.h"
#include "control/registrar/binding_store.h"
#include "control/sip/sip_port.h"
#include "mediad/base/clock.h"
#include "mediad/base/result.h"

namespace control {

struct RegistrarOptions {
  std::uint32_t min_expires{60};
  std::uint32_t default_expires{3600};
  /// Longer wishes are cut to this (RFC 3261 §10.3 step 6 lets us).
  std::uint32_t max_expires{3600};
  /// Flow-Timer of RFC 5626 §5.4 for connections: half a minute short of common NAT time-outs.
  std::uint32_t flow_timer{120};
};

struct RegistrarCounters {
  std::uint64_t accepted{0};
  std::uint64_t refused{0};
  std::uint64_t expired{0};
};

/// Control thread.
class Registrar {
 public:
  Registrar(const Accounts& accounts, RegistrarOptions options = {})
      : accounts_(accounts), options_(options) {}

  /// Serves an authenticated REGISTER; `wall` is for the Date of the answer. Only a user's own address can be
  /// registered.
  [[nodiscard]] sip::OutgoingResponse handle(const sip::Request& request, const AuthenticatedOrigin& origin,
                                             base::Instant now, base::WallTime wall);

  /// The user's live bindings, most preferred first. Of several flows of one phone (same instance) only the
  /// newest comes.
  [[nodiscard]] std::vector<Binding> bindings_of(std::string_view user, base::Instant now) const;
  /// A connection ended: what came over it can no longer be reached over it.
  void flow_down(const sip::FlowId& flow);
  /// Forgets what has expired; about once a second.
  void expire(base::Instant now);

  /// Takes in what a store kept; at the start.
  void restore(std::vector<Binding> bindings);
  /// What changed since the last call, for the store.
  [[nodiscard]] std::vector<BindingChange> take_changes();

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const RegistrarCounters& counters() const { return counters_; }

 private:
  using Bindings = std::vector<Binding>;

  [[nodiscard]] sip::OutgoingResponse refuse(std::uint16_t status, std::string reason = {});
  [[nodiscard]] sip::OutgoingResponse list(const sip::Request& request, const std::string& user,
                                           base::Instant now, base::WallTime wall);

  const Accounts& accounts_;
  RegistrarOptions options_;
  std::unordered_map<std::string, Bindings> by_user_;
  /// Whose bindings came over a connection.
  std::unordered_map<sip::FlowId, std::unordered_set<std::string>> by_flow_;
  std::unordered_set<std::string> changed_;
  RegistrarCounters counters_;
};

}  // namespace control
