#pragma once
/// \file
/// From what was negotiated to what runs: ports for each stream of a branch, then sessions on its worker.

#include <random>
#include <vector>

#include "control/call.h"
#include "control/call_options.h"
#include "control/offer_flags.h"
#include "control/session_keeper.h"

namespace control {

/// Control thread only.
class BranchSetup {
 public:
  BranchSetup(Placement& placement, SessionKeeper& keeper, std::uint64_t seed)
      : placement_(placement), keeper_(keeper), random_(seed) {}

  /// The worker for a call that begins with this offer; nullopt: none has ports for it.
  [[nodiscard]] std::optional<std::uint16_t> choose_worker(const sdp::SessionDescription& offer,
                                                           const OfferFlags& flags) const;

  /// Port pairs towards both sides for each stream of an offer of `sender` that is not refused in it. False:
  /// ran out of ports; what was placed stays with the branch.
  [[nodiscard]] bool place(Branch& branch, std::uint16_t worker, unsigned sender,
                           const sdp::SessionDescription& offer, const OfferFlags& flags);

  /// Our ends of each of the first `streams` streams, in a message that goes to `receiver`.
  [[nodiscard]] static std::vector<LocalPair> local_ends(const Branch& branch, unsigned receiver,
                                                         std::size_t streams, const OfferFlags& flags);

  /// Starts, changes and stops sessions as the branch's negotiation now says. The first error ends it;
  /// streams before that one run.
  [[nodiscard]] base::Result<void> apply(const Call& call, Branch& branch, const CallOptions& options);

  /// Starts sessions on what an offer alone decides, so that media which comes before the answer gets
  /// through. What an answer has settled is left as it is. The first error ends it.
  [[nodiscard]] base::Result<void> open(const Call& call, Branch& branch, const CallOptions& options);

  /// Stops all sessions of the branch; its ports come free when those are home.
  void tear_down(Branch& branch);

  /// RFC 7022 §4.2: 96 random bits.
  [[nodiscard]] std::string make_cname();

 private:
  [[nodiscard]] dataplane::SessionPlan plan_for(const Call& call, const Branch& branch, std::size_t index,
                                                const CallOptions& options) const;
  [[nodiscard]] base::Result<void> run(Media& media, std::uint16_t worker, dataplane::SessionPlan plan);
  void stop(Media& media);

  Placement& placement_;
  SessionKeeper& keeper_;
  std::mt19937_64 random_;
};

}  // namespace control
