#include "control/sip/wire/fields.h"

#include <fmt/format.h>

#include <array>

#include "control/sip/wire/chars.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

template <std::size_t N>
std::optional<unsigned> index_of(const std::array<std::string_view, N>& names, std::string_view name) {
  for (unsigned i = 0; i < N; ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

}  // namespace

std::optional<SessionExpires> SessionExpires::parse(std::string_view text) {
  SessionExpires result;
  const auto seconds = take_delta_seconds(text);
  if (!seconds) return std::nullopt;
  result.seconds = *seconds;
  const auto params = take_params(text);
  if (!params || !text.empty()) return std::nullopt;
  if (const auto refresher = find_param(*params, "refresher")) {
    if (equal_ignoring_case(*refresher, "uac")) {
      result.refresher = Refresher::kUac;
    } else if (equal_ignoring_case(*refresher, "uas")) {
      result.refresher = Refresher::kUas;
    } else {
      return std::nullopt;
    }
  }
  return result;
}

std::optional<Replaces> Replaces::parse(std::string_view text) {
  Replaces result;
  std::size_t length = span_of(text, kWordChar);
  if (length > 0 && length < text.size() && text[length] == '@')
    length += 1 + span_of(text.substr(length + 1), kWordChar);
  result.call_id = text.substr(0, length);
  text.remove_prefix(length);
  const auto params = take_params(text);
  if (result.call_id.empty() || !params || !text.empty()) return std::nullopt;
  result.to_tag = find_param(*params, "to-tag").value_or(std::string_view{});
  result.from_tag = find_param(*params, "from-tag").value_or(std::string_view{});
  result.early_only = find_param(*params, "early-only").has_value();
  if (result.to_tag.empty() || result.from_tag.empty()) return std::nullopt;
  return result;
}

std::optional<Reason> Reason::parse(std::string_view text) {
  Reason result;
  result.protocol = take_run(text, kTokenChar);
  const auto params = take_params(text);
  if (result.protocol.empty() || !params) return std::nullopt;
  result.cause = parse_number(find_param(*params, "cause").value_or("0"), 999).value_or(0);
  result.text = find_param(*params, "text").value_or(std::string_view{});
  return result;
}

std::optional<MediaType> MediaType::take(std::string_view& text) {
  MediaType result;
  skip_space(text);
  result.type = take_run(text, kTokenChar);
  if (result.type.empty() || !control::sip::take(text, '/')) return std::nullopt;
  result.subtype = take_run(text, kTokenChar);
  const auto params = take_params(text);
  if (result.subtype.empty() || !params) return std::nullopt;
  result.params = *params;
  skip_space(text);
  if (!text.empty() && text.front() != ',') return std::nullopt;
  return result;
}

std::optional<MediaType> MediaType::parse(std::string_view text) {
  const auto result = take(text);
  return text.empty() ? result : std::nullopt;
}

bool MediaType::is(std::string_view type_name, std::string_view subtype_name) const {
  return equal_ignoring_case(type, type_name) && equal_ignoring_case(subtype, subtype_name);
}

std::optional<std::chrono::sys_seconds> parse_date(std::string_view text) {
  // Sat, 13 Nov 2010 23:29:00 GMT
  constexpr std::string_view kShape = "???, ?? ??? ???? ??:??:?? GMT";
  if (text.size() != kShape.size() || !index_of(kDays, text.substr(0, 3))) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] != '?' && kShape[i] != text[i]) return std::nullopt;
  }
  const auto day = parse_number(text.substr(5, 2), 31);
  const auto month = index_of(kMonths, text.substr(8, 3));
  const auto year = parse_number(text.substr(12, 4), 9999);
  const auto hour = parse_number(text.substr(17, 2), 23);
  const auto minute = parse_number(text.substr(20, 2), 59);
  const auto second = parse_number(text.substr(23, 2), 60);
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{*month + 1}, std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second};
}

std::string print_date(std::chrono::sys_seconds time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{time - days};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[std::chrono::weekday{days}.c_encoding()], static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace control::sip
