#include "codecs/g729_negotiation.h"

#include "codecs/g729_format.h"

namespace codecs {
namespace {

constexpr base::SampleRate kRate{8000};

}  // namespace

bool G729Negotiation::interchangeable(std::string_view fmtp_a, std::string_view fmtp_b) const {
  return g729::interchangeable(fmtp_a, fmtp_b);
}

std::string G729Negotiation::offer_fmtp() const {
  return "annexb=no";
}

std::string G729Negotiation::answer_fmtp(std::string_view offered) const {
  return g729::answer_fmtp(offered);
}

bool G729Negotiation::may_pause(std::string_view fmtp) const {
  return g729::annexb(fmtp);
}

base::SampleRate G729Negotiation::best_rate(base::SampleRate /*other*/) const {
  return kRate;
}

std::uint32_t G729Negotiation::duration_ticks(base::Octets payload) const noexcept {
  return g729::layout_of(payload).frames() * static_cast<std::uint32_t>(g729::kFrameSamples);
}

bool G729Negotiation::begins_pause(base::Octets payload) const noexcept {
  return g729::layout_of(payload).sid;
}

bool G729Negotiation::decodes(const CoderParams& params) {
  return params.sample_rate == kRate && params.channels == 1;
}

bool G729Negotiation::encodes(const CoderParams& params) {
  return decodes(params) && params.ptime_ms != 0 && params.ptime_ms % 10 == 0 &&
         params.ptime_ms <= kMaxPacketMs;
}

}  // namespace codecs
