#pragma once
/// \file
/// The lives of the sessions that this control thread has handed to workers: started, changed, stopped, come
/// home. Ports are held until the worker has given the session back.

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "control/placement.h"
#include "dataplane/api/worker_proxy.h"

namespace control {

/// A session that runs: what it is called, and what it publishes. `stats` is valid until stop().
struct RunningSession {
  dataplane::SessionId id;
  std::uint16_t worker{0};
  const dataplane::SessionStats* stats{nullptr};
};

/// Control thread only. A full inbox is an error for start() and update(); stop() is kept and tried again.
class SessionKeeper {
 public:
  static constexpr std::string_view kInboxFull = "worker has no room for commands";

  explicit SessionKeeper(std::span<dataplane::WorkerProxy> workers) : workers_(workers) {}

  [[nodiscard]] base::Result<RunningSession> start(std::uint16_t worker, dataplane::SessionPlan plan);
  [[nodiscard]] base::Result<void> update(const RunningSession& session, dataplane::SessionPlan plan);
  /// The ports become free when the session has come home.
  void stop(const RunningSession& session, std::array<PortLease, 2> ports);

  /// What workers have said since the last call, less what is only for the keeper; at most `limit` events per
  /// worker, so that one flood does not hold up the loop. Also tries again what found an inbox full.
  [[nodiscard]] std::vector<dataplane::Event> poll(std::size_t limit = 1024);

  /// Sessions that workers hold or that are on their way home.
  [[nodiscard]] std::size_t outstanding() const { return outstanding_; }
  /// Sessions that came home although nobody had stopped them: a worker refused them.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }

 private:
  struct Leaving {
    std::uint16_t worker{0};
    std::array<PortLease, 2> ports;
  };

  [[nodiscard]] bool send_remove(dataplane::SessionId id, std::uint16_t worker);
  void retry_removals();
  void came_home(dataplane::SessionHome& home, std::vector<dataplane::Event>& rest);

  std::span<dataplane::WorkerProxy> workers_;
  std::unordered_map<std::uint64_t, Leaving> leaving_;
  std::deque<dataplane::SessionId> unsent_removals_;
  std::uint64_t next_id_{1};
  std::size_t outstanding_{0};
  std::uint64_t refused_{0};
};

}  // namespace control
