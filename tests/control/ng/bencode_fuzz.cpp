#include <cstdint>
#include <cstdlib>
#include <span>

#include "control/ng/bencode.h"
#include "control/ng/request.h"
#include "mediad/base/byte_io.h"

/// Whatever decodes must encode to something that decodes to the same value, and must parse as a request or
/// not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = control::ng::decode_bencode(base::as_text(std::as_bytes(std::span{data, size})));
  if (!value) return 0;
  std::string text;
  control::ng::encode_bencode(*value, text);
  const auto again = control::ng::decode_bencode(text);
  if (!again || !(*again == *value)) std::abort();
  (void)control::ng::parse_request(*value);
  return 0;
}
