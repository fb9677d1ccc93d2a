#include "control/ng/value.h"

#include <charconv>

namespace control::ng {

Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

std::optional<std::int64_t> Value::as_number() const {
  if (const auto* n = number()) return *n;
  const auto* t = text();
  if (t == nullptr) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(t->data(), t->data() + t->size(), value);
  if (ec != std::errc{} || end != t->data() + t->size()) return std::nullopt;
  return value;
}

std::string Value::as_text() const {
  if (const auto* t = text()) return *t;
  if (const auto* n = number()) return std::to_string(*n);
  return {};
}

const Value* Value::find(std::string_view key) const {
  const auto* entries = dictionary();
  if (entries == nullptr) return nullptr;
  for (const auto& [name, value] : *entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

}  // namespace control::ng
