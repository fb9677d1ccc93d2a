#pragma once
/// \file
/// Media from one endpoint of a session to another, as the worker carries it out.

#include <array>
#include <cstdint>
#include <memory>

#include "dataplane/api/session_plan.h"
#include "dataplane/endpoint.h"
#include "dataplane/octet_map.h"
#include "dataplane/translator.h"

namespace dataplane {

/// What becomes of one payload type, in two octets.
struct PayloadAction {
  RuleKind kind : 4 {RuleKind::kDrop};
  bool listed : 1 {false};  ///< a rule of the plan names it
  std::uint8_t out{0};
};

/// A FlowPlan made ready for packets. One worker.
struct Flow {
  Endpoint* to{nullptr};
  Flow* next{nullptr};  ///< the next flow from the same endpoint
  FlowMode mode{FlowMode::kRelay};
  bool active{true};
  bool relay_unlisted{true};
  const FlowPlan* plan{nullptr};
  std::unique_ptr<Translator> translator;  ///< kTranslate only
  const OctetMap* payload_map{nullptr};    ///< kRelay: what kTranscode does to a payload
  std::array<PayloadAction, kPayloadTypes> actions{};
};

}  // namespace dataplane
