#include "control/negotiation/codec_spec.h"

#include "control/sdp/text.h"

namespace control {
namespace {

/// Takes the next field off the front of `text`; the last one takes the rest.
std::string_view next_field(std::string_view& text) {
  const auto slash = text.find('/');
  const auto field = text.substr(0, slash);
  text = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
  return field;
}

/// True unless the field holds something that is no number.
template <typename T>
bool read_number(std::string_view field, T& into) {
  if (field.empty()) return true;
  const auto number = sdp::parse_number<T>(field);
  if (number) into = *number;
  return number.has_value();
}

template <typename T>
bool read_number(std::string_view field, std::optional<T>& into) {
  if (field.empty()) return true;
  into = sdp::parse_number<T>(field);
  return into.has_value();
}

std::string unescape(std::string_view field) {
  std::string text(field);
  for (auto at = text.find("--"); at != std::string::npos; at = text.find("--", at + 1))
    text.replace(at, 2, "=");
  return text;
}

}  // namespace

std::optional<CodecSpec> CodecSpec::parse(std::string_view text) {
  CodecSpec spec;
  spec.encoding = next_field(text);
  const bool numbers =
      read_number(next_field(text), spec.clock_rate) && read_number(next_field(text), spec.channels) &&
      read_number(next_field(text), spec.bit_rate) && read_number(next_field(text), spec.ptime_ms);
  if (spec.encoding.empty() || !numbers) return std::nullopt;
  spec.fmtp = unescape(next_field(text));
  return spec;
}

bool CodecSpec::matches(const codecs::Format& format) const {
  return sdp::equal_fold(encoding, format.encoding) && (!clock_rate || *clock_rate == format.clock_rate.hz) &&
         (!channels || *channels == format.channels);
}

}  // namespace control
