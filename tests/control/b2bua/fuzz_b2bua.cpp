// Sequences of SIP messages, failures and pauses through the whole B2BUA, over virtual time.

#include <cstdlib>
#include <iostream>

#include "tests/control/b2bua/b2bua_sequence.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  control::B2buaSequence sequence;
  if (const auto wrong = sequence.play({data, size}); !wrong.empty()) {
    std::cerr << wrong << '\n';
    std::abort();
  }
  return 0;
}
