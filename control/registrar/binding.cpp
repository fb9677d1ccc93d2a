#include "control/registrar/binding.h"

#include "control/sip/wire/name_addr.h"
#include "control/sip/wire/uri.h"

namespace control {

bool Binding::replaces(const Binding& other) const {
  if (reg_id != 0 && other.reg_id != 0) return instance == other.instance && reg_id == other.reg_id;
  const auto mine = sip::Uri::parse(contact);
  const auto theirs = sip::Uri::parse(other.contact);
  return mine && theirs && sip::equivalent(*mine, *theirs);
}

std::optional<sip::Target> target_of(const Binding& binding) {
  std::string_view path = binding.path;
  if (!path.empty()) {
    const auto first = sip::NameAddr::take(path);
    if (first) return sip::Target::to(first->uri.text);
  }
  if (binding.flow_is_alive) return sip::Target::over(binding.flow);
  return std::nullopt;
}

}  // namespace control
