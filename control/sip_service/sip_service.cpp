#include "control/sip_service/sip_service.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "mediad/base/deadline.h"
#include "mediad/base/log.h"

namespace control {
namespace {

using base::MonotonicClock;

/// 256 bits for the gate's keys.
std::string random_secret() {
  std::random_device device;
  std::string secret;
  while (secret.size() < 32) {
    const auto word = device();
    for (unsigned shift = 0; shift < 32; shift += 8) secret += static_cast<char>((word >> shift) & 0xFFU);
  }
  return secret;
}

sip::UsableTransports transports_of(const std::vector<sip::Listen>& listen) {
  const auto has = [&](sip::Transport t) {
    return std::any_of(listen.begin(), listen.end(), [t](const auto& each) { return each.transport == t; });
  };
  return {has(sip::Transport::kUdp), has(sip::Transport::kTcp), has(sip::Transport::kTls)};
}

/// The host that peers know a listener by.
std::string host_of(const sip::Listen& listen) {
  if (!listen.advertised.empty()) return listen.advertised;
  const auto text = listen.address.ip.to_string();
  return listen.address.ip.is_v6() ? '[' + text + ']' : text;
}

}  // namespace

SipService::SipService(boost::asio::io_context& io, std::function<base::WallTime(base::Instant)> to_wall)
    : to_wall_(std::move(to_wall)), alarm_(io), second_(io), random_(std::random_device{}()) {}

SipService::~SipService() {
  if (registrar_ && store_) save_bindings(MonotonicClock::now());
}

base::Result<std::unique_ptr<SipService>> SipService::start(
    boost::asio::io_context& io, CallService& media, const SipServiceOptions& options,
    std::function<base::WallTime(base::Instant)> to_wall) {
  std::unique_ptr<SipService> service{new SipService(io, std::move(to_wall))};
  if (auto opened = service->open(io, media, options); !opened) return opened.error();
  return service;
}

base::Result<void> SipService::open(boost::asio::io_context& io, CallService& media,
                                    const SipServiceOptions& options) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path{options.database}.parent_path(), ignored);
  const std::string realm = options.domain.empty() ? "mediad" : options.domain;
  auto accounts = SqliteAccounts::open(options.database, realm);
  if (!accounts) return accounts.error();
  accounts_ = *std::move(accounts);
  auto routing = SqliteRouting::open(options.database);
  if (!routing) return routing.error();
  routing_ = *std::move(routing);
  auto store = SqliteBindingStore::open(options.database);
  if (!store) return store.error();
  store_ = *std::move(store);
  if (auto opened = open_records(options.records); !opened) return opened;

  if (!options.domain.empty()) {
    domains_ = {options.domain};
    for (const auto& each : options.listen) domains_.push_back(host_of(each));
  }
  gate_ = std::make_unique<AuthGate>(
      *accounts_, random_secret(),
      AuthGateOptions{.realm = realm, .trunks = {}, .proxies = options.trusted_proxies});
  registrar_ = std::make_unique<Registrar>(*accounts_);
  auto bindings = store_->load(MonotonicClock::now(), to_wall_(MonotonicClock::now()));
  if (!bindings) return bindings.error();
  registrar_->restore(*std::move(bindings));

  auto resolver = sip::DnsResolver::create(io, transports_of(options.listen));
  if (!resolver) return resolver.error();
  resolver_ = *std::move(resolver);
  if (auto opened = open_hep(options); !opened) return opened;
  sip::SipEngineOptions engine_options;
  engine_options.tap = hep_.get();
  engine_ = std::make_unique<sip::SipEngine>(io, *resolver_, engine_options);
  trunks_ = std::make_unique<TrunkKeeper>(*engine_, [this] { return random_(); });
  reload_routing();
  B2buaOptions b2bua_options;
  b2bua_options.domain = options.domain.empty() ? host_of(options.listen.front()) : options.domain;
  b2bua_ = std::make_unique<B2bua>(
      B2bua::Dependencies{
          *engine_, media, *gate_, *registrar_, *accounts_, table_, to_wall_,
          [this](std::uint32_t n) { return std::uniform_int_distribution<std::uint32_t>(0, n)(random_); },
          [this](std::string_view trunk) { return credentials_of(trunk); },
          [this](std::string_view trunk) { return trunks_->is_alive(trunk); },
          record_writer_ ? [this](CallRecord record) { record_writer_->write(std::move(record)); }
                         : std::function<void(CallRecord)>{}},
      b2bua_options);
  engine_->set_user(*this);
  for (const auto& each : options.listen) {
    if (auto listening = engine_->listen(each); !listening) return listening;
    spdlog::info("listening sip={}:{}", sip::via_name(each.transport), each.address.to_string());
  }
  every_second();
  return {};
}

base::Result<void> SipService::open_hep(const SipServiceOptions& options) {
  if (!options.homer) return {};
  HepExporter::Options hep{*options.homer, options.homer_id, {}, to_wall_};
  for (const auto& each : options.listen) hep.listeners.push_back(each.address);
  auto exporter = HepExporter::open(std::move(hep));
  if (!exporter) return exporter.error();
  hep_ = *std::move(exporter);
  return {};
}

base::Result<void> SipService::open_records(const RecordOptions& options) {
  if (options.file.empty()) return {};
  auto writer = RecordWriter::open(options);
  if (!writer) return writer.error();
  record_writer_ = *std::move(writer);
  auto reader = RecordReader::open(options.file);
  if (!reader) return reader.error();
  record_reader_ = *std::move(reader);
  return {};
}

void SipService::reload_routing() {
  auto data = routing_->load();
  data.table.domains = domains_;
  table_ = std::move(data.table);
  identities_ = std::move(data.identities);
  logins_ = std::move(data.logins);
  trunks_->set_trunks(table_, logins_, MonotonicClock::now());
  tell_gate();
  if (b2bua_) arm();
}

/// A trunk is known by its addresses, and by where we are registered with it.
void SipService::tell_gate() {
  gate_->set_trunks(trunks_->with_registrars(identities_));
}

std::optional<Credentials> SipService::credentials_of(std::string_view trunk) const {
  const auto at =
      std::find_if(logins_.begin(), logins_.end(), [&](const TrunkLogin& l) { return l.trunk == trunk; });
  if (at == logins_.end() || at->credentials.user.empty()) return std::nullopt;
  return at->credentials;
}

void SipService::hang_up_all() {
  b2bua_->hang_up_all(MonotonicClock::now());
  arm();
}

void SipService::on_event(sip::Event event, base::Instant now) {
  if (trunks_->on_event(event, now)) {
    tell_gate();
  } else {
    b2bua_->on_event(std::move(event), now);
  }
  arm();
}

void SipService::arm() {
  const auto next = base::earlier(b2bua_->next_deadline(), trunks_->deadline());
  if (!next || (alarm_set_for_ && *alarm_set_for_ <= *next)) return;
  alarm_set_for_ = next;
  alarm_.expires_at(std::chrono::steady_clock::time_point{next->time_since_epoch()});
  alarm_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    alarm_set_for_.reset();
    b2bua_->on_time(MonotonicClock::now());
    trunks_->on_time(MonotonicClock::now());
    arm();
  });
}

void SipService::every_second() {
  const auto now = MonotonicClock::now();
  b2bua_->check_media(now);
  registrar_->expire(now);
  save_bindings(now);
  arm();
  second_.expires_after(std::chrono::seconds{1});
  second_.async_wait([this](const boost::system::error_code& error) {
    if (!error) every_second();
  });
}

void SipService::save_bindings(base::Instant now) {
  const auto changes = registrar_->take_changes();
  if (changes.empty()) return;
  if (auto saved = store_->save(changes, now, to_wall_(now)); !saved) spdlog::error("{}", saved.error().text);
}

}  // namespace control
