#include "control/ng/flag_string.h"

namespace control::ng {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  /// Items up to the closing bracket (which it takes) or the end.
  Value::List items(std::size_t depth) {
    Value::List result;
    while (skip_blanks(), at_ < text_.size()) {
      if (text_[at_] == ']') {
        ++at_;
        if (depth < kMaxDepth) break;
        continue;  // at the top there is nothing to close
      }
      const auto word = text_.substr(at_, text_.find_first_of("= \t\r\n]", at_) - at_);
      at_ += word.size();
      if (at_ < text_.size() && text_[at_] == '=') {
        ++at_;
        auto value = right_side(depth);
        result.emplace_back(Value::Dictionary{{std::string{word}, std::move(value)}});
      } else {
        result.emplace_back(word);
      }
    }
    return result;
  }

 private:
  Value right_side(std::size_t depth) {
    if (at_ < text_.size() && text_[at_] == '[' && depth > 0) {
      ++at_;
      return merge(items(depth - 1));
    }
    const auto stops = depth < kMaxDepth ? std::string_view{" \t\r\n]"} : kBlanks;
    const auto value = text_.substr(at_, text_.find_first_of(stops, at_) - at_);
    at_ += value.size();
    return Value{value};
  }

  /// A list with a pair in it is meant as a dictionary.
  static Value merge(Value::List items) {
    Value::Dictionary pairs;
    for (auto& item : items) {
      if (auto* pair = item.dictionary()) pairs.push_back(std::move(pair->front()));
    }
    if (pairs.empty()) return Value{std::move(items)};
    return Value{std::move(pairs)};
  }

  void skip_blanks() {
    const auto next = text_.find_first_not_of(kBlanks, at_);
    at_ = next == std::string_view::npos ? text_.size() : next;
  }

  std::string_view text_;
  std::size_t at_{0};
};

}  // namespace

Value::List parse_flag_string(std::string_view text) {
  return Reader{text}.items(kMaxDepth);
}

}  // namespace control::ng
