#pragma once
/// \file
/// Offer and answer (RFC 3264) through an anchor that may transcode: what goes to the other side, and what
/// becomes of the media. Pure: no I/O, no clock; a plain value that may be copied (one copy a fork) or thrown
/// away.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "control/negotiation/decision.h"
#include "control/negotiation/offer_list.h"
#include "control/negotiation/payload_numbers.h"
#include "control/negotiation/policy.h"
#include "control/negotiation/rewrite.h"
#include "control/negotiation/session_lines.h"
#include "control/negotiation/settle.h"
#include "control/sdp/session_description.h"
#include "mediad/base/result.h"

namespace control {

class Negotiation {
 public:
  /// Takes an offer of `from` and gives the one for the other side. `local` has our ends of each stream, at
  /// least one pair for each m= line. What was settled before stays in force until answer(); a stream that is
  /// new gets a provisional decision, so that early media can flow. Errors: too few local ends, a change
  /// between plain and secured RTP; nothing has then changed.
  [[nodiscard]] base::Result<sdp::SessionDescription> offer(Side from, const sdp::SessionDescription& offer,
                                                            const Policy& policy,
                                                            std::span<const LocalPair> local);

  /// Takes the answer to the last offer and gives the one for the offerer. May be called again for the same
  /// offer (a 200 behind a 183). Errors: no offer, more streams than were offered, too few local ends;
  /// nothing has then changed.
  [[nodiscard]] base::Result<sdp::SessionDescription> answer(const sdp::SessionDescription& answer,
                                                             const Policy& policy,
                                                             std::span<const LocalPair> local);

  /// The dialog stands: no other answer to the last offer will come. Gives back what only that would need.
  void close_exchange();

  /// What holds now, one for each m= line.
  [[nodiscard]] const std::vector<MediaDecision>& decisions() const { return decisions_; }
  /// Who made the last offer; meaningful after the first.
  [[nodiscard]] Side offerer() const { return exchange_.from; }
  /// What could not be done as the policy of the last offer wanted it.
  [[nodiscard]] const std::vector<std::string>& notes() const { return exchange_.notes; }

 private:
  /// One stream of the offer under way.
  struct OfferedMedia {
    StreamView view;                    ///< the offerer's
    sdp::MediaLine line;                ///< the offerer's
    OfferList list;                     ///< audio: what the answerer was shown
    bool mux_shown{false};              ///< a=rtcp-mux went to the answerer
    bool mux_required{false};           ///< and is taken for accepted
    bool mux_granted{false};            ///< the offerer gets a=rtcp-mux
    std::uint16_t ptime_ms{0};          ///< forced towards the answerer
    std::uint16_t ptime_reverse_ms{0};  ///< forced towards the offerer
    std::vector<CodecSpec> bit_rates;
  };
  struct Exchange {
    bool open{false};
    Side from{Side::kA};
    std::vector<OfferedMedia> medias;
    std::vector<std::string> notes;
  };
  /// What one stream keeps over the life of the call, for each side.
  struct StreamMemory {
    std::string type;
    std::array<PayloadNumbers, 2> numbers;
    std::array<std::string, 2> profiles;
  };
  struct Settled {
    MediaDecision decision;
    std::vector<WrittenFormat> formats;  ///< for the offerer
  };

  void remember(std::size_t index, const StreamView& view, Side from);
  [[nodiscard]] OfferedMedia take_offered(std::size_t index, StreamView view, const Policy& policy,
                                          Side from);
  [[nodiscard]] const MediaDecision* running(std::size_t index, const StreamView& view) const;
  [[nodiscard]] OfferList list_for(std::size_t index, const StreamView& view, const Policy& policy,
                                   Side from);
  [[nodiscard]] std::string profile_towards(std::size_t index, const StreamView& view, const Policy& policy,
                                            Side to) const;
  void write_offer(std::size_t index, sdp::SessionDescription& out, const Policy& policy,
                   const LocalMedia& local) const;
  void write_answer(std::size_t index, const Settled& settled, sdp::SessionDescription& out,
                    const Policy& policy, const LocalMedia& local) const;
  [[nodiscard]] Settled settle(std::size_t index, const StreamView& answered, const Policy& policy,
                               const LocalPair& local) const;

  Exchange exchange_;
  std::vector<MediaDecision> decisions_;
  std::vector<StreamMemory> streams_;
  std::array<SessionLines, 2> sessions_;
};

}  // namespace control
