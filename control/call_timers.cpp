#include "control/call_timers.h"

namespace control {

CallTimers::CallTimers(boost::asio::io_context& io, CallService& service)
    : service_(service), poll_(io), check_(io) {
  poll();
  check();
}

void CallTimers::poll() {
  service_.poll(base::MonotonicClock::now());
  poll_.expires_after(service_.calls() > 0 ? kPollInterval : kIdleInterval);
  poll_.async_wait([this](const boost::system::error_code& error) {
    if (!error) poll();
  });
}

void CallTimers::check() {
  service_.check_time(base::MonotonicClock::now());
  check_.expires_after(kCheckInterval);
  check_.async_wait([this](const boost::system::error_code& error) {
    if (!error) check();
  });
}

}  // namespace control
