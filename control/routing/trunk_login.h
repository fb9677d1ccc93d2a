#pragma once
/// \file
/// What we are at a trunk, and how we keep in touch with it.

#include <cstdint>
#include <string>

#include "control/auth/digest_client.h"

namespace control {

struct TrunkLogin {
  std::string trunk;
  Credentials credentials;  ///< without a user we answer no challenge
  bool registers{false};
  std::uint32_t expires{600};        ///< seconds that a registration is asked for
  std::uint32_t options_seconds{0};  ///< between two OPTIONS; 0: none, and the trunk is taken to be alive

  bool operator==(const TrunkLogin&) const = default;
};

}  // namespace control
