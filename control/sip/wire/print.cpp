#include "control/sip/wire/print.h"

#include <charconv>

#include "control/sip/wire/chars.h"
#include "control/sip/wire/params.h"

namespace control::sip {
namespace {

void append_number(std::string& text, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  text.append(digits, static_cast<std::size_t>(end - digits));
}

void append_line(std::string& text, std::string_view name, std::string_view value) {
  text += name;
  text += ": ";
  text += value;
  text += "\r\n";
}

void append_contact(std::string& text, const LocalContact& contact, const LocalName& local) {
  text += "Contact: <sip:";
  text += contact.user;
  text += contact.user.empty() ? "" : "@";
  text += local.host;
  if (!local.transport.empty()) {
    text += ";transport=";
    text += local.transport;
  }
  text += contact.uri_params;
  text += '>';
  text += contact.header_params;
  text += "\r\n";
}

void append_body(std::string& text, std::string_view body) {
  text += "Content-Length: ";
  append_number(text, body.size());
  text += "\r\n\r\n";
  text += body;
}

/// The top Via with its rport and received set; what a client wrote there itself is not believed.
void append_top_via(std::string& text, const Via& via, std::string_view received, std::uint16_t rport) {
  text += "Via: ";
  std::string_view params = via.params;
  text += via.text.substr(0, via.text.size() - params.size());
  while (take(params, ';')) {
    const auto param = take_param(params);
    if (!param) break;
    if (equal_ignoring_case(param->name, "received") && !received.empty()) continue;
    text += ';';
    text += param->name;
    if (equal_ignoring_case(param->name, "rport") && rport != 0) {
      text += '=';
      append_number(text, rport);
    } else if (!param->value.empty()) {
      text += '=';
      text += param->value;
    }
  }
  if (!received.empty()) {
    text += ";received=";
    text += received;
  }
}

}  // namespace

HeaderLines& HeaderLines::add(std::string_view name, std::string_view value) {
  const std::size_t start = text_.size() + name.size();
  text_ += name;
  text_ += ": ";
  text_ += value;
  for (std::size_t i = start; i < text_.size(); ++i) {
    if (text_[i] == '\r' || text_[i] == '\n') text_[i] = ' ';
  }
  text_ += "\r\n";
  return *this;
}

HeaderLines& HeaderLines::copy(const Message& message, HeaderId id) {
  message.for_each(id, [&](std::string_view value) { append_line(text_, name_of(id), value); });
  return *this;
}

HeaderLines& HeaderLines::append(const HeaderLines& other) {
  text_ += other.text_;
  return *this;
}

std::string print(const OutgoingRequest& request, std::string_view via, const LocalName& local) {
  std::string text;
  text.reserve(request.method.size() + request.uri.size() + via.size() + request.headers.text().size() +
               request.body.size() + 64);
  text += request.method;
  text += ' ';
  text += request.uri;
  text += " SIP/2.0\r\n";
  append_line(text, "Via", via);
  text += request.headers.text();
  if (request.contact) append_contact(text, *request.contact, local);
  append_body(text, request.body);
  return text;
}

ResponseHead response_head(const Message& request, std::string_view received, std::uint16_t rport) {
  ResponseHead head;
  head.lines.reserve(384);
  bool is_top = true;
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const auto field = request.field(i);
    switch (field.id) {
      case HeaderId::kVia: {
        auto rest = field.value;
        const auto top = is_top ? Via::take(rest) : std::nullopt;
        is_top = false;
        if (!top) {
          append_line(head.lines, "Via", field.value);
          break;
        }
        append_top_via(head.lines, *top, received, rport);
        head.lines += rest;
        head.lines += "\r\n";
        break;
      }
      case HeaderId::kTo:
        if (head.to.empty()) head.to = field.value;
        break;
      case HeaderId::kFrom:
      case HeaderId::kCallId:
      case HeaderId::kCSeq:
      case HeaderId::kTimestamp:
        append_line(head.lines, name_of(field.id), field.value);
        break;
      default:
        break;
    }
  }
  head.has_to_tag = !request.to_tag().empty();
  return head;
}

std::string print(const OutgoingResponse& response, const ResponseHead& head, const LocalName& local) {
  std::string text;
  text.reserve(head.lines.size() + head.to.size() + response.headers.text().size() + response.body.size() +
               128);
  text += "SIP/2.0 ";
  append_number(text, response.status);
  text += ' ';
  text += response.reason.empty() ? reason_phrase(response.status) : std::string_view{response.reason};
  text += "\r\n";
  text += head.lines;
  if (!head.to.empty()) {
    text += "To: ";
    text += head.to;
    if (!head.has_to_tag && !response.to_tag.empty()) {
      text += ";tag=";
      text += response.to_tag;
    }
    text += "\r\n";
  }
  text += response.headers.text();
  if (response.contact) append_contact(text, *response.contact, local);
  append_body(text, response.body);
  return text;
}

std::string_view reason_phrase(std::uint16_t status) {
  switch (status) {
    case 100:
      return "Trying";
    case 180:
      return "Ringing";
    case 181:
      return "Call Is Being Forwarded";
    case 182:
      return "Queued";
    case 183:
      return "Session Progress";
    case 199:
      return "Early Dialog Terminated";
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 300:
      return "Multiple Choices";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Moved Temporarily";
    case 305:
      return "Use Proxy";
    case 380:
      return "Alternative Service";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 410:
      return "Gone";
    case 412:
      return "Conditional Request Failed";
    case 413:
      return "Request Entity Too Large";
    case 414:
      return "Request-URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Unsupported URI Scheme";
    case 420:
      return "Bad Extension";
    case 421:
      return "Extension Required";
    case 422:
      return "Session Interval Too Small";
    case 423:
      return "Interval Too Brief";
    case 428:
      return "Use Identity Header";
    case 429:
      return "Provide Referrer Identity";
    case 430:
      return "Flow Failed";
    case 433:
      return "Anonymity Disallowed";
    case 436:
      return "Bad Identity Info";
    case 437:
      return "Unsupported Credential";
    case 438:
      return "Invalid Identity Header";
    case 439:
      return "First Hop Lacks Outbound Support";
    case 480:
      return "Temporarily Unavailable";
    case 481:
      return "Call/Transaction Does Not Exist";
    case 482:
      return "Loop Detected";
    case 483:
      return "Too Many Hops";
    case 484:
      return "Address Incomplete";
    case 485:
      return "Ambiguous";
    case 486:
      return "Busy Here";
    case 487:
      return "Request Terminated";
    case 488:
      return "Not Acceptable Here";
    case 489:
      return "Bad Event";
    case 491:
      return "Request Pending";
    case 493:
      return "Undecipherable";
    case 494:
      return "Security Agreement Required";
    case 500:
      return "Server Internal Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Server Time-out";
    case 505:
      return "Version Not Supported";
    case 513:
      return "Message Too Large";
    case 580:
      return "Precondition Failure";
    case 600:
      return "Busy Everywhere";
    case 603:
      return "Decline";
    case 604:
      return "Does Not Exist Anywhere";
    case 606:
      return "Not Acceptable";
    case 607:
      return "Unwanted";
    case 608:
      return "Rejected";
    default:
      return "Unknown";
  }
}

}  // namespace control::sip
