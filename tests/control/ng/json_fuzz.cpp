#include <cstdint>
#include <cstdlib>
#include <span>

#include "control/ng/json.h"
#include "control/ng/request.h"
#include "mediad/base/byte_io.h"

/// Whatever decodes must encode to something that decodes, and must parse as a request or not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = control::ng::decode_json(base::as_text(std::as_bytes(std::span{data, size})));
  if (!value) return 0;
  std::string text;
  control::ng::encode_json(*value, text);
  if (text.size() <= control::ng::kMaxMessage && !control::ng::decode_json(text)) std::abort();
  (void)control::ng::parse_request(*value);
  return 0;
}
