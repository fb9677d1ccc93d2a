#pragma once
/// \file
/// Runs whole signals through codecs packet by packet, as a worker would.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "codecs/codec.h"
#include "tests/codecs/speech.h"

namespace codecs::test {

using Packet = std::vector<std::byte>;

/// Every packet of `pcm`, whole ones only; an empty packet is a pause. Fails the test if a job is not ok.
std::vector<Packet> encode_all(const Codec& codec, Encoder& encoder, std::span<const std::int16_t> pcm,
                               std::size_t samples_per_packet);

/// True for a packet (by its number) that got lost.
using Lost = std::function<bool(std::size_t)>;

/// Conceals a gap and appends what is heard to `out`.
void conceal(const Codec& codec, Decoder& decoder, std::size_t samples, Pcm& out);

/// Decodes in order. Lost and empty packets are concealed for `samples_per_packet`, shorter ones filled up.
Pcm decode_all(const Codec& codec, Decoder& decoder, std::span<const Packet> packets,
               std::size_t samples_per_packet, const Lost& lost = {});

/// One packet through one decoder.
DecodeJob decode_one(const Codec& codec, Decoder& decoder, base::Octets payload, std::span<std::int16_t> pcm);

}  // namespace codecs::test
