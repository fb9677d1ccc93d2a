#pragma once
/// \file
/// The payload type numbers of one stream towards one side, over the life of a call: a number once given to a
/// format stays with it (RFC 3264 §8.3.2).

#include <bitset>
#include <optional>
#include <vector>

#include "control/negotiation/stream_view.h"

namespace control {

class PayloadNumbers {
 public:
  /// A new description is being written from an offer with these formats: no number is in use in it yet.
  void begin(const std::vector<PayloadFormat>& offered);
  /// The other side itself gave this number to this format.
  void learn(const PayloadFormat& payload);
  /// The number for a format of the offer: its own where it means the same here or nothing yet, else what the
  /// format had before, else a dynamic one. nullopt if none is left.
  [[nodiscard]] std::optional<std::uint8_t> keep(const PayloadFormat& payload);
  /// The number for a format that the offer lacks: what it had before, else `preferred`, else its static one,
  /// else a dynamic one that the offer leaves free (RFC 3551 §6, then the unassigned 35..63). nullopt if none
  /// is left.
  [[nodiscard]] std::optional<std::uint8_t> add(const codecs::Format& format,
                                                std::optional<std::uint8_t> preferred = {});

 private:
  [[nodiscard]] const codecs::Format* known(std::uint8_t number) const;
  [[nodiscard]] bool is_free(std::uint8_t number) const { return !used_[number] && known(number) == nullptr; }
  [[nodiscard]] std::optional<std::uint8_t> known_number(const codecs::Format& format) const;
  [[nodiscard]] std::optional<std::uint8_t> dynamic_number() const;
  std::optional<std::uint8_t> take(std::optional<std::uint8_t> number, const codecs::Format& format);

  std::vector<PayloadFormat> known_;  ///< each number once; few, so searched one by one
  std::bitset<128> used_;             ///< in the description being written
  std::bitset<128> offered_;          ///< by the offer that it is written from
};

}  // namespace control
