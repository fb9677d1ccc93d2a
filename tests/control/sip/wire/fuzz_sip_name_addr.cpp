// Any text as one NameAddr; what is accepted lies within the text.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "control/sip/wire/name_addr.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto value = control::sip::NameAddr::parse(text);
  if (!value) return 0;
  if (value->uri.text.empty() || value->uri.text.find('>') != std::string_view::npos) std::abort();
  (void)value->display_name();
  (void)value->tag();
  return 0;
}
