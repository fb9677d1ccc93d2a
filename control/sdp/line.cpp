#include "control/sdp/line.h"

#include <algorithm>

#include "control/sdp/text.h"

namespace control::sdp {
namespace {

/// Place of a line type within its section (RFC 8866 §5); a type that we do not know goes to the end.
std::size_t rank(char type) {
  constexpr std::string_view kOrder = "vosiuepcbtrzkam";
  return std::min(kOrder.find(type), kOrder.size());
}

}  // namespace

Line::Line(char type, std::string_view value) {
  text_.reserve(value.size() + 2);
  text_.push_back(type);
  text_.push_back('=');
  text_.append(value);
}

Line Line::attribute(std::string_view name, std::string_view value) {
  std::string text = "a=";
  text.append(name);
  if (!value.empty()) text.append(":").append(value);
  return Line(std::move(text));
}

std::string_view Line::attribute_name() const {
  if (type() != 'a') return {};
  const auto all = value();
  return all.substr(0, all.find(':'));
}

std::string_view Line::attribute_value() const {
  if (type() != 'a') return {};
  const auto all = value();
  const auto colon = all.find(':');
  return colon == std::string_view::npos ? std::string_view{} : trim(all.substr(colon + 1));
}

bool Line::is_attribute(std::string_view name) const {
  if (type() != 'a' || !value().starts_with(name)) return false;
  const auto rest = value().substr(name.size());
  return rest.empty() || rest.front() == ':';
}

const Line* Section::find(char type) const {
  const auto at = std::ranges::find(lines_, type, &Line::type);
  return at == lines_.end() ? nullptr : &*at;
}

const Line* Section::find_attribute(std::string_view name) const {
  const auto at = std::ranges::find_if(lines_, [name](const Line& line) { return line.is_attribute(name); });
  return at == lines_.end() ? nullptr : &*at;
}

std::optional<std::string_view> Section::attribute(std::string_view name) const {
  const auto* line = find_attribute(name);
  if (line == nullptr) return std::nullopt;
  return line->attribute_value();
}

void Section::set(char type, std::string_view value) {
  const auto at = std::ranges::find(lines_, type, &Line::type);
  if (at != lines_.end()) {
    *at = Line(type, value);
    return;
  }
  const auto behind =
      std::ranges::find_if(lines_, [type](const Line& line) { return rank(line.type()) > rank(type); });
  lines_.insert(behind, Line(type, value));
}

void Section::set_attribute(std::string_view name, std::string_view value) {
  const auto is_it = [name](const Line& line) { return line.is_attribute(name); };
  const auto first = std::ranges::find_if(lines_, is_it);
  if (first == lines_.end()) {
    add_attribute(name, value);
    return;
  }
  *first = Line::attribute(name, value);
  lines_.erase(std::remove_if(first + 1, lines_.end(), is_it), lines_.end());
}

}  // namespace control::sdp
