#include "control/registrar/register_request.h"

#include "control/sip/wire/params.h"

namespace control {
namespace {

using sip::HeaderId;

/// qvalue of RFC 3261 §25.1 in thousandths: "1", "0.5", "0.333"; what is malformed counts as 1.
std::uint16_t thousandths(std::string_view q) {
  if (q.size() < 2 || q.size() > 5 || q[0] != '0' || q[1] != '.') return q == "0" ? 0 : 1000;
  std::string digits(q.substr(2));
  digits.resize(3, '0');
  return static_cast<std::uint16_t>(sip::parse_number(digits, 999).value_or(999));
}

std::string join_path(const sip::Message& message) {
  std::string path;
  message.for_each(HeaderId::kPath, [&](std::string_view value) {
    if (!path.empty()) path += ", ";
    path += value;
  });
  return path;
}

std::optional<std::uint32_t> expires_of(const sip::NameAddr& contact, const sip::Message& message) {
  auto text = contact.param("expires");
  if (!text) text = message.header(HeaderId::kExpires);
  if (!text) return std::nullopt;
  // RFC 3261 §10.2.1.1: malformed counts as the default.
  return sip::take_delta_seconds(*text);
}

}  // namespace

std::variant<RegisterWish, RegisterFault> read_register(const sip::Request& request) {
  const auto& message = request.message;
  RegisterWish wish;
  bool has_star = false;
  message.for_each(HeaderId::kContact, [&](std::string_view value) { has_star |= value == "*"; });
  if (has_star) {
    // RFC 3261 §10.3 step 6: "*" stands alone and with Expires 0.
    std::size_t fields = 0;
    message.for_each(HeaderId::kContact, [&](std::string_view) { ++fields; });
    if (fields != 1 || message.header(HeaderId::kExpires) != "0")
      return RegisterFault{400, "Contact * Needs Expires 0"};
    wish.remove_all = true;
    return wish;
  }
  const auto path = join_path(message);
  const bool knows_outbound = message.lists(HeaderId::kSupported, "outbound");
  // RFC 3327 §5.3: a path that the phone does not know of would not be shown to it.
  if (!path.empty() && !message.lists(HeaderId::kSupported, "path"))
    return RegisterFault{421, "Extension Required"};
  for (const auto& contact : message.addresses(HeaderId::kContact)) {
    if (!contact.uri.is_sip()) return RegisterFault{400, "Contact Is Not A SIP URI"};
    Binding b;
    b.contact = contact.uri.text;
    b.instance = contact.param("+sip.instance").value_or(std::string_view{});
    b.reg_id = knows_outbound && !b.instance.empty()
                   ? sip::parse_number(contact.param("reg-id").value_or("0"), 0x7fffffff).value_or(0)
                   : 0;
    b.q = thousandths(contact.param("q").value_or("1"));
    b.path = path;
    b.flow = request.flow;
    b.call_id = message.call_id();
    b.cseq = message.cseq().number;
    b.user_agent = message.header(HeaderId::kUserAgent).value_or(std::string_view{});
    wish.uses_outbound |= b.reg_id != 0;
    wish.contacts.push_back({std::move(b), expires_of(contact, message)});
  }
  // RFC 5626 §6: one flow is one registration.
  if (wish.uses_outbound && wish.contacts.size() != 1)
    return RegisterFault{400, "Several Contacts With reg-id"};
  return wish;
}

}  // namespace control
