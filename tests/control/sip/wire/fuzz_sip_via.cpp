// Any text as one Via; what is accepted lies within the text.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "control/sip/wire/via.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto value = control::sip::Via::parse(text);
  if (!value) return 0;
  if (value->host.empty() || value->text.data() + value->text.size() > text.data() + text.size())
    std::abort();
  (void)value->param("received");
  return 0;
}
