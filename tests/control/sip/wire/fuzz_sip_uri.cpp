// Any text as one Uri; what is accepted lies within the text.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "control/sip/wire/uri.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto value = control::sip::Uri::parse(text);
  if (!value) return 0;
  if (!control::sip::equivalent(*value, *value)) std::abort();
  if (value->is_sip() && value->host.empty()) std::abort();
  (void)value->param("lr");
  return 0;
}
