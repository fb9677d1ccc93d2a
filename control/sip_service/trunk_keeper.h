#pragma once
/// \file
/// Keeps in touch with the trunks: our registrations there, and OPTIONS that tell a dead one from a live one.
/// Without I/O.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/auth/auth_gate.h"
#include "control/registrar/trunk_registration.h"
#include "control/routing/routing_table.h"
#include "control/routing/trunk_login.h"
#include "control/sip/sip_port.h"

namespace control {

/// Control thread. on_time() is to be called at deadline(), on_event() with every event first.
class TrunkKeeper {
 public:
  TrunkKeeper(sip::SipPort& port, std::function<std::uint32_t()> random)
      : port_(port), random_(std::move(random)) {}

  /// Takes over what was configured; a trunk that is as it was goes on as it is.
  void set_trunks(const RoutingTable& table, const std::vector<TrunkLogin>& logins, base::Instant now);
  /// True if the event was about a request from here.
  bool on_event(const sip::Event& event, base::Instant now);
  void on_time(base::Instant now);
  [[nodiscard]] std::optional<base::Instant> deadline() const;

  /// False once two OPTIONS in a row were not answered.
  [[nodiscard]] bool is_alive(std::string_view trunk) const;
  /// `configured`, and by the addresses where our registrations stand: calls from there are the trunk's too,
  /// if they come with its TLS name where it has one.
  [[nodiscard]] std::vector<TrunkIdentity> with_registrars(std::vector<TrunkIdentity> configured) const;
  /// "registered", "refused with 403", "dead" …; empty if there is nothing to keep.
  [[nodiscard]] std::string describe(std::string_view trunk) const;
  [[nodiscard]] std::size_t registered() const;
  [[nodiscard]] std::size_t dead() const;

 private:
  struct Kept {
    std::string uri;
    TrunkLogin login;
    std::optional<TrunkRegistration> registration;
    sip::TxnId register_txn;
    std::optional<base::IpAddress> registrar;  ///< that holds our registration
    std::optional<base::Instant> next_options;
    sip::TxnId options_txn;
    unsigned unanswered{0};
  };

  void begin(Kept& kept, base::Instant now);
  void send_options(Kept& kept, base::Instant now);
  void on(Kept& kept, const sip::Response& response, base::Instant now);
  void on(Kept& kept, const sip::TxnFailed& failed, base::Instant now);

  sip::SipPort& port_;
  std::function<std::uint32_t()> random_;
  std::map<std::string, Kept, std::less<>> kept_;
};

}  // namespace control
