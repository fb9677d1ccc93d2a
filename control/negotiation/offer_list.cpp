#include "control/negotiation/offer_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "codecs/registry.h"
#include "control/sdp/text.h"

namespace control {
namespace {

using codecs::Format;
using Specs = std::vector<CodecSpec>;

bool names(const Specs& specs, const Format& format) {
  return std::ranges::any_of(specs, [&](const CodecSpec& spec) { return spec.matches(format); });
}
bool has_all(const Specs& specs) {
  return std::ranges::any_of(specs, &CodecSpec::is_all);
}
bool has_full(const Specs& specs) {
  return std::ranges::any_of(specs, &CodecSpec::is_full);
}

/// "all" and "full" speak of codecs: digits get through unless telephone-event is named.
Use use_of_event(const Format& format, const CodecPolicy& policy) {
  if (names(policy.strip, format) || names(policy.mask, format)) return Use::kStripped;
  const bool restored =
      names(policy.offer, format) || names(policy.except, format) || names(policy.transcode, format);
  const bool hidden =
      has_all(policy.strip) || has_full(policy.strip) || has_all(policy.mask) || has_full(policy.mask);
  return hidden && !restored ? Use::kMasked : Use::kOffered;
}

Use use_of(const Format& format, const CodecPolicy& policy) {
  if (codecs::is_telephone_event(format)) return use_of_event(format, policy);
  if (names(policy.strip, format)) return Use::kStripped;
  if (names(policy.mask, format)) return Use::kMasked;
  const bool listed = names(policy.offer, format) || names(policy.except, format);
  // "transcode" restores what "all" took away, but after "full" it makes an instance of its own.
  const bool restored = listed || names(policy.transcode, format);
  const auto kept = has_all(policy.accept) || has_full(policy.accept) || names(policy.accept, format)
                        ? Use::kAccepted
                        : Use::kOffered;
  if ((has_full(policy.strip) && !listed) || (has_all(policy.strip) && !restored)) return Use::kStripped;
  if ((has_full(policy.mask) && !listed) || (has_all(policy.mask) && !restored)) return Use::kMasked;
  return kept;
}

/// Nearly every phone numbers telephone-event/8000 so, and some know no other number.
constexpr std::optional<std::uint8_t> kUsualEventNumber{101};

bool is_shown(Use use) {
  return use == Use::kOffered || use == Use::kAccepted;
}

/// The format that a codec flag adds, or nullopt if we have no such codec.
std::optional<Format> format_of(const CodecSpec& spec) {
  for (const auto* codec : codecs::all()) {
    const auto& info = codec->info();
    Format format{std::string(info.encoding), info.clock_rate, info.rtpmap_channels, {}};
    if (!spec.matches(format)) continue;
    format.fmtp = spec.fmtp.empty() ? codec->offer_fmtp() : spec.fmtp;
    return format;
  }
  return std::nullopt;
}

class ListBuilder {
 public:
  ListBuilder(const std::vector<PayloadFormat>& offered, PayloadNumbers& numbers)
      : offered_(offered), numbers_(numbers) {
    numbers_.begin(offered_);
    list_.listed.reserve(offered_.size());
  }

  void keep(const PayloadFormat& payload) { list(numbers_.keep(payload), payload.format, payload.number, 0); }
  void add_own(const Format& format, std::optional<std::uint8_t> preferred = {}, std::int32_t bit_rate = 0) {
    list(numbers_.add(format, preferred), format, std::nullopt, bit_rate);
    ++added_;
  }
  [[nodiscard]] bool lists(const Format& format) const {
    return std::ranges::any_of(list_.listed, [&](const ListedFormat& listed) {
      return codecs::same_encoding(listed.payload.format, format);
    });
  }
  [[nodiscard]] bool has_audio() const {
    return std::ranges::any_of(
        list_.listed, [](const ListedFormat& listed) { return is_audio_codec(listed.payload.format); });
  }

  /// The offerer's telephone-events where the list still has a codec of their clock rate, and one of our own
  /// for each clock rate without.
  void keep_events(const std::vector<Use>& uses) {
    const PayloadFormat* model = nullptr;
    bool hidden = false;
    for (std::size_t i = 0; i < offered_.size(); ++i) {
      if (!codecs::is_telephone_event(offered_[i].format) || uses[i] == Use::kStripped) continue;
      if (model == nullptr) model = &offered_[i];
      if (is_shown(uses[i]) || wants_event_at(offered_[i].format.clock_rate)) {
        keep(offered_[i]);
      } else {
        hidden = true;
      }
    }
    if (model == nullptr || (added_ == 0 && !hidden)) return;
    for (const auto clock : event_clocks()) {
      const Format event{"telephone-event", clock, 1,
                         model->format.fmtp.empty() ? "0-15" : model->format.fmtp};
      if (!lists(event)) add_own(event, clock.hz == 8000 ? kUsualEventNumber : std::nullopt);
    }
  }

  [[nodiscard]] OfferList finish(std::vector<Use> uses) {
    list_.uses = std::move(uses);
    return std::move(list_);
  }

 private:
  void list(std::optional<std::uint8_t> number, const Format& format, std::optional<std::uint8_t> original,
            std::int32_t bit_rate) {
    if (!number) {
      list_.notes.push_back(fmt::format("no payload type left for {}", format.encoding));
      return;
    }
    list_.listed.push_back({{*number, format}, original, bit_rate});
  }

  /// 8000, and the clock rate of every codec in the list that has telephone-events of its own: those at
  /// 48000.
  [[nodiscard]] std::vector<base::ClockRate> event_clocks() const {
    std::vector<base::ClockRate> clocks{base::ClockRate{8000}};
    const auto is_fullband = [](const ListedFormat& listed) {
      return is_audio_codec(listed.payload.format) && listed.payload.format.clock_rate.hz == 48000;
    };
    if (std::ranges::any_of(list_.listed, is_fullband)) clocks.push_back(base::ClockRate{48000});
    return clocks;
  }
  [[nodiscard]] bool wants_event_at(base::ClockRate clock) const {
    return std::ranges::count(event_clocks(), clock) > 0;
  }

  const std::vector<PayloadFormat>& offered_;
  PayloadNumbers& numbers_;
  OfferList list_;
  std::size_t added_{0};
};

/// Indices of the offerer's formats in the order in which the answerer shall see them: those named by `offer`
/// first.
std::vector<std::size_t> preference_order(const std::vector<PayloadFormat>& offered, const Specs& first) {
  std::vector<std::size_t> order;
  const auto push = [&](std::size_t i) {
    if (std::ranges::find(order, i) == order.end()) order.push_back(i);
  };
  for (const auto& spec : first) {
    for (std::size_t i = 0; i < offered.size(); ++i) {
      if (spec.matches(offered[i].format)) push(i);
    }
  }
  for (std::size_t i = 0; i < offered.size(); ++i) push(i);
  return order;
}

/// The codecs of `transcode` that the list would lack.
std::vector<std::pair<Format, std::int32_t>> wanted_additions(const std::vector<PayloadFormat>& offered,
                                                              const std::vector<Use>& uses,
                                                              const Specs& transcode,
                                                              std::vector<std::string>& notes) {
  std::vector<std::pair<Format, std::int32_t>> wanted;
  for (const auto& spec : transcode) {
    if (sdp::equal_fold(spec.encoding, "telephone-event") || sdp::equal_fold(spec.encoding, "CN")) continue;
    const auto format = format_of(spec);
    bool shown = false;
    for (std::size_t i = 0; i < offered.size(); ++i)
      shown = shown || (is_shown(uses[i]) && spec.matches(offered[i].format));
    if (shown) continue;
    if (format) {
      wanted.emplace_back(*format, spec.bit_rate);
    } else {
      notes.push_back(fmt::format("codec {} cannot be transcoded and is not offered", spec.encoding));
    }
  }
  return wanted;
}

OfferList unchanged_list(const std::vector<PayloadFormat>& offered, PayloadNumbers& numbers) {
  ListBuilder builder(offered, numbers);
  for (const auto& payload : offered) builder.keep(payload);
  return builder.finish(std::vector<Use>(offered.size(), Use::kOffered));
}

}  // namespace

bool is_audio_codec(const Format& format) {
  return !codecs::is_telephone_event(format) && !codecs::is_comfort_noise(format);
}

OfferList make_offer_list(const std::vector<PayloadFormat>& offered, const CodecPolicy& policy,
                          PayloadNumbers& numbers) {
  if (policy.empty()) return unchanged_list(offered, numbers);
  std::vector<Use> uses;
  for (const auto& payload : offered) uses.push_back(use_of(payload.format, policy));
  std::vector<std::string> notes;
  const auto additions = wanted_additions(offered, uses, policy.transcode, notes);

  ListBuilder builder(offered, numbers);
  const auto order = preference_order(offered, policy.offer);
  for (const auto i : order) {
    if (!is_audio_codec(offered[i].format) || !is_shown(uses[i])) continue;
    // Beside a codec of ours the answerer might switch to one that we cannot transcode.
    if (!additions.empty() && codecs::find(offered[i].format) == nullptr) {
      uses[i] = Use::kStripped;
      continue;
    }
    builder.keep(offered[i]);
  }
  for (const auto& [format, bit_rate] : additions) {
    if (!builder.lists(format)) builder.add_own(format, {}, bit_rate);
  }
  if (!builder.has_audio()) {
    auto list = unchanged_list(offered, numbers);
    notes.emplace_back("the codec flags leave nothing to offer and are ignored");
    list.notes = std::move(notes);
    return list;
  }
  for (const auto i : order) {
    if (codecs::is_comfort_noise(offered[i].format) && is_shown(uses[i])) builder.keep(offered[i]);
  }
  builder.keep_events(uses);
  auto list = builder.finish(std::move(uses));
  list.notes.insert(list.notes.begin(), notes.begin(), notes.end());
  return list;
}

OfferList keep_offer_list(const std::vector<PayloadFormat>& offered, const std::vector<PayloadFormat>& in_use,
                          PayloadNumbers& numbers) {
  ListBuilder builder(offered, numbers);
  std::vector<Use> uses(offered.size(), Use::kMasked);
  for (const auto& theirs : in_use) {
    const auto same = std::ranges::find_if(offered, [&](const PayloadFormat& payload) {
      return codecs::same_encoding(payload.format, theirs.format);
    });
    if (same == offered.end()) {
      builder.add_own(theirs.format, theirs.number);
    } else if (!builder.lists(same->format)) {
      uses[static_cast<std::size_t>(same - offered.begin())] = Use::kOffered;
      builder.keep(*same);
    }
  }
  return builder.finish(std::move(uses));
}

}  // namespace control
