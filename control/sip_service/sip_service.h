#pragma once
/// \file
/// The SIP side of the daemon: engine, gate, registrar, routing and B2BUA put together on the event loop,
/// with their database.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "control/auth/auth_gate.h"
#include "control/auth/sqlite_accounts.h"
#include "control/b2bua/b2bua.h"
#include "control/call_service.h"
#include "control/hep/hep_exporter.h"
#include "control/records/record_reader.h"
#include "control/records/record_writer.h"
#include "control/registrar/registrar.h"
#include "control/routing/sqlite_routing.h"
#include "control/sip/resolve/dns_resolver.h"
#include "control/sip/sip_engine.h"
#include "control/sip_service/trunk_keeper.h"
#include "mediad/base/result.h"

namespace control {

struct SipServiceOptions {
  std::vector<sip::Listen> listen;
  /// Realm of passwords and host of users' addresses; empty: "mediad" and the first listener's address.
  std::string domain;
  std::string database;
  std::optional<base::SocketAddress> homer;  ///< where all messages are copied to, as HEP3 over UDP
  std::uint32_t homer_id{0};                 ///< by which Homer knows us
  RecordOptions records;                     ///< no file: calls are not recorded
  /// Whose calls are taken without a password, and sent on where they say.
  std::vector<base::IpAddress> trusted_proxies{};
};

/// Control thread: the one that runs the io_context.
class SipService final : private sip::SipUser {
 public:
  /// Errors: the database or a listener cannot be had. `media` outlives the service.
  [[nodiscard]] static base::Result<std::unique_ptr<SipService>> start(
      boost::asio::io_context& io, CallService& media, const SipServiceOptions& options,
      std::function<base::WallTime(base::Instant)> to_wall);
  ~SipService() override;

  [[nodiscard]] SqliteAccounts& accounts() { return *accounts_; }
  [[nodiscard]] SqliteRouting& routing() { return *routing_; }
  /// nullptr without a file of call records.
  [[nodiscard]] const RecordReader* records() const { return record_reader_.get(); }
  [[nodiscard]] std::uint64_t records_lost() const { return record_writer_ ? record_writer_->lost() : 0; }
  /// nullptr without a capture server.
  [[nodiscard]] const HepExporter* hep() const { return hep_.get(); }
  [[nodiscard]] base::WallTime to_wall(base::Instant at) const { return to_wall_(at); }
  [[nodiscard]] const RoutingTable& table() const { return table_; }
  [[nodiscard]] const std::vector<TrunkIdentity>& trunk_identities() const { return identities_; }
  [[nodiscard]] const std::vector<TrunkLogin>& trunk_logins() const { return logins_; }
  [[nodiscard]] const TrunkKeeper& trunks() const { return *trunks_; }
  [[nodiscard]] const Registrar& registrar() const { return *registrar_; }
  [[nodiscard]] const AuthGate& gate() const { return *gate_; }
  [[nodiscard]] const B2bua& b2bua() const { return *b2bua_; }
  [[nodiscard]] const sip::SipEngine& engine() const { return *engine_; }

  /// Takes over what was changed in the database.
  void reload_routing();
  /// BYE or CANCEL to everybody; what is sent leaves with the next turn of the loop.
  void hang_up_all();

 private:
  SipService(boost::asio::io_context& io, std::function<base::WallTime(base::Instant)> to_wall);
  [[nodiscard]] base::Result<void> open(boost::asio::io_context& io, CallService& media,
                                        const SipServiceOptions& options);
  [[nodiscard]] base::Result<void> open_hep(const SipServiceOptions& options);
  [[nodiscard]] base::Result<void> open_records(const RecordOptions& options);
  void on_event(sip::Event event, base::Instant now) override;
  void tell_gate();
  [[nodiscard]] std::optional<Credentials> credentials_of(std::string_view trunk) const;
  void arm();
  void every_second();
  void save_bindings(base::Instant now);

  std::function<base::WallTime(base::Instant)> to_wall_;
  boost::asio::steady_timer alarm_, second_;
  std::optional<base::Instant> alarm_set_for_;
  std::mt19937 random_;
  std::vector<std::string> domains_;
  RoutingTable table_;
  std::vector<TrunkIdentity> identities_;
  std::vector<TrunkLogin> logins_;
  std::unique_ptr<SqliteAccounts> accounts_;
  std::unique_ptr<SqliteRouting> routing_;
  std::unique_ptr<SqliteBindingStore> store_;
  std::unique_ptr<RecordReader> record_reader_;
  std::unique_ptr<RecordWriter> record_writer_;
  std::unique_ptr<AuthGate> gate_;
  std::unique_ptr<Registrar> registrar_;
  std::unique_ptr<sip::DnsResolver> resolver_;
  std::unique_ptr<HepExporter> hep_;
  std::unique_ptr<sip::SipEngine> engine_;
  std::unique_ptr<TrunkKeeper> trunks_;
  std::unique_ptr<B2bua> b2bua_;
};

}  // namespace control
