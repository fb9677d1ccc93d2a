/// Whatever parses must print to something that parses to the same print.

#include <cstdint>
#include <cstdlib>

#include "control/sdp/session_description.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using control::sdp::SessionDescription;
  const auto first = SessionDescription::parse({reinterpret_cast<const char*>(data), size});
  if (!first) return 0;
  for (const auto& media : first->medias) {
    static_cast<void>(first->connection(media));
    static_cast<void>(first->direction(media));
  }
  const auto printed = first->print();
  const auto second = SessionDescription::parse(printed);
  if (printed.size() > control::sdp::kMaxSize) return 0;  // bare line feeds grew to CRLF
  if (!second || second->print() != printed) std::abort();
  return 0;
}
