#pragma once
/// \file
/// Which instruction set the kernels use. Decided once, from what the CPU and the kernel offer and from the
/// environment variable MEDIAD_SIMD (scalar, sse41, avx2 or avx512), which can only lower the choice.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace codecs::simd {

/// Instruction sets that kernels are written for, weakest first. kAvx512 stands for F, BW, DQ and VL.
enum class Target : std::uint8_t { kScalar, kSse41, kAvx2, kAvx512 };

/// The strongest target that this machine can run. Any thread.
[[nodiscard]] Target detected();

/// The target in use: detected(), or what MEDIAD_SIMD asks for if that is weaker. Read once, at the first
/// call. Any thread.
[[nodiscard]] Target selected();

/// Every target that this machine can run, weakest first: what a test of kernels loops over.
[[nodiscard]] std::span<const Target> runnable();

/// The word for a target in MEDIAD_SIMD, logs and benchmark tables.
[[nodiscard]] std::string_view name(Target target);
[[nodiscard]] std::optional<Target> parse_target(std::string_view text);

/// The weaker of what is wanted and what the machine has; a word that is no target wants the machine's best.
[[nodiscard]] Target choose(std::string_view wanted, Target machine);

}  // namespace codecs::simd
