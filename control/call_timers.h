#pragma once
/// \file
/// What drives CallService from an event loop: events of workers every few milliseconds, time-outs every
/// second.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "control/call_service.h"

namespace control {

/// Control thread: the one that runs the io_context. `service` outlives it.
class CallTimers {
 public:
  /// While there are calls; a next hop that a worker asks for waits this long at most.
  static constexpr std::chrono::milliseconds kPollInterval{5};
  /// Without calls workers have nothing to say; this bounds what the first one waits.
  static constexpr std::chrono::milliseconds kIdleInterval{20};
  static constexpr std::chrono::seconds kCheckInterval{1};

  CallTimers(boost::asio::io_context& io, CallService& service);

 private:
  void poll();
  void check();

  CallService& service_;
  boost::asio::steady_timer poll_, check_;
};

}  // namespace control
