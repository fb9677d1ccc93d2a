#pragma once
/// \file
/// The SIP side's figures in the Prometheus text format.

#include <string>

#include "control/sip_service/sip_service.h"

namespace control {

/// Families of their own, to be put behind those of the media. Control thread.
[[nodiscard]] std::string print_sip_metrics(const SipService& service);

}  // namespace control
