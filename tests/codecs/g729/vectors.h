#pragma once
/// \file
/// The ITU-T conformance vectors in tests/data/g729.

#include <cstdint>
#include <string>
#include <vector>

#include "codecs/g729/decoder.h"

namespace codecs::g729 {

/// One frame of a bitstream vector.
struct VectorFrame {
  bool erased;
  std::vector<std::uint8_t> octets;  ///< 10, 2 (SID) or none (not transmitted)
};

struct Vector {
  std::vector<std::int16_t> in;  ///< empty where the vector is for decoders only
  std::vector<VectorFrame> bits;
  std::vector<std::int16_t> out;  ///< what the decoder makes of bits
};

[[nodiscard]] Vector load_vector(const std::string& name);

/// A frame as a receiver sorts it by its size.
[[nodiscard]] ReceivedFrame received(const VectorFrame& frame);

/// Names for load_vector().
inline const std::vector<std::string> kAnnexA = {"a_algthm", "a_fixed", "a_lsp",
                                                 "a_parity", "a_tame",  "a_test"};
inline const std::vector<std::string> kAnnexB = {"b_tstseq1", "b_tstseq2", "b_tstseq4", "b_tstseq6"};

}  // namespace codecs::g729
