#include "control/negotiation/settle.h"

#include <algorithm>

#include "codecs/registry.h"

namespace control {
namespace {

using Index = std::optional<std::size_t>;

bool can_transcode(const codecs::Format& format) {
  return codecs::find(format) != nullptr;
}

class Settler {
 public:
  Settler(const std::vector<PayloadFormat>& offered, const OfferList& list,
          const std::vector<PayloadFormat>& answered, const SettleWishes& wishes)
      : offered_(offered), list_(list), answered_(answered), wishes_(wishes) {
    match_answer_to_list();
    forget_unoffered_audio();
    match_offer_to_answer();
    chosen_.assign(offered_.size(), false);
  }

  [[nodiscard]] SettledFormats settle() {
    choose_audio();
    if (std::ranges::find(chosen_, true) != chosen_.end()) {
      choose_events();
      choose_noise();
    }
    SettledFormats settled;
    settled.from_offerer.reserve(offered_.size());
    settled.answer.reserve(offered_.size());
    settled.to_offerer.reserve(offered_.size());
    settled.from_answerer.reserve(answered_.size());
    settled.to_answerer.reserve(answered_.size());
    for (const auto i : answer_order()) write_offerers(i, settled);
    for (std::size_t i = 0; i < offered_.size(); ++i) {
      if (chosen_[i]) settled.to_offerer.push_back({offered_[i], bit_rate_for(offered_[i].format)});
    }
    for (std::size_t j = 0; j < answered_.size(); ++j) write_answerers(j, settled);
    return settled;
  }

 private:
  /// Which entry of our list each answered format is: by number where it means the same, else by encoding (an
  /// answerer may choose numbers of its own, RFC 3264 §6.1).
  void match_answer_to_list() {
    std::vector<bool> taken(list_.listed.size(), false);
    listed_of_.reserve(answered_.size());
    for (const auto& answer : answered_) {
      Index found;
      for (std::size_t k = 0; k < list_.listed.size(); ++k) {
        const auto& payload = list_.listed[k].payload;
        if (taken[k] || !codecs::same_encoding(payload.format, answer.format)) continue;
        if (!found || payload.number == answer.number) found = k;
      }
      if (found) taken[*found] = true;
      listed_of_.push_back(found);
    }
  }

  /// An answerer that also lists codecs which it was not offered is taken at its word only if there is
  /// nothing else.
  void forget_unoffered_audio() {
    const auto is_stranger = [&](std::size_t j) {
      return !listed_of_[j] && is_audio_codec(answered_[j].format);
    };
    bool any_stranger = false;
    for (std::size_t j = 0; j < answered_.size(); ++j) any_stranger = any_stranger || is_stranger(j);
    if (!any_stranger) return;
    std::vector<PayloadFormat> kept;
    std::vector<Index> kept_of;
    bool any_audio = false;
    for (std::size_t j = 0; j < answered_.size(); ++j) {
      if (is_stranger(j)) continue;
      any_audio = any_audio || is_audio_codec(answered_[j].format);
      kept.push_back(answered_[j]);
      kept_of.push_back(listed_of_[j]);
    }
    if (!any_audio) return;
    answered_ = std::move(kept);
    listed_of_ = std::move(kept_of);
  }

  void match_offer_to_answer() {
    answer_of_.assign(offered_.size(), {});
    for (std::size_t j = 0; j < answered_.size(); ++j) {
      if (!listed_of_[j] || !list_.listed[*listed_of_[j]].original) continue;
      const auto original = *list_.listed[*listed_of_[j]].original;
      const auto at = std::ranges::find(offered_, original, &PayloadFormat::number);
      answer_of_[static_cast<std::size_t>(at - offered_.begin())] = j;
    }
  }

  void choose_audio() {
    const bool has_target = std::ranges::any_of(answered_, [](const PayloadFormat& f) {
      return is_audio_codec(f.format) && can_transcode(f.format);
    });
    const bool common = any_of_audio([&](std::size_t i) { return answer_of_[i].has_value(); });
    for (std::size_t i = 0; i < offered_.size(); ++i) {
      if (!is_audio_codec(offered_[i].format)) continue;
      const bool ours = has_target && can_transcode(offered_[i].format);
      const bool wanted = common ? list_.uses[i] == Use::kAccepted : list_.uses[i] != Use::kStripped;
      chosen_[i] = answer_of_[i].has_value() || (ours && wanted);
    }
    if (wishes_.single_codec) keep_first_audio();
  }

  template <typename Predicate>
  [[nodiscard]] bool any_of_audio(Predicate predicate) const {
    for (std::size_t i = 0; i < offered_.size(); ++i) {
      if (is_audio_codec(offered_[i].format) && predicate(i)) return true;
    }
    return false;
  }

  /// True if a codec was chosen that the answerer does not have: the stream is transcoded.
  [[nodiscard]] bool is_translated() const {
    return any_of_audio([&](std::size_t i) { return chosen_[i] && !answer_of_[i]; });
  }

  void keep_first_audio() {
    const auto order = answer_order();
    const auto first =
        std::ranges::find_if(order, [&](std::size_t i) { return is_audio_codec(offered_[i].format); });
    if (first == order.end()) return;
    for (std::size_t i = 0; i < offered_.size(); ++i) {
      if (is_audio_codec(offered_[i].format)) chosen_[i] = i == *first;
    }
  }

  /// Telephone-events that get through unchanged if the audio does, else those at the clock rate of the
  /// offerer's audio.
  void choose_events() {
    if (std::ranges::none_of(answered_,
                             [](const PayloadFormat& f) { return codecs::is_telephone_event(f.format); })) {
      return;
    }
    const auto choose = [&](auto predicate) {
      bool any = false;
      for (std::size_t i = 0; i < offered_.size(); ++i) {
        if (!codecs::is_telephone_event(offered_[i].format) || list_.uses[i] == Use::kStripped ||
            !predicate(i))
          continue;
        chosen_[i] = any = true;
      }
      return any;
    };
    if (!is_translated() && choose([&](std::size_t i) { return answer_of_[i].has_value(); })) return;
    if (choose([&](std::size_t i) { return has_chosen_audio_at(offered_[i].format.clock_rate); })) return;
    choose([](std::size_t) { return true; });
  }

  /// Comfort noise that the answerer takes too, or that we turn into sound beside a codec of the same clock
  /// rate.
  void choose_noise() {
    const bool translated = is_translated();
    for (std::size_t i = 0; i < offered_.size(); ++i) {
      if (!codecs::is_comfort_noise(offered_[i].format) || list_.uses[i] == Use::kStripped) continue;
      chosen_[i] =
          answer_of_[i].has_value() || (translated && has_chosen_audio_at(offered_[i].format.clock_rate));
    }
  }

  [[nodiscard]] bool has_chosen_audio_at(base::ClockRate clock) const {
    return any_of_audio([&](std::size_t i) { return chosen_[i] && offered_[i].format.clock_rate == clock; });
  }

  /// The answerer's order where all comes from it, else the offerer's (RFC 3264 §6.1).
  [[nodiscard]] std::vector<std::size_t> answer_order() const {
    std::vector<std::size_t> order;
    order.reserve(offered_.size());
    if (!is_translated()) {
      for (std::size_t j = 0; j < answered_.size(); ++j) {
        for (std::size_t i = 0; i < offered_.size(); ++i) {
          if (chosen_[i] && answer_of_[i] == j) order.push_back(i);
        }
      }
    }
    for (std::size_t i = 0; i < offered_.size(); ++i) {
      if (chosen_[i] && std::ranges::find(order, i) == order.end()) order.push_back(i);
    }
    return order;
  }

  void write_offerers(std::size_t i, SettledFormats& settled) const {
    auto payload = offered_[i];
    std::optional<std::uint8_t> through;
    if (answer_of_[i]) {
      through = answered_[*answer_of_[i]].number;
      payload.format.fmtp = answered_[*answer_of_[i]].format.fmtp;
    } else if (const auto* codec = codecs::find(payload.format)) {
      payload.format.fmtp = codec->answer_fmtp(payload.format.fmtp);
    }
    settled.answer.push_back({payload, through});
    settled.from_offerer.push_back({std::move(payload), through});
  }

  void write_answerers(std::size_t j, SettledFormats& settled) const {
    const auto& answer = answered_[j];
    if (!listed_of_[j]) {  // never offered: we may use it, and it may come under the answerer's own number
      settled.to_answerer.push_back({answer, 0});
      const auto has_number = [&](const IncomingFormat& f) { return f.payload.number == answer.number; };
      if (std::ranges::none_of(settled.from_answerer, has_number))
        settled.from_answerer.push_back({answer, {}});
      return;
    }
    const auto& listed = list_.listed[*listed_of_[j]];
    settled.to_answerer.push_back({answer, listed.bit_rate});
    const auto at = std::ranges::find(answer_of_, Index{j});
    const bool through = at != answer_of_.end() && chosen_[static_cast<std::size_t>(at - answer_of_.begin())];
    settled.from_answerer.push_back({listed.payload, through ? listed.original : std::nullopt});
  }

  [[nodiscard]] std::int32_t bit_rate_for(const codecs::Format& format) const {
    const auto at =
        std::ranges::find_if(wishes_.bit_rates, [&](const CodecSpec& spec) { return spec.matches(format); });
    return at == wishes_.bit_rates.end() ? 0 : at->bit_rate;
  }

  const std::vector<PayloadFormat>& offered_;
  const OfferList& list_;
  std::vector<PayloadFormat> answered_;
  const SettleWishes& wishes_;
  std::vector<Index> listed_of_;  ///< for each answered format: its entry in our list
  std::vector<Index> answer_of_;  ///< for each offered format: the answered one that it was passed on as
  std::vector<bool> chosen_;      ///< for each offered format: the offerer is told that we take it
};

}  // namespace

SettledFormats settle_formats(const std::vector<PayloadFormat>& offered, const OfferList& list,
                              const std::vector<PayloadFormat>& answered, const SettleWishes& wishes) {
  return Settler(offered, list, answered, wishes).settle();
}

}  // namespace control
