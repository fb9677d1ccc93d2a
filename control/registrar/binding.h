#pragma once
/// \file
/// One place where a user can be reached (RFC 3261 §10, RFC 5626, RFC 3327).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/sip/flow_id.h"
#include "control/sip/sip_port.h"
#include "mediad/base/clock.h"

namespace control {

struct Binding {
  std::string user;
  std::string contact;      ///< URI as registered
  std::string instance;     ///< value of +sip.instance with its quotes; empty without one
  std::uint32_t reg_id{0};  ///< RFC 5626; 0 without outbound
  std::uint16_t q{1000};    ///< preference in thousandths
  std::string path;         ///< Route values to be set, in order; empty without Path
  sip::FlowId flow;         ///< what the REGISTER came over
  bool flow_is_alive{true};
  std::string call_id;
  std::uint32_t cseq{0};
  std::string user_agent;
  base::Instant expires;

  /// Two registrations of the same phone replace each other: by instance and reg-id with outbound (RFC 5626
  /// §6), else by the contact's URI.
  [[nodiscard]] bool replaces(const Binding& other) const;
};

/// How a request gets to a binding: over its flow, unless a proxy with a Path stands between. nullopt if its
/// flow is gone and nothing else leads there (a browser, a phone behind NAT).
[[nodiscard]] std::optional<sip::Target> target_of(const Binding& binding);

}  // namespace control
