#include "control/ng/bencode.h"

#include <charconv>

namespace control::ng {
namespace {

using base::Error;
using base::Result;

constexpr std::size_t kUsualEntries = 16;  // of an offer; more cost a copy

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Value> value(std::size_t depth) {
    if (at_ >= text_.size()) return truncated();
    switch (text_[at_]) {
      case 'd':
        return dictionary(depth);
      case 'l':
        return list(depth);
      case 'i':
        return number();
      default: {
        auto text = string();
        if (!text) return text.error();
        return Value{*text};
      }
    }
  }

  [[nodiscard]] bool only_padding_left() const {
    return text_.find_first_not_of(std::string_view{"\r\n \0", 4}, at_) == std::string_view::npos;
  }
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  [[nodiscard]] static Error truncated() { return {"bencode ends in the middle of a value"}; }
  [[nodiscard]] Error malformed(std::string_view what) const {
    return {"bencode has " + std::string{what} + " at octet " + std::to_string(at_)};
  }

  /// The digits up to `end_mark`; moves behind the mark.
  Result<std::int64_t> digits(char end_mark) {
    std::int64_t n = 0;
    const auto* const first = text_.data() + at_;
    const auto* const last = text_.data() + text_.size();
    const auto [end, ec] = std::from_chars(first, last, n);
    if (end == last) return truncated();
    if (ec != std::errc{} || *end != end_mark) return malformed("a bad number");
    at_ += static_cast<std::size_t>(end - first) + 1;
    return n;
  }

  Result<Value> number() {
    ++at_;
    const auto n = digits('e');
    if (!n) return n.error();
    return Value{*n};
  }

  Result<std::string_view> string() {
    if (text_[at_] < '0' || text_[at_] > '9') return malformed("an unknown type");
    const auto length = digits(':');
    if (!length) return length.error();
    const auto size = static_cast<std::size_t>(*length);
    if (size > text_.size() - at_) return truncated();
    const auto result = text_.substr(at_, size);
    at_ += size;
    return result;
  }

  Result<Value> list(std::size_t depth) {
    if (depth == 0) return malformed("too many levels");
    ++at_;
    Value::List items;
    while (at_ < text_.size() && text_[at_] != 'e') {
      auto item = value(depth - 1);
      if (!item) return item;
      items.push_back(*std::move(item));
    }
    if (at_ >= text_.size()) return truncated();
    ++at_;
    return Value{std::move(items)};
  }

  Result<Value> dictionary(std::size_t depth) {
    if (depth == 0) return malformed("too many levels");
    ++at_;
    Value::Dictionary entries;
    entries.reserve(kUsualEntries);
    while (at_ < text_.size() && text_[at_] != 'e') {
      auto key = string();
      if (!key) return key.error();
      auto item = value(depth - 1);
      if (!item) return item;
      entries.emplace_back(std::string{*key}, *std::move(item));
    }
    if (at_ >= text_.size()) return truncated();
    ++at_;
    return Value{std::move(entries)};
  }

  std::string_view text_;
  std::size_t at_{0};
};

void append_number(std::int64_t n, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
  out.append(digits, end);
}

void append_string(std::string_view text, std::string& out) {
  append_number(static_cast<std::int64_t>(text.size()), out);
  out += ':';
  out += text;
}

}  // namespace

Result<Value> decode_bencode(std::string_view text) {
  if (text.size() > kMaxMessage) return Error{"message is larger than a datagram"};
  Reader reader{text};
  auto value = reader.value(kMaxDepth);
  if (value && !reader.only_padding_left()) {
    return Error{"bencode goes on behind its end at octet " + std::to_string(reader.position())};
  }
  return value;
}

void encode_bencode(const Value& value, std::string& out) {
  if (const auto* text = value.text()) {
    append_string(*text, out);
  } else if (const auto* number = value.number()) {
    out += 'i';
    append_number(*number, out);
    out += 'e';
  } else if (const auto* list = value.list()) {
    out += 'l';
    for (const auto& item : *list) encode_bencode(item, out);
    out += 'e';
  } else {
    out += 'd';
    for (const auto& [key, item] : *value.dictionary()) {
      append_string(key, out);
      encode_bencode(item, out);
    }
    out += 'e';
  }
}

}  // namespace control::ng
