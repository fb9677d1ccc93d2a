#include "control/sip/wire/cseq.h"

#include <limits>

#include "control/sip/wire/chars.h"
#include "control/sip/wire/params.h"

namespace control::sip {

std::optional<CSeq> CSeq::parse(std::string_view text) {
  const auto number = parse_number(take_run(text, kDigitChar), kMaxSequence);
  if (!number || text.empty() || !is_space(text.front())) return std::nullopt;
  skip_space(text);
  const auto method = take_run(text, kTokenChar);
  if (method.empty() || !text.empty()) return std::nullopt;
  return CSeq{*number, method};
}

std::optional<RAck> RAck::parse(std::string_view text) {
  const auto number = parse_number(take_run(text, kDigitChar), std::numeric_limits<std::uint32_t>::max());
  if (!number || text.empty() || !is_space(text.front())) return std::nullopt;
  skip_space(text);
  const auto cseq = CSeq::parse(text);
  if (!cseq) return std::nullopt;
  return RAck{*number, *cseq};
}

}  // namespace control::sip
