#pragma once
/// \file
/// What a REGISTER wants, read out of it and checked for itself.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "control/registrar/binding.h"
#include "control/sip/sip_port.h"

namespace control {

/// The contacts of one REGISTER; `seconds` is what each wants, 0 to be removed, nullopt for the default.
struct RegisterWish {
  struct Contact {
    Binding binding;  ///< without user and expiry
    std::optional<std::uint32_t> seconds;
  };
  bool remove_all{false};  ///< Contact: *
  std::vector<Contact> contacts;
  bool uses_outbound{false};
};

/// Why a REGISTER makes no sense: 400 with a phrase, 421 without the support that its Path needs.
struct RegisterFault {
  std::uint16_t status;
  std::string reason;
};

[[nodiscard]] std::variant<RegisterWish, RegisterFault> read_register(const sip::Request& request);

}  // namespace control
