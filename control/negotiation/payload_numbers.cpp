#include "control/negotiation/payload_numbers.h"

#include <algorithm>

#include "codecs/registry.h"

namespace control {
namespace {

std::optional<std::uint8_t> static_number(const codecs::Format& format) {
  const auto* codec = codecs::find(format);
  if (codec == nullptr || codec->info().static_payload_type == codecs::kDynamic) return std::nullopt;
  return codec->info().static_payload_type;
}

}  // namespace

void PayloadNumbers::begin(const std::vector<PayloadFormat>& offered) {
  used_.reset();
  offered_.reset();
  for (const auto& payload : offered) offered_.set(payload.number);
}

void PayloadNumbers::learn(const PayloadFormat& payload) {
  const auto at = std::ranges::find(known_, payload.number, &PayloadFormat::number);
  if (at == known_.end()) {
    known_.push_back(payload);
  } else {
    at->format = payload.format;
  }
}

const codecs::Format* PayloadNumbers::known(std::uint8_t number) const {
  const auto at = std::ranges::find(known_, number, &PayloadFormat::number);
  return at == known_.end() ? nullptr : &at->format;
}

std::optional<std::uint8_t> PayloadNumbers::known_number(const codecs::Format& format) const {
  std::optional<std::uint8_t> similar;
  for (const auto& known : known_) {
    if (used_[known.number] || !codecs::same_encoding(known.format, format)) continue;
    if (known.format.fmtp == format.fmtp) return known.number;
    if (!similar) similar = known.number;
  }
  return similar;
}

std::optional<std::uint8_t> PayloadNumbers::dynamic_number() const {
  const auto in_range = [this](std::uint8_t first, std::uint8_t end) -> std::optional<std::uint8_t> {
    for (auto number = first; number < end; ++number) {
      if (is_free(number) && !offered_[number]) return number;
    }
    return std::nullopt;
  };
  if (const auto number = in_range(96, 128)) return number;
  return in_range(35, 64);
}

std::optional<std::uint8_t> PayloadNumbers::take(std::optional<std::uint8_t> number,
                                                 const codecs::Format& format) {
  if (!number) return std::nullopt;
  learn({*number, format});
  used_.set(*number);
  return number;
}

std::optional<std::uint8_t> PayloadNumbers::keep(const PayloadFormat& payload) {
  const auto* here = known(payload.number);
  const bool same_here =
      here != nullptr && !used_[payload.number] && codecs::same_encoding(*here, payload.format);
  if (same_here) return take(payload.number, payload.format);
  if (const auto before = known_number(payload.format)) return take(before, payload.format);
  if (is_free(payload.number)) return take(payload.number, payload.format);
  return take(dynamic_number(), payload.format);
}

std::optional<std::uint8_t> PayloadNumbers::add(const codecs::Format& format,
                                                std::optional<std::uint8_t> preferred) {
  if (const auto before = known_number(format)) return take(before, format);
  if (preferred && is_free(*preferred) && !offered_[*preferred]) return take(preferred, format);
  if (const auto fixed = static_number(format); fixed && is_free(*fixed)) return take(fixed, format);
  return take(dynamic_number(), format);
}

}  // namespace control
