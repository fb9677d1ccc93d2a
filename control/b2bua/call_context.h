#pragma once
/// \file
/// What the parts of one call share: the seam, the media, the ladder, and the names by which messages find
/// the call.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "control/b2bua/call_facts.h"
#include "control/b2bua/capabilities.h"
#include "control/b2bua/ladder.h"
#include "control/b2bua/media_anchor.h"
#include "control/b2bua/trunk_logins.h"
#include "control/dialog/session_timer.h"
#include "control/sip/sip_port.h"

namespace control {

class SipCall;

struct B2buaOptions {
  std::string domain{"mediad"};  ///< host of users' addresses
  /// A call that nobody answers ends (timer C of RFC 3261 §16.6, by analogy).
  base::Duration ring_timeout{std::chrono::minutes{3}};
  /// How long one member of a group rings before the next does.
  base::Duration hunt_timeout{std::chrono::seconds{20}};
  /// Places that one call may ring at at a time: each costs ports.
  std::size_t max_forks{10};
  SessionTimerPolicy session_timer{};
};

struct B2buaCounters {
  std::uint64_t calls{0};  ///< INVITEs of authenticated callers
  std::uint64_t answered{0};
  std::uint64_t refused{0};  ///< by routing, limits or media, before anything rang
  std::uint64_t failed{0};   ///< by those that rang
  std::uint64_t cancelled{0};
  std::uint64_t media_lost{0};  ///< ended because their media ended
  std::uint64_t unacknowledged{0};
  std::uint64_t glares{0};
  std::uint64_t expired{0};  ///< ended because a peer did not refresh its session (RFC 4028)
};

/// Which call a transaction or a dialog of ours belongs to.
struct CallIndex {
  std::unordered_map<std::uint64_t, SipCall*> by_txn;
  std::unordered_map<std::string, SipCall*> by_tag;
};

/// What all calls share; outlives them.
struct CallWorld {
  sip::SipPort& port;
  CallService& media;
  B2buaOptions options;
  B2buaCounters counters;
  CallIndex index;
  /// What we are at this trunk; nullopt: nobody.
  std::function<std::optional<Credentials>(std::string_view trunk)> credentials_of{};
};

/// Control thread. When it goes, its names and its media go with it.
class CallContext {
 public:
  CallContext(CallWorld& world, SipCall& owner, base::Instant now);
  ~CallContext();
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  sip::TxnId send(sip::OutgoingRequest request, sip::Target target, std::string_view peer);
  void ack(sip::OutgoingRequest ack, sip::Target target, std::string_view peer);
  void cancel(sip::TxnId txn, std::string_view reason, std::string_view peer);
  void respond(sip::TxnId txn, const sip::OutgoingResponse& response, std::string_view peer);
  /// Notes a message that came; of a response the peer is known by its transaction.
  void came(const sip::Message& message, std::string_view peer);
  void came(const sip::Response& response);
  /// The dialogs with this Call-ID are with a trunk, which may ask who we are.
  void log_in(std::string_view trunk, std::string_view call_id);
  /// The response as it concerns the transaction that was sent; nullopt if it was a challenge and has been
  /// answered.
  [[nodiscard]] std::optional<sip::Response> settled(const sip::Response& response);
  [[nodiscard]] sip::TxnFailed settled(const sip::TxnFailed& failed) const;
  void note(std::string_view peer, std::string_view what) { ladder_.came(now, peer, what); }

  /// Messages about this transaction of a peer's are this call's.
  void own(sip::TxnId txn);
  /// A tag of ours by which requests will find this call.
  [[nodiscard]] std::string new_tag();
  /// A tag that another call gave up: its dialog goes on in this one.
  void adopt_tag(const std::string& tag);
  void give_up_tag(const std::string& tag);
  [[nodiscard]] const Ladder& ladder() const { return ladder_; }
  [[nodiscard]] Ladder take_ladder() { return std::move(ladder_); }
  /// The joined dialogs have ended: the media too. `by` names the side that hung up.
  void over(std::string_view by, std::string_view reason);

  CallWorld& world;
  MediaAnchor media;
  CallFacts facts;
  base::Instant now;  ///< of the event that is being served
  /// What was said last to a caller that has no transaction: one that is being transferred.
  std::optional<std::uint16_t> told_nobody;

 private:
  SipCall& owner_;
  Ladder ladder_;
  std::vector<std::pair<std::uint64_t, std::string>> txns_;  ///< with the peer's name
  std::vector<std::string> tags_;
  TrunkLogins logins_;
};

/// A response without more to it.
[[nodiscard]] sip::OutgoingResponse plain(std::uint16_t status, std::string to_tag = {});

}  // namespace control
