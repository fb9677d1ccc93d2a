#include "control/sip/wire/parse.h"

#include <cstring>
#include <utility>

#include "control/sip/wire/chars.h"
#include "control/sip/wire/fields.h"
#include "control/sip/wire/limits.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

/// True if any octet is below 0x20 (the usual trick of Hacker's Delight on eight octets at once).
bool has_control(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t w;
    std::memcpy(&w, text.data() + i, sizeof w);
    if (((w - kOnes * 0x20) & ~w & (kOnes * 0x80)) != 0) return true;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x20) return true;
  }
  return false;
}

/// Control characters may stand only as a tab or, but for CR and LF, behind a backslash (RFC 3261 §25.1
/// quoted-pair).
bool controls_are_legal(std::string_view text) {
  if (!has_control(text)) return true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size() && text[i + 1] != '\r' && text[i + 1] != '\n') {
      ++i;
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
      return false;
    }
  }
  return true;
}

bool is_call_id(std::string_view text) {
  const std::size_t word = span_of(text, kWordChar);
  if (word == 0 || word == text.size()) return word != 0;
  if (text[word] != '@') return false;
  const std::size_t host = span_of(text.substr(word + 1), kWordChar);
  return host != 0 && word + 1 + host == text.size();
}

}  // namespace

/// One parse; a friend of Message because nobody else may fill one.
class Parser {
 public:
  Parser(std::string octets, Framing framing, const Leniency& leniency)
      : framing_(framing), leniency_(leniency) {
    message_.buffer_ = std::move(octets);
  }

  Parsed run() && {
    if (message_.buffer_.size() > kMaxMessageOctets) {
      refuse(513, "Message Too Large");
    } else {
      read();
    }
    const bool answerable = fault_ && is_request_ && message_.method_ != Method::kAck && has_via_field_;
    return {std::move(message_), fault_, answerable};
  }

 private:
  using Slice = Message::Slice;

  /// The first fault is the one that is told.
  void refuse(std::uint16_t status, std::string_view reason) {
    if (!fault_) fault_ = Fault{status, reason};
  }

  [[nodiscard]] std::string_view buffer() const { return message_.buffer_; }
  [[nodiscard]] Slice slice_of(std::string_view part) const {
    return {static_cast<std::uint32_t>(part.data() - message_.buffer_.data()),
            static_cast<std::uint32_t>(part.size())};
  }

  void read() {
    // RFC 3261 §7.5: empty lines before the start line are ignored.
    while (at_ + 1 < buffer().size() && buffer()[at_] == '\r' && buffer()[at_ + 1] == '\n') at_ += 2;
    const auto start_line = take_line();
    if (!start_line || !read_start_line(*start_line)) {
      refuse(400, "Bad Start Line");
      if (!is_request_) return;
    }
    message_.fields_.reserve(24);
    read_headers();
    read_body();
    check_whole();
  }

  /// The next line without its CRLF; nullopt without one. A lone CR or LF is a fault and stays in the line.
  std::optional<std::string_view> take_line() {
    const auto rest = buffer().substr(at_);
    const void* lf = rest.empty() ? nullptr : std::memchr(rest.data(), '\n', rest.size());
    if (lf == nullptr) return std::nullopt;
    std::size_t length = static_cast<std::size_t>(static_cast<const char*>(lf) - rest.data());
    at_ += length + 1;
    if (length > 0 && rest[length - 1] == '\r') {
      --length;
    } else {
      refuse(400, "Line Without CRLF");
    }
    return rest.substr(0, length);
  }

  bool read_start_line(std::string_view line) {
    if (!controls_are_legal(line)) return false;
    return line.starts_with("SIP/") ? read_status_line(line) : read_request_line(line);
  }

  /// `SIP/2.0 SP 3DIGIT SP reason`
  bool read_status_line(std::string_view line) {
    if (line.size() < 12 || !line.starts_with("SIP/2.0 ") || line[11] != ' ') return false;
    const auto status = parse_number(line.substr(8, 3), 699);
    if (!status || *status < 100) return false;
    message_.status_ = static_cast<std::uint16_t>(*status);
    message_.reason_ = slice_of(line.substr(12));
    return true;
  }

  /// `Method SP Request-URI SP SIP-Version`
  bool read_request_line(std::string_view line) {
    if (leniency_.space_in_start_line) line = trimmed(line);
    const auto method = take_run(line, kTokenChar);
    if (method.empty() || line.empty() || line.front() != ' ') return false;
    is_request_ = true;
    message_.method_name_ = slice_of(method);
    message_.method_ = method_of(method);
    line.remove_prefix(1);
    const auto version_at = line.rfind(' ');
    if (version_at == std::string_view::npos) return false;
    const auto version = line.substr(version_at + 1);
    auto uri = line.substr(0, version_at);
    if (leniency_.space_in_start_line) uri = trimmed(uri);
    return read_request_uri(uri) && read_version(version);
  }

  bool read_request_uri(std::string_view text) {
    if (leniency_.angle_brackets_on_uri && text.size() > 2 && text.front() == '<' && text.back() == '>') {
      text = text.substr(1, text.size() - 2);
    }
    const auto uri = Uri::parse(text);
    if (!uri) {
      refuse(400, "Bad Request-URI");
      return true;
    }
    if (!uri->headers.empty()) {
      if (!leniency_.headers_in_request_uri) refuse(400, "Headers in Request-URI");
      text = text.substr(0, text.size() - uri->headers.size() - 1);
    }
    message_.uri_ = slice_of(text);
    return true;
  }

  bool read_version(std::string_view version) {
    if (equal_ignoring_case(version, "SIP/2.0")) return true;
    if (version.size() < 7 || !equal_ignoring_case(version.substr(0, 4), "SIP/")) return false;
    refuse(505, "Version Not Supported");
    return true;
  }

  void read_headers() {
    while (true) {
      const auto line = take_header_line();
      if (!line) return refuse(400, "Headers Without End");
      if (line->empty()) return;
      if (line->size() > kMaxHeaderOctets) return refuse(400, "Header Too Long");
      if (message_.fields_.size() == kMaxHeaders) return refuse(400, "Too Many Headers");
      read_header(*line);
    }
  }

  /// A line with the folded ones that continue it; their CRLF becomes two spaces in place (RFC 3261 §7.3.1).
  std::optional<std::string_view> take_header_line() {
    const std::size_t start = at_;
    const auto first = take_line();
    if (!first || first->empty()) return first;
    std::size_t end = start + first->size();
    while (at_ < buffer().size() && is_space(buffer()[at_])) {
      for (std::size_t i = end; i < at_; ++i) message_.buffer_[i] = ' ';
      const std::size_t next = at_;
      const auto line = take_line();
      if (!line) return std::nullopt;
      end = next + line->size();
    }
    return buffer().substr(start, end - start);
  }

  void read_header(std::string_view line) {
    std::string_view rest = line;
    const auto name = take_run(rest, kTokenChar);
    if (name.empty() || !take(rest, ':')) return refuse(400, "Malformed Header");
    const auto value = trimmed(rest);
    if (!controls_are_legal(value)) return refuse(400, "Control Character In Header");
    const HeaderId id = header_id_of(name);
    message_.fields_.push_back({id, slice_of(name), slice_of(value)});
    read_value(id, value);
  }

  void read_value(HeaderId id, std::string_view value) {
    switch (id) {
      case HeaderId::kVia:
        return read_vias(value);
      case HeaderId::kFrom:
        return read_party(value, message_.from_tag_, seen_from_, "Bad From");
      case HeaderId::kTo:
        return read_party(value, message_.to_tag_, seen_to_, "Bad To");
      case HeaderId::kCallId:
        return read_call_id(value);
      case HeaderId::kCSeq:
        return read_cseq(value);
      case HeaderId::kMaxForwards:
        return read_max_forwards(value);
      case HeaderId::kContentLength:
        return read_content_length(value);
      case HeaderId::kContentType:
        return read_content_type(value);
      case HeaderId::kContact:
        return read_contacts(value);
      case HeaderId::kRoute:
        return read_addresses(value, "Bad Route");
      case HeaderId::kRecordRoute:
        return read_addresses(value, "Bad Record-Route");
      case HeaderId::kDate:
        if (!leniency_.bad_date && !parse_date(value)) refuse(400, "Bad Date");
        return;
      default:
        return;
    }
  }

  void read_vias(std::string_view value) {
    has_via_field_ = true;
    do {
      const auto via = Via::take(value);
      if (!via) return refuse(400, "Bad Via");
      if (message_.via_count_ == 0) {
        message_.top_via_ = slice_of(via->text);
        if (via->branch == kBranchCookie) refuse(400, "Via Branch Is Not Unique");
      }
      if (via->version != "2.0") refuse(505, "Version Not Supported");
      if (++message_.via_count_ > kMaxVias) return refuse(400, "Too Many Vias");
    } while (take(value, ','));
  }

  void read_party(std::string_view value, Slice& tag, bool& seen, std::string_view fault) {
    if (std::exchange(seen, true)) return refuse(400, fault);
    const auto party = NameAddr::parse(value, leniency_);
    if (!party) return refuse(400, fault);
    if (const auto text = party->tag(); !text.empty()) tag = slice_of(text);
  }

  void read_call_id(std::string_view value) {
    if (std::exchange(seen_call_id_, true) || !is_call_id(value)) return refuse(400, "Bad Call-ID");
    message_.call_id_ = slice_of(value);
  }

  void read_cseq(std::string_view value) {
    const auto cseq = CSeq::parse(value);
    if (std::exchange(seen_cseq_, true) || !cseq) return refuse(400, "Bad CSeq");
    message_.cseq_number_ = cseq->number;
    message_.cseq_method_ = slice_of(cseq->method);
    if (!is_request_) message_.method_ = method_of(cseq->method);
    if (is_request_ && cseq->method != message_.method_name()) refuse(400, "CSeq Method Mismatch");
  }

  void read_max_forwards(std::string_view value) {
    const auto hops = parse_number(value, 255);
    if (message_.max_forwards_ || !hops) return refuse(400, "Bad Max-Forwards");
    message_.max_forwards_ = static_cast<std::uint8_t>(*hops);
  }

  void read_content_length(std::string_view value) {
    const auto length = parse_number(value, kMaxMessageOctets);
    if (content_length_ || !length) return refuse(400, "Bad Content-Length");
    content_length_ = *length;
  }

  void read_content_type(std::string_view value) {
    if (std::exchange(seen_content_type_, true) || !MediaType::parse(value)) refuse(400, "Bad Content-Type");
  }

  void read_contacts(std::string_view value) {
    if (value == "*") {
      if (is_request_ && message_.method_ != Method::kRegister) refuse(400, "Bad Contact");
      return;
    }
    read_addresses(value, "Bad Contact");
  }

  void read_addresses(std::string_view value, std::string_view fault) {
    do {
      if (!NameAddr::take(value, leniency_)) return refuse(400, fault);
    } while (take(value, ','));
  }

  void read_body() {
    if (fault_ && at_ >= buffer().size()) return;
    const auto rest = buffer().substr(at_);
    if (!content_length_ && framing_ == Framing::kStream) return refuse(400, "Missing Content-Length");
    const std::size_t length = content_length_.value_or(static_cast<std::uint32_t>(rest.size()));
    if (length > rest.size()) return refuse(400, "Body Shorter Than Content-Length");
    message_.body_ = slice_of(rest.substr(0, length));
    // What a datagram holds behind its body is no part of the message (RFC 3261 §18.3).
    message_.buffer_.resize(at_ + length);
  }

  void check_whole() {
    if (message_.via_count_ == 0) refuse(400, "Missing Via");
    if (!seen_from_) refuse(400, "Missing From");
    if (!seen_to_) refuse(400, "Missing To");
    if (!seen_call_id_) refuse(400, "Missing Call-ID");
    if (!seen_cseq_) refuse(400, "Missing CSeq");
  }

  Message message_;
  std::optional<Fault> fault_;
  Framing framing_;
  Leniency leniency_;
  std::size_t at_{0};
  std::optional<std::uint32_t> content_length_;
  bool is_request_{false};
  bool has_via_field_{false};
  bool seen_from_{false};
  bool seen_to_{false};
  bool seen_call_id_{false};
  bool seen_cseq_{false};
  bool seen_content_type_{false};
};

Parsed parse(std::string octets, Framing framing, const Leniency& leniency) {
  return Parser{std::move(octets), framing, leniency}.run();
}

}  // namespace control::sip
