#pragma once
/// \file
/// Methods that mediad knows. Method names are case-sensitive and never escaped (RFC 3261 §7.1).

#include <cstdint>
#include <string_view>

namespace control::sip {

enum class Method : std::uint8_t {
  kUnknown,
  kInvite,
  kAck,
  kBye,
  kCancel,
  kOptions,
  kRegister,
  kPrack,
  kUpdate,
  kInfo,
  kRefer,
  kNotify,
  kSubscribe,
  kMessage,
  kPublish,
};

[[nodiscard]] Method method_of(std::string_view name);
/// The name on the wire; empty for kUnknown.
[[nodiscard]] std::string_view name_of(Method method);

}  // namespace control::sip
