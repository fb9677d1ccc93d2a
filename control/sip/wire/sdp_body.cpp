#include "control/sip/wire/sdp_body.h"

#include <optional>

#include "control/sip/wire/chars.h"
#include "control/sip/wire/fields.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

/// RFC 2046 §5.1.1: a boundary has at most 70 characters, so that looking for it stays linear.
constexpr std::size_t kMaxBoundary = 70;

/// Fields that say what a body is (RFC 3261 §20.11 to §20.15, §20.24, RFC 2045).

/// One part of a multipart body, as views into it.
struct Part {
  std::string_view head;  ///< its header lines, each with its line end
  std::string_view content;
};

std::optional<MediaType> media_type_of(const Message& message) {
  return MediaType::parse(message.header(HeaderId::kContentType).value_or(std::string_view{}));
}

bool is_sdp(const MediaType& type) {
  return type.is("application", "sdp");
}

bool is_multipart(const MediaType& type) {
  return equal_ignoring_case(type.type, "multipart");
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end == text.npos ? text.npos : end + 1);
  text.remove_prefix(line.size());
  return line;
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool has_name(std::string_view line, std::string_view name) {
  return line.size() > name.size() && equal_ignoring_case(line.substr(0, name.size()), name) &&
         trimmed(line.substr(name.size())).starts_with(':');
}

/// Where "--boundary" begins a line; npos without one.
std::size_t find_delimiter(std::string_view text, const std::string& delimiter) {
  for (auto at = text.find(delimiter); at != text.npos; at = text.find(delimiter, at + 1)) {
    if (at == 0 || text[at - 1] == '\n') return at;
  }
  return text.npos;
}

Part part_of(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto line = take_line(rest);
    if (without_line_end(line).empty()) {
      return {text.substr(0, text.size() - rest.size() - line.size()), rest};
    }
  }
  return {text, rest};
}

bool describes_session(const Part& part) {
  std::string_view rest = part.head;
  while (!rest.empty()) {
    const auto line = without_line_end(take_line(rest));
    if (!has_name(line, "Content-Type")) continue;
    const auto type = MediaType::parse(trimmed(line.substr(line.find(':') + 1)));
    return type && is_sdp(*type);
  }
  return false;
}

/// The part with the description.
std::optional<Part> find_sdp_part(const Message& message, const MediaType& type) {
  const auto boundary = unquoted(find_param(type.params, "boundary").value_or(std::string_view{}));
  if (boundary.empty() || boundary.size() > kMaxBoundary) return std::nullopt;
  const auto delimiter = "--" + boundary;
  std::string_view rest = message.body();
  auto at = find_delimiter(rest, delimiter);
  while (at != rest.npos) {
    rest.remove_prefix(at + delimiter.size());
    if (rest.starts_with("--")) break;
    take_line(rest);
    at = find_delimiter(rest, delimiter);
    if (at == rest.npos) break;
    // The line end before a delimiter belongs to it.
    const auto part = part_of(without_line_end(rest.substr(0, at)));
    if (describes_session(part)) return part;
  }
  return std::nullopt;
}

}  // namespace

std::string_view sdp_of(const Message& message) {
  const auto type = media_type_of(message);
  if (!type) return {};
  if (is_sdp(*type)) return message.body();
  if (!is_multipart(*type)) return {};
  const auto part = find_sdp_part(message, *type);
  return part ? part->content : std::string_view{};
}

Body body_of(const Message& message) {
  Body body;
  if (message.body().empty()) return body;
  for (const auto id : {HeaderId::kContentType, HeaderId::kContentDisposition, HeaderId::kContentEncoding})
    body.headers.copy(message, id);
  for (const auto name : kBodyFields) {
    if (const auto value = message.header(name)) body.headers.add(name, *value);
  }
  body.text = message.body();
  return body;
}

Body body_with_sdp(const Message& message, std::string_view sdp) {
  const auto type = media_type_of(message);
  const auto part = type && is_multipart(*type) ? find_sdp_part(message, *type) : std::nullopt;
  if (!part) {
    Body body;
    body.headers.add(HeaderId::kContentType, "application/sdp");
    body.text = sdp;
    return body;
  }
  auto body = body_of(message);
  const auto whole = message.body();
  const auto offset = [&](std::string_view view) {
    return static_cast<std::size_t>(view.data() - whole.data());
  };
  body.text = whole.substr(0, offset(part->head));
  std::string_view head = part->head;
  while (!head.empty()) {
    // A length of the part would be wrong from now on; its end is the boundary's to tell.
    if (const auto line = take_line(head); !has_name(line, "Content-Length")) body.text += line;
  }
  body.text += "\r\n";
  body.text += sdp;
  body.text += whole.substr(offset(part->content) + part->content.size());
  return body;
}

}  // namespace control::sip
