#include <sched.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "dataplane/api/dataplane.h"
#include "dataplane/eal.h"
#include "dataplane/hand_over.h"
#include "dataplane/net/neighbour_board.h"
#include "dataplane/net/next_hop_resolver.h"
#include "dataplane/pool.h"
#include "dataplane/port/kernel_guard.h"
#include "dataplane/port/port.h"
#include "dataplane/steering.h"
#include "dataplane/worker.h"
#include "dataplane/worker_loop.h"
#include "mediad/base/log.h"

namespace dataplane {
namespace {

/// CPUs that this process may use.
std::vector<int> allowed_cpus() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  return cpus;
}

std::vector<int> worker_cpus(const DataplaneConfig& config) {
  const auto pool = config.cpus.empty() ? allowed_cpus() : config.cpus;
  std::vector<int> cpus;
  for (std::size_t i = 0; i < config.workers; ++i) cpus.push_back(pool[i % pool.size()]);
  return cpus;
}

/// Buffers that sit in the receive and transmit rings of a port and so are not in the pool.
std::uint32_t mbufs_held_by(PortDriver driver) {
  switch (driver) {
    case PortDriver::kAfXdp:
      return 8192;  // its fill ring, and as much again on the way
    case PortDriver::kPci:
      return 4096;
    default:
      return 0;  // copied in and out
  }
}

EalOptions eal_options(const DataplaneConfig& config) {
  EalOptions options;
  options.worker_cpus = worker_cpus(config);
  options.hugepages = config.hugepages;
  options.mbufs = config.mbufs;
  for (const auto& port : config.ports) {
    options.mbufs += mbufs_held_by(port.driver) * config.workers;
    if (port.driver == PortDriver::kPci) options.pci_devices.push_back(port.device);
  }
  return options;
}

base::Result<void> check(const DataplaneConfig& config) {
  if (config.workers < 1 || config.workers > kPortClasses)
    return base::Error{"workers must be 1 to " + std::to_string(kPortClasses) + ", not " +
                       std::to_string(config.workers)};
  if (config.ports.empty()) return base::Error{"no ports are configured"};
  if (config.port_max < config.port_min) return base::Error{"the media port range is empty"};
  return {};
}

/// Control thread throughout. Members in the order in which they are made; they go in the reverse order.
class RunningDataplane final : public Dataplane {
 public:
  explicit RunningDataplane(DataplaneConfig config) : config_(std::move(config)) {}
  ~RunningDataplane() override { stop_workers(); }
  RunningDataplane(const RunningDataplane&) = delete;
  RunningDataplane& operator=(const RunningDataplane&) = delete;

  [[nodiscard]] base::Result<void> start();

  [[nodiscard]] std::vector<WorkerProxy>& workers() override { return proxies_; }
  void resolve_next_hop(const base::IpAddress& destination) override;
  void poll_kernel() override;
  [[nodiscard]] std::uint16_t worker_of(base::UdpPort port) const override {
    return worker_of_port(port, config_.workers);
  }
  [[nodiscard]] std::vector<std::string> describe() const override;

 private:
  [[nodiscard]] base::Result<void> start_eal();
  [[nodiscard]] base::Result<void> open_ports();
  [[nodiscard]] base::Result<void> come_to_terms_with_kernel();
  [[nodiscard]] base::Result<void> start_workers();
  void announce(Port& port);
  void stop_workers();
  void deliver_answers();
  void report_losses(base::Instant now);

  /// A worker and its surroundings; never moved once the lcore runs.
  struct Lcore {
    Worker worker;
    WorkerLoop loop;
    Lcore(const WorkerSetup& setup, IdleMode idle)
        : worker(setup, base::MonotonicClock::now()),
          loop(worker, *setup.link, setup.ports, setup.index, idle) {}
  };

  DataplaneConfig config_;
  std::optional<Eal> eal_;
  std::optional<PacketPool> pool_;
  std::vector<std::unique_ptr<Port>> ports_;
  std::vector<Port*> port_list_;
  std::unique_ptr<KernelGuard> guard_;
  std::optional<NextHopResolver> resolver_;
  std::deque<std::pair<std::uint16_t, SetNextHop>> answers_;  // worker, and what its inbox had no room for
  NeighbourBoard neighbours_;
  std::vector<std::unique_ptr<WorkerLink>> links_;
  std::vector<WorkerProxy> proxies_;
  std::optional<HandOver> hand_over_;
  std::vector<std::unique_ptr<Lcore>> lcores_;
  std::vector<std::uint64_t> losses_;  // by port, as last reported
  base::Instant last_report_{};
};

base::Result<void> RunningDataplane::start() {
  if (auto checked = check(config_); !checked) return checked;
  using Step = base::Result<void> (RunningDataplane::*)();
  for (const Step step : {&RunningDataplane::start_eal, &RunningDataplane::open_ports,
                          &RunningDataplane::come_to_terms_with_kernel, &RunningDataplane::start_workers})
    if (auto done = (this->*step)(); !done) return done;
  return {};
}

base::Result<void> RunningDataplane::start_eal() {
  const auto options = eal_options(config_);
  auto eal = Eal::start(options);
  if (!eal) return eal.error();
  eal_.emplace(*std::move(eal));
  // One less than a power of two is what a pool's ring holds best.
  auto pool = PacketPool::create("packets", options.mbufs - 1);
  if (!pool) return pool.error();
  pool_.emplace(*std::move(pool));
  return {};
}

base::Result<void> RunningDataplane::open_ports() {
  for (const auto& config : config_.ports) {
    const auto index = static_cast<std::uint16_t>(ports_.size());
    auto port = Port::open(config, {index, config_.workers, &*pool_, config_.port_min, config_.port_max});
    if (!port) return port.error();
    ports_.push_back(*std::move(port));
    port_list_.push_back(ports_.back().get());
    if (ports_.back()->host() != nullptr) announce(*ports_.back());
  }
  losses_.assign(ports_.size(), 0);
  return {};
}

/// What sharing addresses with it needs: our ports shielded from it, and its tables.
base::Result<void> RunningDataplane::come_to_terms_with_kernel() {
  std::vector<GuardedInterface> shared;
  std::vector<PortInterface> interfaces;
  for (std::size_t i = 0; i < config_.ports.size(); ++i) {
    const auto& config = config_.ports[i];
    if (config.mode != AddressMode::kShared || !driver_of(config.driver).kernel_interface) continue;
    shared.push_back({config.device, config.addresses});
    interfaces.push_back({interface_index(config.device).value_or(0), static_cast<std::uint16_t>(i)});
  }
  if (shared.empty()) return {};
  auto guard = KernelGuard::raise(shared, config_.port_min, config_.port_max);
  if (!guard) return guard.error();
  guard_ = *std::move(guard);
  auto kernel = KernelRoutes::open();
  if (!kernel) return kernel.error();
  resolver_.emplace(*std::move(kernel), std::move(interfaces));
  return {};
}

base::Result<void> RunningDataplane::start_workers() {
  std::vector<WorkerLink*> links;
  for (std::uint16_t i = 0; i < config_.workers; ++i) {
    links_.push_back(std::make_unique<WorkerLink>());
    links.push_back(links_.back().get());
    proxies_.emplace_back(*links_.back());
  }
  hand_over_.emplace(std::move(links));
  for (std::uint16_t i = 0; i < config_.workers; ++i) {
    const WorkerSetup setup{.index = i,
                            .workers = config_.workers,
                            .ports = port_list_,
                            .pool = &*pool_,
                            .neighbours = &neighbours_,
                            .hand_over = &*hand_over_,
                            .link = links_[i].get()};
    lcores_.push_back(std::make_unique<Lcore>(setup, config_.idle));
  }
  constexpr auto run = [](void* lcore) {
    static_cast<Lcore*>(lcore)->loop.run();
    return 0;
  };
  for (std::uint16_t i = 0; i < config_.workers; ++i)
    if (auto launched = eal_->launch(i, run, lcores_[i].get()); !launched) return launched;
  return {};
}

/// Before the workers start, queue 0 is nobody's.
void RunningDataplane::announce(Port& port) {
  for (std::size_t i = 0;; ++i) {
    auto packet = pool_->allocate();
    if (!packet || !packet.resize(kHostFrameRoom)) return;
    const auto size = port.host()->write_announcement(packet.octets(), i);
    if (size == 0 || !packet.resize(size)) return;
    (void)port.transmit_burst(0, {&packet, 1});
  }
}

void RunningDataplane::stop_workers() {
  for (auto& lcore : lcores_) lcore->loop.stop();
  for (std::uint16_t i = 0; i < lcores_.size(); ++i) eal_->join(i);
}

void RunningDataplane::resolve_next_hop(const base::IpAddress& destination) {
  if (!resolver_) return;
  resolver_->want(destination);
  deliver_answers();
}

void RunningDataplane::poll_kernel() {
  if (resolver_) {
    resolver_->poll();
    deliver_answers();
  }
  report_losses(base::MonotonicClock::now());
}

void RunningDataplane::deliver_answers() {
  for (const auto& answer : resolver_->take_answers())
    for (std::uint16_t worker = 0; worker < config_.workers; ++worker) answers_.emplace_back(worker, answer);
  while (!answers_.empty()) {
    Command command{answers_.front().second};
    if (!proxies_[answers_.front().first].send(command)) return;  // its inbox is full: at the next poll
    answers_.pop_front();
  }
}

void RunningDataplane::report_losses(base::Instant now) {
  constexpr auto kEvery = std::chrono::seconds{10};
  if (now - last_report_ < kEvery) return;
  last_report_ = now;
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    const auto lost = ports_[i]->lost_frames();
    if (lost > losses_[i])
      spdlog::warn("port lost frames port={} lost={} total={}", ports_[i]->name(), lost - losses_[i], lost);
    losses_[i] = lost;
  }
}

std::vector<std::string> RunningDataplane::describe() const {
  std::vector<std::string> lines;
  for (const auto& port : ports_) lines.push_back(port->describe());
  return lines;
}

}  // namespace

base::Result<std::unique_ptr<Dataplane>> Dataplane::start(const DataplaneConfig& config) {
  auto dataplane = std::make_unique<RunningDataplane>(config);
  if (auto started = dataplane->start(); !started) return started.error();
  return std::unique_ptr<Dataplane>{std::move(dataplane)};
}

}  // namespace dataplane
