#include "control/sdp/session_description.h"

#include <fmt/format.h>

#include "control/sdp/text.h"

namespace control::sdp {
namespace {

/// Of a phone's description; a longer one costs a copy.
constexpr std::size_t kUsualSize = 1024;
/// Longest piece of a bad line that an error repeats.
constexpr std::size_t kMaxQuote = 60;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

base::Error line_error(std::size_t number, std::string_view line, std::string_view problem) {
  std::string quote;
  for (const char c : line.substr(0, kMaxQuote)) quote.push_back(c >= ' ' && c <= '~' ? c : '?');
  return {fmt::format("sdp line {}: {}: \"{}\"", number, problem, quote)};
}

/// Takes the next line off the front of `text`, less its CRLF or LF.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// What is wrong with the form of a line; empty if nothing is.
std::string_view form_problem(std::string_view line) {
  if (line.size() < 2 || !is_letter(line[0]) || line[1] != '=') return "not of the form x=value";
  if (line.find('\0') != std::string_view::npos) return "a NUL octet";
  if (line.find('\r') != std::string_view::npos) return "a carriage return inside the line";
  return {};
}

/// What is wrong with a line that the anchor must understand; empty if nothing is.
std::string_view meaning_problem(std::string_view line) {
  const auto value = line.substr(2);
  if (line[0] == 'o' && !Origin::parse(value)) return "not an origin";
  if (line[0] == 'c' && !Connection::parse(value)) return "not a connection address";
  return {};
}

std::optional<Direction> own_direction(const Section& section) {
  std::optional<Direction> found;
  for (const auto& line : section.lines()) {
    if (const auto direction = parse_direction(line.attribute_name())) found = direction;
  }
  return found;
}

void print_lines(const Section& section, std::string& out) {
  for (const auto& line : section.lines()) out.append(line.text()).append("\r\n");
}

}  // namespace

void MediaDescription::set_media(MediaLine line) {
  media_ = std::move(line);
  text_ = media_.to_string();
}

void MediaDescription::set_port(std::uint16_t port) {
  media_.port = port;
  media_.port_count = 1;
  text_ = media_.to_string();
}

base::Result<SessionDescription> SessionDescription::parse(std::string_view text) {
  if (text.size() > kMaxSize)
    return base::Error{fmt::format("sdp of {} octets: at most {}", text.size(), kMaxSize)};
  SessionDescription description;
  bool has_origin = false;
  std::size_t kept = 0;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto line = next_line(text);
    if (line.empty()) continue;
    if (++kept > kMaxLines)
      return base::Error{fmt::format("sdp line {}: more than {} lines", number, kMaxLines)};
    if (const auto problem = form_problem(line); !problem.empty()) return line_error(number, line, problem);
    if (kept == 1 && trim(line) != "v=0") return line_error(number, line, "not v=0");
    if (const auto problem = meaning_problem(line); !problem.empty())
      return line_error(number, line, problem);
    if (line[0] == 'm') {
      auto media = MediaLine::parse(line.substr(2));
      if (!media) return line_error(number, line, "not a media description");
      if (description.medias.size() == kMaxMedias) {
        return base::Error{fmt::format("sdp line {}: more than {} media descriptions", number, kMaxMedias)};
      }
      description.medias.emplace_back(*std::move(media), std::string(line.substr(2)));
      continue;
    }
    has_origin = has_origin || (line[0] == 'o' && description.medias.empty());
    Section& section = description.medias.empty() ? description.session : description.medias.back();
    section.append(Line(std::string(line)));
  }
  if (kept == 0) return base::Error{"sdp is empty"};
  if (!has_origin) return base::Error{"sdp has no o= line"};
  return description;
}

std::string SessionDescription::print() const {
  std::string out;
  out.reserve(kUsualSize);
  print_lines(session, out);
  for (const auto& media : medias) {
    out.append("m=").append(media.media_text()).append("\r\n");
    print_lines(media, out);
  }
  return out;
}

Origin SessionDescription::origin() const {
  const auto* line = session.find('o');
  return line == nullptr ? Origin{} : Origin::parse(line->value()).value_or(Origin{});
}

std::optional<Connection> SessionDescription::connection(const MediaDescription& media) const {
  const auto* line = media.find('c');
  if (line == nullptr) line = session.find('c');
  return line == nullptr ? std::nullopt : Connection::parse(line->value());
}

Direction SessionDescription::direction(const MediaDescription& media) const {
  if (const auto own = own_direction(media)) return *own;
  return own_direction(session).value_or(Direction::kSendRecv);
}

}  // namespace control::sdp
