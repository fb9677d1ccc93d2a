#include "control/negotiation/translation.h"

#include <algorithm>

#include "codecs/registry.h"
#include "control/negotiation/offer_list.h"

namespace control {
namespace {

using dataplane::FlowMode;
using dataplane::FlowPlan;
using dataplane::PayloadRule;
using dataplane::RuleKind;
using dataplane::SendFormat;

bool may_pause(const IncomingFormat& from) {
  const auto& format = from.payload.format;
  const auto* codec = codecs::find(format);
  return codecs::is_comfort_noise(format) || (codec != nullptr && codec->may_pause(format.fmtp));
}

class FlowPlanner {
 public:
  FlowPlanner(const std::vector<IncomingFormat>& incoming, const std::vector<OutgoingFormat>& outgoing,
              const FlowWishes& wishes)
      : incoming_(incoming), outgoing_(outgoing), wishes_(wishes) {}

  [[nodiscard]] FlowPlan plan() {
    choose_send_format();
    flow_.rules.reserve(incoming_.size());
    for (const auto& format : incoming_) {
      if (is_audio_codec(format.payload.format)) flow_.rules.push_back(audio_rule(format));
    }
    const auto is_translated = [](const PayloadRule& rule) { return rule.kind == RuleKind::kTranscode; };
    transcodes_ = std::ranges::any_of(flow_.rules, is_translated);
    for (const auto& format : incoming_) {
      if (codecs::is_telephone_event(format.payload.format)) flow_.rules.push_back(event_rule(format));
      if (codecs::is_comfort_noise(format.payload.format)) flow_.rules.push_back(noise_rule(format));
    }
    note_sender();
    settle_mode();
    return std::move(flow_);
  }

 private:
  [[nodiscard]] const OutgoingFormat* relay_target(const IncomingFormat& from) const {
    const auto* codec = codecs::find(from.payload.format);
    const auto fits = [&](const OutgoingFormat& to) {
      if (!codecs::same_encoding(from.payload.format, to.payload.format)) return false;
      if (from.through) return *from.through == to.payload.number;
      return codec == nullptr || codec->interchangeable(from.payload.format.fmtp, to.payload.format.fmtp);
    };
    const auto at = std::ranges::find_if(outgoing_, fits);
    return at == outgoing_.end() ? nullptr : &*at;
  }

  [[nodiscard]] bool is_relay_target(const OutgoingFormat& to) const {
    return std::ranges::any_of(incoming_,
                               [&](const IncomingFormat& from) { return relay_target(from) == &to; });
  }

  /// What we encode where we must: a format that also relayed packets have, so that the receiver hears just
  /// one, else the first that it takes.
  void choose_send_format() {
    const OutgoingFormat* chosen = nullptr;
    for (const auto& to : outgoing_) {
      if (!is_audio_codec(to.payload.format) || codecs::find(to.payload.format) == nullptr) continue;
      if (is_relay_target(to)) {
        chosen = &to;
        break;
      }
      if (chosen == nullptr) chosen = &to;
    }
    if (chosen == nullptr) return;
    SendFormat send;
    send.payload_type = chosen->payload.number;
    send.format = chosen->payload.format;
    send.codec = codecs::find(send.format);
    send.bit_rate = chosen->bit_rate;
    send.ptime_ms = packet_duration(*send.codec);
    // A pause is passed on as one to who takes it; a source that makes none shall lose nothing to our guess.
    send.dtx = send.codec->may_pause(send.format.fmtp) && std::ranges::any_of(incoming_, may_pause);
    for (const auto& to : outgoing_) {
      if (codecs::is_comfort_noise(to.payload.format) &&
          to.payload.format.clock_rate == send.format.clock_rate) {
        send.comfort_noise = to.payload.number;
      }
    }
    flow_.send = std::move(send);
  }

  /// What the operator wants, else what the receiver asks for, as far as receiver and codec go.
  [[nodiscard]] std::uint16_t packet_duration(const codecs::Codec& codec) const {
    auto wanted = wishes_.forced_ptime_ms;
    if (wanted == 0) wanted = wishes_.receiver_ptime_ms;
    if (wanted == 0) wanted = codec.info().default_ptime_ms;
    if (wishes_.receiver_maxptime_ms != 0) wanted = std::min(wanted, wishes_.receiver_maxptime_ms);
    return codec.fit_ptime(wanted);
  }

  [[nodiscard]] PayloadRule audio_rule(const IncomingFormat& from) const {
    const auto number = from.payload.number;
    const auto* target = relay_target(from);
    const bool can_transcode = flow_.send.has_value() && codecs::find(from.payload.format) != nullptr;
    const bool repacketise =
        wishes_.forced_ptime_ms != 0 && wishes_.sender_ptime_ms != wishes_.forced_ptime_ms && can_transcode;
    if (target != nullptr && !repacketise) return {number, RuleKind::kForward, target->payload.number, {}};
    if (can_transcode) return {number, RuleKind::kTranscode, flow_.send->payload_type, {}};
    return {number, RuleKind::kDrop, 0, {}};
  }

  /// An event goes out at the clock rate of the audio beside it if the receiver takes it there (RFC 4733
  /// §2.1).
  [[nodiscard]] PayloadRule event_rule(const IncomingFormat& from) const {
    const auto find_at = [&](base::ClockRate clock) {
      return std::ranges::find_if(outgoing_, [clock](const OutgoingFormat& to) {
        return codecs::is_telephone_event(to.payload.format) && to.payload.format.clock_rate == clock;
      });
    };
    const auto own_clock = from.payload.format.clock_rate;
    auto to = find_at(transcodes_ && flow_.send ? flow_.send->format.clock_rate : own_clock);
    if (to == outgoing_.end()) to = find_at(own_clock);
    if (to == outgoing_.end()) {
      to = std::ranges::find_if(
          outgoing_, [](const OutgoingFormat& f) { return codecs::is_telephone_event(f.payload.format); });
    }
    if (to == outgoing_.end()) return {from.payload.number, RuleKind::kDrop, 0, {}};
    const auto clock = to->payload.format.clock_rate;
    const auto kind = clock == own_clock ? RuleKind::kForward : RuleKind::kEvent;
    return {from.payload.number, kind, to->payload.number, clock};
  }

  [[nodiscard]] PayloadRule noise_rule(const IncomingFormat& from) const {
    const auto number = from.payload.number;
    if (transcodes_) return {number, RuleKind::kComfortNoise, flow_.send->comfort_noise.value_or(0), {}};
    const auto* target = relay_target(from);
    if (target == nullptr) return {number, RuleKind::kDrop, 0, {}};
    return {number, RuleKind::kForward, target->payload.number, {}};
  }

  /// RFC 3551 §4.2: who says nothing sends packets of 20 ms; but what an operator wants is not left to that.
  void note_sender() {
    constexpr std::uint16_t kDefaultPtimeMs = 20;
    flow_.sender_ptime_ms = wishes_.sender_ptime_ms;
    if (flow_.sender_ptime_ms == 0 && wishes_.forced_ptime_ms == 0) flow_.sender_ptime_ms = kDefaultPtimeMs;
  }

  void settle_mode() {
    const auto is_plain = [](const PayloadRule& rule) {
      return rule.kind == RuleKind::kForward || rule.kind == RuleKind::kDrop;
    };
    const auto is_untouched = [](const PayloadRule& rule) {
      return rule.kind == RuleKind::kForward && rule.in == rule.out;
    };
    flow_.mode = std::ranges::all_of(flow_.rules, is_plain) ? FlowMode::kRelay : FlowMode::kTranslate;
    flow_.relay_unlisted = std::ranges::all_of(flow_.rules, is_untouched);
  }

  const std::vector<IncomingFormat>& incoming_;
  const std::vector<OutgoingFormat>& outgoing_;
  const FlowWishes& wishes_;
  FlowPlan flow_;
  bool transcodes_{false};
};

}  // namespace

FlowPlan plan_flow(const std::vector<IncomingFormat>& incoming, const std::vector<OutgoingFormat>& outgoing,
                   const FlowWishes& wishes) {
  return FlowPlanner(incoming, outgoing, wishes).plan();
}

}  // namespace control
