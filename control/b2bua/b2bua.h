#pragma once
/// \file
/// Everything above the seam: who asks what, whether it may, and which call it is about.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "control/auth/account.h"
#include "control/auth/auth_gate.h"
#include "control/b2bua/anchor.h"
#include "control/b2bua/call_context.h"
#include "control/b2bua/sip_call.h"
#include "control/b2bua/transfer.h"
#include "control/registrar/registrar.h"
#include "control/routing/route.h"
#include "control/sip/sip_port.h"

namespace control {

/// By what two copies of one INVITE that came by two ways are known (RFC 3261 §8.2.2.2). What a proxy has
/// forked is anchored for each of its branches, which differ in their Request-URI.
[[nodiscard]] std::string invite_key(const sip::Message& invite, const AuthenticatedOrigin& origin);

/// Control thread. Time comes in with events; on_time() is to be called at next_deadline().
class B2bua final : public sip::SipUser {
 public:
  /// All outlive the B2BUA.
  struct Dependencies {
    sip::SipPort& port;
    CallService& media;
    AuthGate& gate;
    Registrar& registrar;
    const Accounts& accounts;
    const RoutingTable& table;
    std::function<base::WallTime(base::Instant)> to_wall;
    std::function<std::uint32_t(std::uint32_t)> draw;  ///< a number in [0, n], for weights
    /// What we are at a trunk.
    std::function<std::optional<Credentials>(std::string_view trunk)> credentials_of{};
    std::function<bool(std::string_view trunk)> is_alive{};
    std::function<void(CallRecord)> record{};  ///< of each call that is over; may be empty
  };
  B2bua(Dependencies dependencies, B2buaOptions options);
  ~B2bua() override;

  void on_event(sip::Event event, base::Instant now) override;
  [[nodiscard]] std::optional<base::Instant> next_deadline() const;
  void on_time(base::Instant now);
  /// Ends calls whose media ended by itself. Once a second.
  void check_media(base::Instant now);
  void hang_up_all(base::Instant now);

  /// Where a call of this origin to this number would go.
  [[nodiscard]] Decision decide(const AuthenticatedOrigin& origin, const sip::Uri& uri,
                                base::Instant now) const;
  /// The ladder of a call that runs or ended lately, by the caller's Call-ID, its media's call-id or the
  /// beginning of either.
  [[nodiscard]] std::optional<std::string> trace(std::string_view call_id) const;
  [[nodiscard]] const B2buaCounters& counters() const { return world_.counters; }
  [[nodiscard]] std::size_t calls() const { return calls_.size(); }
  template <typename Use>
  void for_each_call(Use use) const {
    for (const auto& [key, entry] : calls_) use(*entry.call);
  }

 private:
  struct Entry {
    std::unique_ptr<SipCall> call;
    std::optional<base::Instant> alarm;
    bool was_answered{false};
    std::string invite_key;
  };
  struct Past {
    std::string call_id;
    std::string media_id;
    Ladder ladder;
  };
  /// Ladders of ended calls that are kept: half a megabyte.
  static constexpr std::size_t kMaxPast = 200;

  void on(const sip::Request& request, base::Instant now);
  void on(const sip::Ack& ack, base::Instant now);
  void on(const sip::Cancel& cancel, base::Instant now);
  void on(const sip::Response& response, base::Instant now);
  void on(const sip::TxnFailed& failed, base::Instant now);
  void on(const sip::FlowUp&, base::Instant) {}
  void on(const sip::FlowDown& down, base::Instant now);

  void out_of_dialog(const sip::Request& request, base::Instant now);
  void admitted(const sip::Request& request, const AuthenticatedOrigin& origin, base::Instant now);
  void invite(const sip::Request& request, const AuthenticatedOrigin& origin, base::Instant now);
  /// 482 if this INVITE is one of ours that came back, or came by two ways.
  [[nodiscard]] std::optional<std::string_view> loop_in(const sip::Request& request,
                                                        const std::string& key) const;
  [[nodiscard]] HostView hosts_of(const sip::Request& request) const;
  /// Where a call goes, or how it is refused.
  struct Destination {
    std::vector<ForkRound> rounds;
    std::string why;
    std::uint16_t refused_with{0};
  };
  [[nodiscard]] Destination destination_of(const sip::Request& request, const AuthenticatedOrigin& origin,
                                           base::Instant now) const;
  void refer(SipCall& call, const sip::Request& request, base::Instant now);
  void refer_to_call(SipCall& call, unsigned side, const sip::Request& request, const TransferWish& wish,
                     base::Instant now);
  void replace(const sip::Request& request, const AuthenticatedOrigin& origin, std::string_view value,
               base::Instant now);
  /// The answered call with this dialog.
  [[nodiscard]] SipCall* joined_call(const DialogId& id) const;
  /// Takes a call in; `key` is its invite_key() or empty.
  SipCall& add(std::unique_ptr<SipCall> call, std::string key);
  void respond(const sip::Request& request, sip::OutgoingResponse response);
  /// Of a call that was refused before anything rang.
  void record_refusal(const sip::Message& invite, const AuthenticatedOrigin& origin,
                      const sip::OutgoingResponse& response, base::Instant now) const;
  template <typename Action>
  void for_each_call(base::Instant now, Action action);
  /// After anything was done with a call: its alarm, its end.
  void settle(SipCall* call, base::Instant now);
  [[nodiscard]] bool has_room(const AuthenticatedOrigin& origin) const;
  [[nodiscard]] SipCall* call_of(sip::TxnId txn) const;

  Dependencies d_;
  CallWorld world_;
  std::unordered_map<SipCall*, Entry> calls_;
  std::set<std::pair<base::Instant, SipCall*>> alarms_;
  std::unordered_map<std::string, SipCall*> by_invite_;  ///< by invite_key()
  std::unordered_map<std::string, std::uint32_t> calls_of_user_;
  std::deque<Past> past_;
};

}  // namespace control
