#include "mediad/server.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

#include "codecs/registry.h"
#include "control/admin/commands.h"
#include "control/admin/http_server.h"
#include "control/admin/metrics.h"
#include "control/admin/unix_server.h"
#include "control/call_service.h"
#include "control/call_timers.h"
#include "control/ng/front_end.h"
#include "control/ng/udp_server.h"
#include "control/placement.h"
#include "control/sip_service/operator_commands.h"
#include "control/sip_service/sip_metrics.h"
#include "control/sip_service/sip_service.h"
#include "dataplane/api/dataplane.h"
#include "mediad/base/log.h"
#include "mediad/port_plan.h"
#include "mediad/reload.h"

namespace mediad {
namespace {

using base::MonotonicClock;
using base::Result;
using std::chrono::milliseconds;

dataplane::DataplaneConfig dataplane_config(const Options& options) {
  dataplane::DataplaneConfig config;
  config.ports = options.ports;
  config.workers = options.workers;
  config.cpus = options.cpus;
  config.port_min = options.port_min;
  config.port_max = options.port_max;
  config.idle = options.idle;
  config.mbufs = options.mbufs;
  config.hugepages = options.hugepages;
  return config;
}

control::CallOptions call_options(const Options& options) {
  control::CallOptions calls;
  calls.timeout = options.timeout;
  calls.silent_timeout = options.silent_timeout;
  calls.final_timeout = options.final_timeout;
  calls.offer_timeout = options.offer_timeout;
  calls.delete_delay = options.delete_delay;
  calls.max_sessions = options.max_sessions;
  calls.max_cpu = static_cast<std::uint8_t>(options.cpu_limit);
  calls.max_load = static_cast<std::uint8_t>(options.load_limit);
  calls.tos = options.tos;
  calls.learning = options.endpoint_learning;
  calls.strict_source = options.strict_source;
  calls.opus_complexity = options.opus_complexity;
  calls.opus_least_complexity = options.opus_complexity_floor;
  return calls;
}

control::PlacementOptions placement_options(const Options& options, dataplane::Dataplane& dataplane) {
  control::PlacementOptions placement;
  for (const auto& interface : options.interfaces) {
    placement.interfaces.push_back({interface.name, interface.local, interface.advertised});
  }
  placement.port_min = options.port_min;
  placement.port_max = options.port_max;
  placement.workers = options.workers;
  placement.worker_of = [&dataplane](base::UdpPort port) { return dataplane.worker_of(port); };
  placement.seed = std::random_device{}();
  return placement;
}

control::SipServiceOptions sip_options(const Options& options) {
  control::SipServiceOptions sip;
  for (const auto& each : options.listen_sip) {
    sip.listen.push_back({each.transport, each.address, each.advertised, options.sip_certificate,
                          options.sip_key, options.sip_ca});
  }
  sip.domain = options.sip_domain;
  sip.trusted_proxies = options.sip_trusted_proxies;
  sip.database = options.sip_database;
  sip.homer = options.homer;
  sip.homer_id = options.homer_id;
  const auto beside = (std::filesystem::path{options.sip_database}.parent_path() / "calls.db").string();
  const auto& records = options.cdr_database;
  sip.records = {records == "none" ? std::string{}
                 : records.empty() ? beside
                                   : records,
                 options.cdr_retention};
  return sip;
}

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

/// Wall clock and monotonic clock are compared once, so that a step of the former does not move records
/// about.
control::ng::ToWall wall_clock() {
  const auto wall = std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
  const auto monotonic = MonotonicClock::now();
  return [wall, monotonic](base::Instant instant) { return wall + (instant - monotonic); };
}

class PidFile {
 public:
  explicit PidFile(std::string path) : path_(std::move(path)) {
    if (!path_.empty()) std::ofstream{path_} << ::getpid() << '\n';
  }
  ~PidFile() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

 private:
  std::string path_;
};

}  // namespace

class Server::Impl {
 public:
  Impl(Configuration configuration, std::vector<std::string> arguments)
      : configuration_(std::move(configuration)),
        as_loaded_(configuration_.options),
        arguments_(std::move(arguments)),
        signals_(io_),
        drain_timer_(io_) {}

  Result<void> start() {
    auto& options = configuration_.options;
    if (options.listen_ng.empty()) options.listen_ng = {*base::SocketAddress::parse("127.0.0.1:2223")};
    if (options.listen_http.empty()) options.listen_http = {*base::SocketAddress::parse("127.0.0.1:9901")};
    if (auto planned = plan_ports(kernel_addresses(), options); !planned) return planned;
    codecs::select_engines({options.g729_engine});
    auto dataplane = dataplane::Dataplane::start(dataplane_config(options));
    if (!dataplane) return dataplane.error();
    dataplane_ = *std::move(dataplane);
    placement_.emplace(placement_options(options, *dataplane_));
    calls_.emplace(
        call_options(options),
        control::CallService::Dependencies{
            *placement_, dataplane_->workers(),
            [this](const base::IpAddress& ip) { dataplane_->resolve_next_hop(ip); }, random_seed()});
    timers_.emplace(io_, *calls_);
    front_end_.emplace(*calls_, wall_clock(), started_);
    for (const auto& address : options.listen_ng) {
      auto server = control::ng::UdpServer::start(io_, address, *front_end_);
      if (!server) return server.error();
      ng_servers_.push_back(*std::move(server));
    }
    if (!options.listen_sip.empty()) {
      auto sip = control::SipService::start(io_, *calls_, sip_options(options), wall_clock());
      if (!sip) return sip.error();
      sip_ = *std::move(sip);
    }
    if (auto opened = open_admin(); !opened) return opened;
    pid_file_.emplace(options.pidfile);
    watch_signals();
    poll_kernel();
    say_where();
    ::sd_notify(0, "READY=1");
    return {};
  }

  void run() { io_.run(); }

  /// Top-down: no new requests, then no calls, then no workers.
  ~Impl() {
    ng_servers_.clear();
    http_servers_.clear();
    admin_.reset();
    commands_.reset();
    sip_.reset();
    timers_.reset();
    if (calls_) bring_sessions_home();
    front_end_.reset();
    calls_.reset();
    placement_.reset();
    dataplane_.reset();
  }

 private:
  Result<void> open_admin() {
    const auto& options = configuration_.options;
    commands_.emplace(control::admin::Commands::Dependencies{*calls_, MEDIAD_VERSION, started_, wall_clock(),
                                                             [this] { drain(); }, [this] { resume(); },
                                                             sip_command()});
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path{options.admin_socket}.parent_path(), ignored);
    auto door = control::admin::UnixServer::start(io_, options.admin_socket, *commands_);
    if (!door) return door.error();
    admin_ = *std::move(door);
    for (const auto& address : options.listen_http) {
      auto server = control::admin::HttpServer::start(io_, address, [this] {
        auto page = control::admin::print_metrics(*calls_, MonotonicClock::now() - started_);
        return sip_ ? page + control::print_sip_metrics(*sip_) : page;
      });
      if (!server) return server.error();
      http_servers_.push_back(*std::move(server));
    }
    return {};
  }

  std::function<Result<std::string>(const std::vector<std::string>&)> sip_command() {
    if (!sip_) return {};
    return [this](const std::vector<std::string>& words) {
      return control::run_sip_command(*sip_, words, MonotonicClock::now());
    };
  }

  void say_where() const {
    for (const auto& line : dataplane_->describe()) spdlog::info("port {}", line);
    for (const auto& interface : configuration_.options.interfaces) {
      spdlog::info("interface name={} local={} advertised={} ports={}-{}", interface.name,
                   interface.local.to_string(), interface.advertised.to_string(),
                   configuration_.options.port_min.number, configuration_.options.port_max.number);
    }
    for (const auto& server : ng_servers_)
      spdlog::info("listening ng=udp:{}", server->local_address().to_string());
    spdlog::info("ready workers={} configuration={}", configuration_.options.workers,
                 configuration_.file.empty() ? "built-in" : configuration_.file);
  }

  void watch_signals() {
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) signals_.add(number);
    wait_for_signal();
  }

  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      if (number == SIGHUP) {
        reload();
      } else if (drain_until_ != base::Instant{}) {
        spdlog::warn("stopping at once calls={}", calls_->live_calls());
        return io_.stop();
      } else {
        drain();
      }
      wait_for_signal();
    });
  }

  /// Asked for by signal or mediactl; a second time changes nothing.
  void drain() {
    if (drain_until_ != base::Instant{}) return;
    ::sd_notify(0, "STOPPING=1");
    calls_->set_draining(true);
    drain_until_ = MonotonicClock::now() + configuration_.options.drain_timeout;
    spdlog::info("draining calls={} deadline_s={}", calls_->live_calls(),
                 configuration_.options.drain_timeout.count());
    drain_step();
  }

  void resume() {
    if (drain_until_ == base::Instant{}) return;
    drain_until_ = {};
    drain_timer_.cancel();
    ::sd_notify(0, "READY=1");
    spdlog::info("resumed calls={}", calls_->live_calls());
  }

  void drain_step() {
    if (calls_->live_calls() == 0 || MonotonicClock::now() >= drain_until_) {
      spdlog::info("drained calls={}", calls_->live_calls());
      return say_goodbye();
    }
    drain_timer_.expires_after(milliseconds{100});
    drain_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error && drain_until_ != base::Instant{}) drain_step();
    });
  }

  /// SIP peers are told that their calls end before the loop does.
  void say_goodbye() {
    if (!sip_ || sip_->b2bua().calls() == 0) return io_.stop();
    sip_->hang_up_all();
    drain_timer_.expires_after(milliseconds{200});
    drain_timer_.async_wait([this](const boost::system::error_code&) { io_.stop(); });
  }

  /// All or nothing: a file with a mistake changes nothing.
  void reload() {
    ::sd_notify(0, "RELOADING=1");
    const auto fresh = load_configuration(arguments_);
    if (!fresh) {
      spdlog::error("reload refused, running on as before: {}", fresh.error().text);
    } else {
      // What start() filled in is no change.
      for (const auto& key : take_over(fresh->options, as_loaded_)) {
        spdlog::warn("reload: {} has changed, which needs a restart", key);
      }
      (void)take_over(fresh->options, configuration_.options);
      calls_->set_options(call_options(configuration_.options));
      base::set_log_level(configuration_.options.log_level);
      spdlog::info("reloaded configuration={}", fresh->file);
    }
    ::sd_notify(0, "READY=1");
  }

  void poll_kernel() {
    dataplane_->poll_kernel();
    kernel_timer_.expires_after(kKernelPoll);
    kernel_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) poll_kernel();
    });
  }

  void bring_sessions_home() {
    calls_->stop_all(MonotonicClock::now());
    const auto deadline = MonotonicClock::now() + std::chrono::seconds{2};
    while (calls_->outstanding_sessions() > 0 && MonotonicClock::now() < deadline) {
      calls_->poll(MonotonicClock::now());
      ::usleep(1000);
    }
    if (calls_->outstanding_sessions() > 0) {
      spdlog::error("{} sessions did not come home", calls_->outstanding_sessions());
    }
  }

  /// How long a next hop that the kernel has found may go unnoticed.
  static constexpr milliseconds kKernelPoll{10};

  Configuration configuration_;
  Options as_loaded_;  ///< before start() filled in what was left out
  std::vector<std::string> arguments_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer drain_timer_;
  boost::asio::steady_timer kernel_timer_{io_};
  const base::Instant started_{MonotonicClock::now()};
  base::Instant drain_until_{};
  std::unique_ptr<dataplane::Dataplane> dataplane_;
  std::optional<control::Placement> placement_;
  std::optional<control::CallService> calls_;
  std::optional<control::CallTimers> timers_;
  std::optional<control::ng::FrontEnd> front_end_;
  std::vector<std::unique_ptr<control::ng::UdpServer>> ng_servers_;
  std::unique_ptr<control::SipService> sip_;
  std::optional<control::admin::Commands> commands_;
  std::unique_ptr<control::admin::UnixServer> admin_;
  std::vector<std::unique_ptr<control::admin::HttpServer>> http_servers_;
  std::optional<PidFile> pid_file_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(Configuration configuration,
                                              std::vector<std::string> arguments) {
  auto impl = std::make_unique<Impl>(std::move(configuration), std::move(arguments));
  if (auto started = impl->start(); !started) return started.error();
  return std::unique_ptr<Server>{new Server{std::move(impl)}};
}

void Server::run() {
  impl_->run();
}

}  // namespace mediad
