#pragma once
/// \file
/// Calls: offers and answers in, rewritten descriptions out, sessions on workers in between. What every
/// signalling front end talks to; it knows none of them.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "control/admission.h"
#include "control/branch_setup.h"
#include "control/call.h"
#include "control/call_counters.h"
#include "control/call_options.h"
#include "control/call_report.h"
#include "control/call_timeout.h"
#include "control/offer_flags.h"
#include "control/placement.h"
#include "control/session_keeper.h"
#include "mediad/base/result.h"

namespace control {

/// Errors on which proxies act: the words are rtpengine's.
namespace call_error {
inline constexpr std::string_view kRanOutOfPorts = "Ran out of ports";
inline constexpr std::string_view kSessionLimit = "Parallel session limit reached";
inline constexpr std::string_view kCpuLimit = "CPU usage limit exceeded";
inline constexpr std::string_view kLoadLimit = "Load limit exceeded";
inline constexpr std::string_view kUnknownCall = "Unknown call-id";
inline constexpr std::string_view kNothingDeleted = "Call-ID not found or tags didn't match";
inline constexpr std::string_view kBadDescription = "Failed to parse SDP";

/// True for those that say "not now, not here": another node may take the call.
[[nodiscard]] bool is_limit(std::string_view text);
}  // namespace call_error

/// Control thread only. Nothing in here waits: a full inbox, pool or limit is an error.
class CallService {
 public:
  struct Dependencies {
    Placement& placement;
    std::span<dataplane::WorkerProxy> workers;
    /// Told of addresses whose next hop a worker wants to know.
    std::function<void(const base::IpAddress&)> resolve_next_hop;
    std::uint64_t seed{0};  ///< of SSRCs and CNAMEs: from a source of real randomness
  };

  CallService(CallOptions options, Dependencies dependencies);

  /// The description for the other side. A new call if none has this call-id, a re-offer if the tags say so.
  /// From here on the ports are open: what the answerer sends before its answer gets through.
  [[nodiscard]] base::Result<std::string> offer(const CallNames& names, std::string_view sdp,
                                                const OfferFlags& flags, base::Instant now);
  /// The description for the side that offered; media now flows as it was agreed.
  [[nodiscard]] base::Result<std::string> answer(const CallNames& names, std::string_view sdp,
                                                 const OfferFlags& flags, base::Instant now);
  /// Ends the branches that the names mean, after a delay (none given: the configured one). The report is of
  /// the moment.
  [[nodiscard]] base::Result<CallReport> remove(const CallNames& names,
                                                std::optional<std::chrono::seconds> delay, base::Instant now);
  [[nodiscard]] base::Result<CallReport> query(const CallNames& names);
  /// Call-ids, at most `limit`, in no order.
  [[nodiscard]] std::vector<std::string_view> list(std::size_t limit) const;
  /// nullptr if unknown. Valid until the next call of anything that is not const.
  [[nodiscard]] const Call* find(std::string_view call_id) const;

  /// Ends a call at once, for an operator. False if it is unknown.
  bool kill(std::string_view call_id, base::Instant now);
  /// While draining, new calls are refused as by a session limit; those that exist are served.
  void set_draining(bool draining) { draining_ = draining; }
  [[nodiscard]] bool draining() const { return draining_; }
  /// Ends every call; poll() until outstanding_sessions() is 0.
  void stop_all(base::Instant now);

  /// Takes in what workers have to say. Every few milliseconds while there are sessions.
  void poll(base::Instant now);
  /// Ends what has been silent, unanswered or deleted for long enough, and measures the workers' load. Once a
  /// second.
  void check_time(base::Instant now);

  /// Options that may change while calls run: they hold for what comes.
  void set_options(const CallOptions& options) { options_ = options; }
  [[nodiscard]] const CallOptions& options() const { return options_; }

  [[nodiscard]] std::size_t calls() const { return calls_.size(); }
  /// Calls that nobody has deleted yet.
  [[nodiscard]] std::size_t live_calls() const { return live_calls_; }
  [[nodiscard]] std::size_t outstanding_sessions() const { return keeper_.outstanding(); }
  /// Share of the last second in which the busiest worker had something to do, 0..1.
  [[nodiscard]] double busy_share() const { return busy_share_; }
  [[nodiscard]] CallCounters& counters() { return counters_; }
  [[nodiscard]] const CallCounters& counters() const { return counters_; }
  [[nodiscard]] const Placement& placement() const { return placement_; }
  [[nodiscard]] std::span<const dataplane::WorkerProxy> workers() const { return workers_; }
  /// Calls `use` with each call.
  template <typename Use>
  void for_each_call(Use use) const {
    for (const auto& [call_id, call] : calls_) use(*call);
  }

 private:
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Calls = std::unordered_map<std::string, std::unique_ptr<Call>, TextHash, std::equal_to<>>;

  /// Why a new call may not come in; empty if it may.
  [[nodiscard]] std::string_view refusal() const;
  /// True if the branch is new, transcodes by what is settled so far, and its worker has no time for that.
  [[nodiscard]] bool overloads(const Call& call, const Branch& branch) const;
  [[nodiscard]] base::Result<Call*> open_call(const CallNames& names, const sdp::SessionDescription& offer,
                                              const OfferFlags& flags, base::Instant now);
  [[nodiscard]] base::Result<std::string> offer_on(Call& call, Branch& branch, unsigned sender,
                                                   const CallNames& names,
                                                   const sdp::SessionDescription& offer,
                                                   const OfferFlags& flags, base::Instant now);
  /// Ends a branch now, and its call with the last one. Invalidates both.
  void end_branch(Call& call, Branch& branch, std::string_view reason, base::Instant now);
  void end_call(Call& call, std::string_view reason, base::Instant now);
  void mark_deleted(Call& call, const std::vector<Branch*>& branches, base::Instant at);
  void revive(Call& call, Branch& branch);
  void expire(Call& call, base::Instant now);
  void measure_load();
  void take(const dataplane::Event& event, base::Instant now);
  /// A worker did not take this session, or gave it up.
  void refused(dataplane::SessionId id, base::Instant now);

  CallOptions options_;
  Placement& placement_;
  std::span<dataplane::WorkerProxy> workers_;
  std::function<void(const base::IpAddress&)> resolve_next_hop_;
  SessionKeeper keeper_;
  BranchSetup setup_;
  Calls calls_;
  std::size_t live_calls_{0};
  bool draining_{false};
  CallCounters counters_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>>
      busy_idle_ns_;  ///< of each worker at the last measurement
  double busy_share_{0};
  Admission admission_;
};

}  // namespace control
