#include "codecs/simd/dispatch.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace codecs::simd {
namespace {

constexpr std::array kAll{Target::kScalar, Target::kSse41, Target::kAvx2, Target::kAvx512};
constexpr std::array<std::string_view, kAll.size()> kNames{"scalar", "sse41", "avx2", "avx512"};

Target ask_cpu() {
#if defined(__x86_64__)
  // The compiler's built-in also asks XGETBV whether the operating system saves the wide registers.
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return Target::kAvx512;
  }
  if (__builtin_cpu_supports("avx2")) return Target::kAvx2;
  if (__builtin_cpu_supports("sse4.1")) return Target::kSse41;
#endif
  return Target::kScalar;
}

}  // namespace

Target detected() {
  static const Target target = ask_cpu();
  return target;
}

Target selected() {
  static const Target target = [] {
    const char* wanted = std::getenv("MEDIAD_SIMD");
    return choose(wanted == nullptr ? std::string_view{} : wanted, detected());
  }();
  return target;
}

std::span<const Target> runnable() {
  return std::span{kAll}.first(static_cast<std::size_t>(detected()) + 1);
}

std::string_view name(Target target) {
  return kNames[static_cast<std::size_t>(target)];
}

std::optional<Target> parse_target(std::string_view text) {
  const auto found = std::ranges::find(kNames, text);
  if (found == kNames.end()) return std::nullopt;
  return kAll[static_cast<std::size_t>(found - kNames.begin())];
}

Target choose(std::string_view wanted, Target machine) {
  return std::min(parse_target(wanted).value_or(machine), machine);
}

}  // namespace codecs::simd
