#pragma once
/// \file
/// What an ng message carries, whichever way it was encoded: text, whole numbers, lists and dictionaries.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace control::ng {

/// Limits of a message. The size is that of a UDP datagram; nothing in the protocol nests deeper than a query
/// reply, which has seven levels.
inline constexpr std::size_t kMaxMessage = 65535;
inline constexpr std::size_t kMaxDepth = 16;

/// One value. A dictionary keeps the order in which its keys came; keys may repeat, then the first counts.
/// Control thread; allocates.
class Value {
 public:
  using List = std::vector<Value>;
  using Entry = std::pair<std::string, Value>;
  using Dictionary = std::vector<Entry>;

  Value() : data_(std::string{}) {}
  Value(std::string text) : data_(std::move(text)) {}             // NOLINT: implicit by design
  Value(std::string_view text) : data_(std::string{text}) {}      // NOLINT: implicit by design
  Value(const char* text) : data_(std::string{text}) {}           // NOLINT: implicit by design
  Value(std::int64_t number) : data_(number) {}                   // NOLINT: implicit by design
  Value(List list) : data_(std::move(list)) {}                    // NOLINT: implicit by design
  Value(Dictionary dictionary) : data_(std::move(dictionary)) {}  // NOLINT: implicit by design

  // Out of line: five containers' worth of inlined moves makes neither fast code nor readable warnings.
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();

  [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const std::int64_t* number() const { return std::get_if<std::int64_t>(&data_); }
  [[nodiscard]] const List* list() const { return std::get_if<List>(&data_); }
  [[nodiscard]] const Dictionary* dictionary() const { return std::get_if<Dictionary>(&data_); }
  [[nodiscard]] List* list() { return std::get_if<List>(&data_); }
  [[nodiscard]] Dictionary* dictionary() { return std::get_if<Dictionary>(&data_); }

  /// A number, or a text that is one: clients write delete-delay=5 either way.
  [[nodiscard]] std::optional<std::int64_t> as_number() const;
  /// A text, or the digits of a number; empty for lists and dictionaries.
  [[nodiscard]] std::string as_text() const;
  /// The first entry of this key in a dictionary; nullptr if there is none or this is no dictionary.
  [[nodiscard]] const Value* find(std::string_view key) const;

  bool operator==(const Value&) const = default;

 private:
  std::variant<std::string, std::int64_t, List, Dictionary> data_;
};

}  // namespace control::ng
