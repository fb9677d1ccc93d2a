// Any text as a configuration file: an error or a configuration, never a crash.
#include "mediad/config.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  mediad::Configuration configuration;
  const auto applied =
      mediad::apply_config_text({reinterpret_cast<const char*>(data), size}, "fuzz", "", configuration);
  if (!applied && applied.error().text.empty()) __builtin_trap();
  return 0;
}
