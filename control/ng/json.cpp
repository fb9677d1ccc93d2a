#include "control/ng/json.h"

#include <nlohmann/json.hpp>

namespace control::ng {
namespace {

using base::Error;
using base::Result;
using Json = nlohmann::json;

/// Builds Values straight from the parser's events, so that no second tree is made and depth has a bound.
class Builder : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return add(Value{}); }
  bool boolean(bool value) override { return add(Value{value ? "yes" : "no"}); }
  bool number_integer(number_integer_t value) override { return add(Value{std::int64_t{value}}); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > std::uint64_t{INT64_MAX}) return add(Value{std::to_string(value)});
    return add(Value{static_cast<std::int64_t>(value)});
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override { return add(Value{text}); }
  bool string(string_t& text) override { return add(Value{std::move(text)}); }
  bool binary(binary_t& /*octets*/) override { return false; }
  bool start_object(std::size_t /*size*/) override { return open(Value{Value::Dictionary{}}); }
  bool start_array(std::size_t /*size*/) override { return open(Value{Value::List{}}); }
  bool key(string_t& name) override {
    open_.back().key = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*why*/) override {
    error_ = "JSON is malformed at octet " + std::to_string(position);
    return false;
  }

  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] Value take() { return std::move(root_); }

 private:
  struct Open {
    Value value;
    std::string key;
  };

  bool open(Value value) {
    if (open_.size() == kMaxDepth) {
      error_ = "JSON has too many levels";
      return false;
    }
    open_.push_back({std::move(value), {}});
    return true;
  }

  bool close() {
    Value value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value));
  }

  bool add(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* list = open_.back().value.list()) {
      list->push_back(std::move(value));
    } else {
      open_.back().value.dictionary()->emplace_back(std::move(open_.back().key), std::move(value));
    }
    return true;
  }

  std::vector<Open> open_;
  Value root_;
  std::string error_;
};

void append_text(const std::string& text, std::string& out) {
  out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

Result<Value> decode_json(std::string_view text) {
  if (text.size() > kMaxMessage) return Error{"message is larger than a datagram"};
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  Builder builder;
  if (!Json::sax_parse(text, &builder)) return Error{builder.error()};
  return builder.take();
}

void encode_json(const Value& value, std::string& out) {
  if (const auto* text = value.text()) {
    append_text(*text, out);
  } else if (const auto* number = value.number()) {
    out += std::to_string(*number);
  } else if (const auto* list = value.list()) {
    out += '[';
    for (const auto& item : *list) {
      if (&item != list->data()) out += ',';
      encode_json(item, out);
    }
    out += ']';
  } else {
    const auto& entries = *value.dictionary();
    out += '{';
    for (const auto& entry : entries) {
      if (&entry != entries.data()) out += ',';
      append_text(entry.first, out);
      out += ':';
      encode_json(entry.second, out);
    }
    out += '}';
  }
}

}  // namespace control::ng
