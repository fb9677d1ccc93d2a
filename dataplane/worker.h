#pragma once
/// \file
/// A worker: one lcore's share of sessions, ports' queues, codecs and timers, and the turn that drives them.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "dataplane/api/worker_proxy.h"
#include "dataplane/codec_stage.h"
#include "dataplane/departures.h"
#include "dataplane/effort.h"
#include "dataplane/hand_over.h"
#include "dataplane/media_path.h"
#include "dataplane/net/frame.h"
#include "dataplane/net/routes.h"
#include "dataplane/outbox.h"
#include "dataplane/outlet.h"
#include "dataplane/port/port.h"
#include "dataplane/session_table.h"
#include "dataplane/timer_wheel.h"

namespace dataplane {

/// What a worker is given. All of it must outlive the worker.
struct WorkerSetup {
  std::uint16_t index{0};
  std::uint16_t workers{1};
  std::span<Port* const> ports;  ///< in order of Port::index(); the worker uses queue `index` of each
  PacketPool* pool{nullptr};
  NeighbourBoard* neighbours{nullptr};
  HandOver* hand_over{nullptr};
  WorkerLink* link{nullptr};
};

/// Built and destroyed on the control thread, while the lcore is not in turn(); otherwise of one lcore. All
/// memory is allocated on construction.
class Worker final : private Outlet {
 public:
  Worker(const WorkerSetup& setup, base::Instant now);
  /// Sends all sessions home first; control must have stopped sending and may fetch what comes until then.
  ~Worker() override;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// One pass over everything. Returns how much there was to do; 0: the worker may sleep, until wake_at() at
  /// the latest, if nothing comes in at its ports and nobody rings its doorbell.
  std::size_t turn(base::Instant now);
  [[nodiscard]] base::Instant wake_at(base::Instant now) const {
    return std::min(wheel_.wake_at(now), stage_.due());
  }
  /// Codec jobs that the last turn's budget did not cover.
  [[nodiscard]] bool has_backlog() const { return stage_.due() <= now_; }

 private:
  /// A frame on its way in.
  struct Arrival {
    Packet packet;
    Frame frame;
    const PortOwner* place{nullptr};  ///< where the table says whose it is; nullptr: dealt with
    PortOwner owner;
    PayloadSum sum;
  };

  // The turn, in order.
  std::size_t drain_commands();
  std::size_t receive_handed_over();
  std::size_t receive(Port& port);
  std::size_t run_timers();
  void account(std::size_t work);

  // Commands.
  void carry_out(std::monostate) {}
  void carry_out(AddSession command);
  void carry_out(UpdateSession command);
  void carry_out(RemoveSession command);
  void carry_out(const SetNextHop& command);

  // A burst.
  void process(std::span<Arrival> arrivals);
  void parse(Arrival& arrival);
  void locate(Arrival& arrival);
  void route(Arrival& arrival);
  void hand_over(Arrival& arrival);
  void deliver(Arrival& arrival);
  void answer_as_host(Arrival& arrival);
  void announce(std::uint16_t port, const OwnedHost& host);
  [[nodiscard]] bool checksum_holds(Arrival& arrival) const;
  void drop(Arrival& arrival, Drop reason);

  void forward(Packet& packet, Endpoint& from, const Forward& forward, PayloadSum sum);
  void send_own(Endpoint& to, base::Octets octets, bool rtcp);

  // Outlet: packets of our own making.
  void send_rtp(Endpoint& to, base::Octets packet) override;
  void send_rtcp(Endpoint& to, base::Octets packet) override;
  void drop(Endpoint& from, Drop reason) override;

  WorkerSetup setup_;
  WorkerStats& stats_;
  base::Instant now_;
  base::Instant turn_ended_;
  SessionTable table_;
  Routes routes_;
  TimerWheel wheel_;
  Outbox outbox_;
  CodecStage stage_;
  Effort effort_;
  MediaContext context_;
  Departures departures_;
  std::array<Arrival, kBurst> arrivals_;
  Forwards forwards_;
};

}  // namespace dataplane
