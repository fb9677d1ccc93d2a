#include "control/sip/wire/message.h"

#include "control/sip/wire/chars.h"
#include "control/sip/wire/params.h"

namespace control::sip {

std::optional<std::string_view> Message::header(HeaderId id) const {
  for (const Field& f : fields_) {
    if (f.id == id) return text_of(f.value);
  }
  return std::nullopt;
}

std::optional<std::string_view> Message::header(std::string_view name) const {
  for (const Field& f : fields_) {
    if (f.id == HeaderId::kOther && equal_ignoring_case(text_of(f.name), name)) return text_of(f.value);
  }
  return std::nullopt;
}

bool Message::lists(HeaderId id, std::string_view token) const {
  bool found = false;
  for_each(id, [&](std::string_view list) {
    for_each_token(list, [&](std::string_view each) { found |= equal_ignoring_case(each, token); });
  });
  return found;
}

std::vector<NameAddr> Message::addresses(HeaderId id) const {
  std::vector<NameAddr> result;
  for_each(id, [&](std::string_view list) {
    do {
      const auto element = NameAddr::take(list, Leniency::all());
      if (!element) return;
      result.push_back(*element);
    } while (take(list, ','));
  });
  return result;
}

Via Message::top_via() const {
  auto value = text_of(top_via_);
  return Via::take(value).value_or(Via{});
}

NameAddr Message::from() const {
  return NameAddr::parse(header(HeaderId::kFrom).value_or(std::string_view{}), Leniency::all())
      .value_or(NameAddr{});
}

NameAddr Message::to() const {
  return NameAddr::parse(header(HeaderId::kTo).value_or(std::string_view{}), Leniency::all())
      .value_or(NameAddr{});
}

}  // namespace control::sip
