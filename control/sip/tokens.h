#pragma once
/// \file
/// Random text for branches, tags, Call-IDs and nonces.

#include <array>
#include <cstdint>
#include <string>

namespace control::sip {

/// 64 bits a token from the kernel's generator, read in blocks: who cannot see our packets cannot guess a
/// branch, and so cannot answer in another's name. One thread.
class Tokens {
 public:
  Tokens() = default;
  /// Predictable, for tests: 1, 2, 3 …
  [[nodiscard]] static Tokens counting() {
    Tokens t;
    t.counts_ = true;
    return t;
  }

  /// 16 hexadecimal digits.
  std::string next();

 private:
  std::array<std::uint64_t, 64> pool_{};
  std::size_t left_{0};
  std::uint64_t count_{0};
  bool counts_{false};
};

}  // namespace control::sip
