#pragma once
/// \file
/// Comfort noise (RFC 3389) for codecs that have no discontinuous transmission of their own: a background
/// noise told by its level and the shape of its spectrum, and made up again from these. Lost state does no
/// harm: each payload stands alone.

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "mediad/base/byte_io.h"
#include "mediad/base/units.h"

namespace codecs {

/// What a CN payload says.
struct NoiseDescription {
  static constexpr std::size_t kMaxOrder = 10;  ///< more is cut off (RFC 3389 §3)

  std::uint8_t level{127};  ///< below the overload point: 0..127 stands for 0 to -127 dBov (§3.1)
  std::uint8_t order{0};
  std::array<float, kMaxOrder> reflection{};  ///< of the all-pole model (§3.2), each within -1..1

  /// Reads a payload; nullopt if it is empty.
  [[nodiscard]] static std::optional<NoiseDescription> parse(base::Octets payload) noexcept;

  /// Writes 1 + order octets, or as many as there is room for; returns how many.
  std::size_t print(base::MutableOctets payload) const noexcept;

  /// Level and spectrum of what is heard; `order` at most kMaxOrder, 0 for white noise. No allocation.
  [[nodiscard]] static NoiseDescription measure(std::span<const std::int16_t> pcm,
                                                std::uint8_t order) noexcept;
};

/// Makes noise after the last description. One stream, one thread at a time; no allocation.
class ComfortNoise {
 public:
  /// `seed`: any number; streams that are mixed should have different ones.
  explicit ComfortNoise(std::uint32_t seed) : random_(seed | 1U) {}

  /// From the next sample on; a change of level glides with a time constant of 160 samples.
  void describe(const NoiseDescription& description) noexcept;

  void generate(std::span<std::int16_t> pcm) noexcept;

 private:
  NoiseDescription description_;
  std::array<float, NoiseDescription::kMaxOrder + 1> lattice_{};
  float gain_{0};
  float wanted_gain_{0};
  std::uint32_t random_;
};

}  // namespace codecs
