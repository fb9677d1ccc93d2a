#pragma once
/// \file
/// Real encoded speech to send: a wav file, encoded once before the run, played in a loop.

#include <cstdint>
#include <string>
#include <vector>

#include "codecs/format.h"
#include "mediad/base/result.h"

namespace bench {

struct SpeechPayloads {
  codecs::Format format;
  std::uint8_t payload_type{0};
  std::uint32_t ticks_per_packet{160};
  std::vector<std::vector<std::byte>> packets;  ///< 20 ms each
};

/// `encoding` is PCMU, PCMA, G722, G729 or opus; `wav_path` a 16 bit mono wav of 8, 16 or 48 kHz that the
/// codec can take (it is decimated by plain averaging where its rate is higher: good enough for load).
[[nodiscard]] base::Result<SpeechPayloads> encode_speech(const std::string& encoding,
                                                         const std::string& wav_path);

}  // namespace bench
