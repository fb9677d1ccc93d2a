#pragma once
/// \file
/// A session description (RFC 8866): parse and print that lose nothing. Every line is kept in its place,
/// octet for octet, until somebody replaces it; lines with a type letter or an attribute that we do not know
/// travel through untouched.

#include <string>
#include <string_view>
#include <vector>

#include "control/sdp/line.h"
#include "control/sdp/values.h"
#include "mediad/base/result.h"

namespace control::sdp {

/// Limits, each with room to spare over what was seen: a browser's offer with ten streams has 20 KB and 700
/// lines.
inline constexpr std::size_t kMaxSize = 64 * 1024;  ///< octets; a SIP or ng datagram cannot carry more
inline constexpr std::size_t kMaxLines = 2000;
inline constexpr std::size_t kMaxMedias = 32;

/// An m= line with the lines that belong to it.
class MediaDescription : public Section {
 public:
  explicit MediaDescription(MediaLine line) : media_(std::move(line)), text_(media_.to_string()) {}
  /// `text` is what stands behind "m=", as it was read; `line` is its meaning.
  MediaDescription(MediaLine line, std::string text) : media_(std::move(line)), text_(std::move(text)) {}

  [[nodiscard]] const MediaLine& media() const { return media_; }
  /// What prints behind "m=".
  [[nodiscard]] const std::string& media_text() const { return text_; }
  void set_media(MediaLine line);
  /// One port, not several.
  void set_port(std::uint16_t port);

 private:
  MediaLine media_;
  std::string text_;
};

struct SessionDescription {
  Section session;  ///< v= to the last line before the first m=
  std::vector<MediaDescription> medias;

  /// Reads a description with CRLF or LF line ends. Blank lines are dropped. Errors name the line: wrong
  /// form, first line not v=0, no o=, an o=, c= or m= that cannot be read, a limit. Time is linear in the
  /// size.
  [[nodiscard]] static base::Result<SessionDescription> parse(std::string_view text);
  /// The description with CRLF line ends.
  [[nodiscard]] std::string print() const;

  /// The o= line. parse() has checked that it is there; a description built by hand without it gives an empty
  /// origin.
  [[nodiscard]] Origin origin() const;
  /// The c= that holds for a stream: its own, else that of the session; nullopt if neither has one.
  [[nodiscard]] std::optional<Connection> connection(const MediaDescription& media) const;
  /// The direction that holds for a stream: its own attribute, else the session's, else sendrecv (RFC 8866
  /// §6.7).
  [[nodiscard]] Direction direction(const MediaDescription& media) const;
};

}  // namespace control::sdp
