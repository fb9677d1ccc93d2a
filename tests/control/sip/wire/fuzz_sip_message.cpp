// Any octets: parse, walk everything, answer, and read the answer back.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "control/sip/uas_checks.h"
#include "control/sip/wire/digest_field.h"
#include "control/sip/wire/parse.h"
#include "control/sip/wire/print.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void walk(const control::sip::Message& m) {
  using namespace control::sip;
  for (std::size_t i = 0; i < m.field_count(); ++i) {
    check(m.field(i).value.find('\n') == std::string_view::npos);
    (void)DigestCredentials::parse(m.field(i).value);
    (void)DigestChallenge::parse(m.field(i).value);
  }
  for (const auto id : {HeaderId::kContact, HeaderId::kRoute}) (void)m.addresses(id);
  if (m.is_request()) (void)refuse_unservable(m);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace control::sip;
  const std::string octets(reinterpret_cast<const char*>(data), size);
  for (const auto& leniency : {Leniency{}, Leniency::all()}) {
    const auto parsed = parse(octets, Framing::kDatagram, leniency);
    if (parsed.fault && !parsed.answerable) continue;
    walk(parsed.message);
    if (!parsed.message.is_request()) continue;
    const auto head = response_head(parsed.message, "192.0.2.1", 5060);
    const auto answer = parse(print(OutgoingResponse{.status = 400, .reason = "", .to_tag = "t"}, head, {}),
                              Framing::kStream, leniency);
    if (!parsed.fault) check(!answer.fault && answer.message.call_id() == parsed.message.call_id());
  }
  return 0;
}
