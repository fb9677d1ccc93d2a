#pragma once
/// \file
/// The one list of codecs. Written out by hand: a new codec is its file pair and a line in registry.cpp.

#include <span>
#include <string_view>

#include "codecs/codec.h"

namespace codecs {

/// Chosen once at start, before the first call.
struct EngineOptions {
  std::string_view g729_engine = "native";  ///< "native" or "bcg729"
};
void select_engines(const EngineOptions& options);

/// Every audio codec, in our own order of preference. Any thread after select_engines().
[[nodiscard]] std::span<const Codec* const> all();

/// The codec that speaks this format, or nullptr (telephone-event, CN and unknown encodings are no codecs).
[[nodiscard]] const Codec* find(const Format& format);
[[nodiscard]] const Codec* find(std::string_view encoding);

/// The format of a static payload type (RFC 3551 tables 4 and 5), or nullptr.
[[nodiscard]] const Format* static_format(std::uint8_t payload_type);

/// RFC 4733 and RFC 3389: payloads that are no speech codec but that we understand.
[[nodiscard]] bool is_telephone_event(const Format& format);
[[nodiscard]] bool is_comfort_noise(const Format& format);

}  // namespace codecs
