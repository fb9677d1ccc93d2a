#pragma once
/// \file
/// A SIP message as received: one owned buffer and an index of its header fields. Immutable; made by parse()
/// alone.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/sip/wire/cseq.h"
#include "control/sip/wire/header_id.h"
#include "control/sip/wire/method.h"
#include "control/sip/wire/name_addr.h"
#include "control/sip/wire/uri.h"
#include "control/sip/wire/via.h"

namespace control::sip {

/// One header field as a view into its message.
struct HeaderField {
  HeaderId id;
  std::string_view name;
  std::string_view value;
};

/// Copyable and movable; all views that it gives die with it. Any thread, no allocation in any accessor
/// unless said.
class Message {
 public:
  Message() = default;

  [[nodiscard]] bool is_request() const { return status_ == 0; }
  /// Of a response the method of its CSeq.
  [[nodiscard]] Method method() const { return method_; }
  [[nodiscard]] std::string_view method_name() const { return text_of(method_name_); }
  /// Request-URI as sent.
  [[nodiscard]] std::string_view uri_text() const { return text_of(uri_); }
  /// The Request-URI of a request that parse() accepted.
  [[nodiscard]] Uri uri() const { return Uri::parse(uri_text()).value_or(Uri{}); }
  /// 100..699 of a response, 0 of a request.
  [[nodiscard]] std::uint16_t status() const { return status_; }
  [[nodiscard]] std::string_view reason() const { return text_of(reason_); }

  [[nodiscard]] std::size_t field_count() const { return fields_.size(); }
  [[nodiscard]] HeaderField field(std::size_t index) const {
    const Field& f = fields_[index];
    return {f.id, text_of(f.name), text_of(f.value)};
  }
  /// The first value of a header; nullopt without one.
  [[nodiscard]] std::optional<std::string_view> header(HeaderId id) const;
  /// The first value of a header that mediad has no id for; any case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] bool has(HeaderId id) const { return header(id).has_value(); }
  /// Calls `visit(std::string_view value)` for each field of this id.
  template <typename Visit>
  void for_each(HeaderId id, Visit visit) const {
    for (const Field& f : fields_) {
      if (f.id == id) visit(text_of(f.value));
    }
  }
  /// True if a list header such as Supported or Require names this option tag.
  [[nodiscard]] bool lists(HeaderId id, std::string_view token) const;
  /// Every element of a list of name-addr (Contact, Route, Record-Route, Path …) in order. Allocates.
  [[nodiscard]] std::vector<NameAddr> addresses(HeaderId id) const;

  [[nodiscard]] std::string_view body() const { return text_of(body_); }
  /// The whole text; folded lines are already joined in it.
  [[nodiscard]] std::string_view text() const { return buffer_; }

  // What every accepted message has.
  [[nodiscard]] Via top_via() const;
  [[nodiscard]] std::size_t via_count() const { return via_count_; }
  [[nodiscard]] NameAddr from() const;
  [[nodiscard]] NameAddr to() const;
  [[nodiscard]] std::string_view from_tag() const { return text_of(from_tag_); }
  [[nodiscard]] std::string_view to_tag() const { return text_of(to_tag_); }
  [[nodiscard]] std::string_view call_id() const { return text_of(call_id_); }
  [[nodiscard]] CSeq cseq() const { return {cseq_number_, text_of(cseq_method_)}; }
  /// nullopt if the sender left it out, as RFC 2543 allowed.
  [[nodiscard]] std::optional<std::uint8_t> max_forwards() const { return max_forwards_; }

 private:
  friend class Parser;

  /// Offsets, not views: a short string moves its characters when it moves.
  struct Slice {
    std::uint32_t offset{0};
    std::uint32_t length{0};
  };
  struct Field {
    HeaderId id;
    Slice name;
    Slice value;
  };

  [[nodiscard]] std::string_view text_of(Slice s) const {
    return std::string_view{buffer_}.substr(s.offset, s.length);
  }

  std::string buffer_;
  std::vector<Field> fields_;
  Slice method_name_;
  Slice uri_;
  Slice reason_;
  Slice body_;
  Slice top_via_;
  Slice from_tag_;
  Slice to_tag_;
  Slice call_id_;
  Slice cseq_method_;
  std::uint32_t cseq_number_{0};
  std::uint16_t status_{0};
  std::uint16_t via_count_{0};
  std::optional<std::uint8_t> max_forwards_;
  Method method_{Method::kUnknown};
};

}  // namespace control::sip
