#pragma once
/// \file
/// Lines of a session description (RFC 8866 §5), kept octet for octet, and the sections that they form.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace control::sdp {

/// One line "x=value" without its line end. A line that nobody replaces prints as it was read.
class Line {
 public:
  /// `text` is the whole line; it must have the form x=... (the parser checks it).
  explicit Line(std::string text) : text_(std::move(text)) {}
  Line(char type, std::string_view value);

  /// "a=name:value", or the property attribute "a=name" if the value is empty.
  [[nodiscard]] static Line attribute(std::string_view name, std::string_view value = {});

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] char type() const { return text_[0]; }
  /// Everything behind "=".
  [[nodiscard]] std::string_view value() const { return std::string_view(text_).substr(2); }
  /// The name of an a= line; empty for other lines. Names are case-sensitive (RFC 8866 §6).
  [[nodiscard]] std::string_view attribute_name() const;
  /// What stands behind the colon of an a= line, less surrounding blanks; empty if there is no colon.
  [[nodiscard]] std::string_view attribute_value() const;
  [[nodiscard]] bool is_attribute(std::string_view name) const;

 private:
  std::string text_;
};

/// The lines of the session part, or those of one media description behind its m= line, in the order in which
/// they came. Edits touch just the lines they name. Any thread, no I/O; edits allocate.
class Section {
 public:
  [[nodiscard]] std::span<const Line> lines() const { return lines_; }

  /// The first line of this type; nullptr if there is none.
  [[nodiscard]] const Line* find(char type) const;
  /// The first a= line of this name; nullptr if there is none.
  [[nodiscard]] const Line* find_attribute(std::string_view name) const;
  [[nodiscard]] bool has_attribute(std::string_view name) const { return find_attribute(name) != nullptr; }
  /// The value of the first a= line of this name; nullopt if there is none.
  [[nodiscard]] std::optional<std::string_view> attribute(std::string_view name) const;

  /// Puts a line behind all others, as a parser does.
  void append(Line line) {
    if (lines_.empty()) lines_.reserve(kUsualLines);
    lines_.push_back(std::move(line));
  }
  /// Replaces the first line of this type, or inserts one where the grammar wants it (RFC 8866 §5).
  void set(char type, std::string_view value);
  /// Replaces the first attribute of this name and removes further ones; adds it at the end if there was
  /// none.
  void set_attribute(std::string_view name, std::string_view value = {});
  /// Adds an a= line at the end.
  void add_attribute(std::string_view name, std::string_view value = {}) {
    append(Line::attribute(name, value));
  }
  void remove(char type) {
    std::erase_if(lines_, [type](const Line& line) { return line.type() == type; });
  }
  void remove_attribute(std::string_view name) {
    std::erase_if(lines_, [name](const Line& line) { return line.is_attribute(name); });
  }
  template <typename Predicate>
  void remove_if(Predicate predicate) {
    std::erase_if(lines_, predicate);
  }

 private:
  static constexpr std::size_t kUsualLines = 12;  // of a phone's stream; more cost a copy

  std::vector<Line> lines_;
};

}  // namespace control::sdp
