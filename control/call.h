#pragma once
/// \file
/// A call as signalling sees it: one caller, and a branch for each place where the call rings (RFC 3261
/// §16.6). Plain data and the rules by which a request finds its branch; no I/O. Control thread.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/media.h"
#include "control/negotiation/negotiation.h"
#include "mediad/base/clock.h"

namespace control {

/// The names by which signalling speaks of a call. Views of the caller's storage; those that are not known
/// are empty.
struct CallNames {
  std::string_view call_id, from_tag, to_tag, via_branch;
};

/// One party of a branch.
struct Leg {
  std::string tag;  ///< empty until it has answered
  std::string label;
  base::Instant created{};
  dataplane::SourcePolicy source;   ///< how its media's origin is believed
  std::optional<std::uint8_t> tos;  ///< of what we send to it; none: the configured one
  std::vector<std::string>
      past_tags;  ///< of others that answered the same offer before (forking behind the proxy)
};

inline constexpr unsigned kCaller = 0;  ///< who sent the first offer of the branch: side A of the negotiation
inline constexpr unsigned kCallee = 1;  ///< side B

/// The two parties of one possible dialogue, and their media.
struct Branch {
  std::string via_branch;
  std::array<Leg, 2> legs;
  unsigned offerer{kCaller};  ///< of the last offer
  bool answered{false};       ///< at least once
  std::size_t answer_hash{
      0};  ///< of the answer in force, so that its repetition (200 behind 183) costs nothing
  base::Instant created{};
  base::Instant last_signal{};
  std::optional<base::Instant> delete_at;  ///< after a delete, until its delay has passed
  std::vector<Media> medias;               ///< as many as m= lines were ever offered
  Negotiation negotiation;

  /// What holds for one of the medias.
  [[nodiscard]] const MediaDecision& decision_of(const Media& media) const;
  /// It runs, and one of its flows decodes and encodes.
  [[nodiscard]] bool is_transcoded(const Media& media) const;
  /// The leg that has this tag; nullopt if neither has. An earlier answerer's tag counts as the callee's.
  [[nodiscard]] std::optional<unsigned> leg_of(std::string_view tag) const;
};

/// A branch, and which of its legs sent the request in question.
struct BranchMatch {
  Branch* branch{nullptr};
  unsigned sender{kCaller};
};

struct Call {
  std::string call_id;
  std::uint16_t worker{0};
  base::Instant created{};
  base::Instant last_signal{};
  std::string cname;  ///< of the RTCP that we originate (RFC 7022 §4.2: of this session alone)
  std::string metadata;
  bool live{true};  ///< some branch has not been deleted: the call counts against limits
  std::vector<std::unique_ptr<Branch>> branches;

  /// The branch that an offer renews; none: it opens a new one.
  [[nodiscard]] std::optional<BranchMatch> match_offer(const CallNames& names);
  /// The branch whose last offer an answer answers; `sender` is the answerer. Tags in either order.
  [[nodiscard]] std::optional<BranchMatch> match_answer(const CallNames& names);
  /// The branches that a delete or query means; all if it names no tag.
  [[nodiscard]] std::vector<Branch*> match_any(const CallNames& names);
  /// True when no branch is left that nobody has deleted.
  [[nodiscard]] bool is_deleted() const;
};

/// The leg takes this tag; the one that it had is remembered.
void adopt_tag(Leg& leg, std::string_view tag);

}  // namespace control
