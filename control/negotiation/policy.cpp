#include "control/negotiation/policy.h"

#include <fmt/format.h>

namespace control {
namespace {

void read_specs(const std::vector<std::string>& names, std::vector<CodecSpec>& into,
                std::vector<std::string>* notes) {
  for (const auto& name : names) {
    if (auto spec = CodecSpec::parse(name)) {
      into.push_back(*std::move(spec));
    } else if (notes != nullptr) {
      notes->push_back(fmt::format("codec name \"{}\" cannot be read", name));
    }
  }
}

CodecPolicy codec_policy_of(const OfferFlags& flags, std::vector<std::string>* notes) {
  CodecPolicy policy;
  read_specs(flags.codecs.strip, policy.strip, notes);
  read_specs(flags.codecs.mask, policy.mask, notes);
  read_specs(flags.codecs.consume, policy.mask, notes);
  read_specs(flags.codecs.offer, policy.offer, notes);
  read_specs(flags.codecs.except, policy.except, notes);
  read_specs(flags.codecs.transcode, policy.transcode, notes);
  read_specs(flags.codecs.accept, policy.accept, notes);
  read_specs(flags.codecs.set, policy.set, notes);
  if (flags.always_transcode) read_specs({"all"}, policy.accept, notes);
  return policy;
}

}  // namespace

Policy policy_of(const OfferFlags& flags, std::vector<std::string>* notes) {
  Policy policy;
  policy.codecs = codec_policy_of(flags, notes);
  policy.ptime_ms = flags.ptime_ms;
  policy.ptime_reverse_ms = flags.ptime_reverse_ms;
  policy.single_codec = flags.single_codec;
  policy.rtcp_mux = flags.rtcp_mux;
  policy.transport = flags.transport_protocol;
  policy.replace = flags.replace;
  if (flags.no_rtcp_attribute) policy.rtcp_attribute = RtcpAttribute::kNone;
  policy.generate_mid = flags.generate_mid;
  policy.original_sendrecv = flags.original_sendrecv;
  if (flags.sip_source_address) policy.source_address = flags.received_from;
  return policy;
}

}  // namespace control
