#pragma once
/// \file
/// CSeq and RAck (RFC 3261 §20.16, RFC 3262 §7.2).

#include <cstdint>
#include <optional>
#include <string_view>

namespace control::sip {

/// Sequence numbers stay below 2^31 (RFC 3261 §8.1.1.5).
inline constexpr std::uint32_t kMaxSequence = 0x7fffffff;

/// A view on a CSeq value. Any thread, no allocation.
struct CSeq {
  std::uint32_t number{0};
  std::string_view method;

  [[nodiscard]] static std::optional<CSeq> parse(std::string_view text);
};

/// A view on a RAck value: the RSeq that is acknowledged and the CSeq it belonged to.
struct RAck {
  std::uint32_t response_number{0};
  CSeq cseq;

  [[nodiscard]] static std::optional<RAck> parse(std::string_view text);
};

}  // namespace control::sip
