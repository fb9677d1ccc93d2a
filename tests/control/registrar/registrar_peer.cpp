// Gate and registrar alone, for runs against real phones: registrar_peer ADDRESS REALM USER=PASSWORD ...
// Serves UDP and TCP; prints who is bound, and its counters, on SIGTERM or SIGINT.

#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "control/auth/sqlite_accounts.h"
#include "control/registrar/registrar.h"
#include "control/sip/resolve/dns_resolver.h"
#include "control/sip/sip_engine.h"
#include "control/sip/uas_checks.h"

namespace {

using namespace control;

class Desk final : public sip::SipUser {
 public:
  Desk(sip::SipPort& port, AuthGate& gate, Registrar& registrar)
      : port_(port), gate_(gate), registrar_(registrar) {}

  void on_event(sip::Event event, base::Instant now) override {
    if (const auto* down = std::get_if<sip::FlowDown>(&event)) registrar_.flow_down(down->flow);
    const auto* request = std::get_if<sip::Request>(&event);
    if (request == nullptr) return;
    auto answer = answer_to(*request, now);
    answer.to_tag = port_.new_token();
    port_.respond(request->txn, answer);
  }

 private:
  sip::OutgoingResponse answer_to(const sip::Request& request, base::Instant now) {
    if (auto refusal = sip::refuse_unservable(request.message)) return *refusal;
    auto verdict = gate_.admit(request, now);
    if (auto* refusal = std::get_if<sip::OutgoingResponse>(&verdict)) return *refusal;
    if (request.message.method() != sip::Method::kRegister)
      return {.status = 404, .reason = "", .to_tag = ""};
    return registrar_.handle(request, std::get<AuthenticatedOrigin>(verdict), now,
                             std::chrono::system_clock::now());
  }

  sip::SipPort& port_;
  AuthGate& gate_;
  Registrar& registrar_;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  const auto address = argc > 3 ? base::SocketAddress::parse(argv[1]) : std::nullopt;
  if (!address) {
    std::cerr << "usage: registrar_peer ADDRESS REALM USER=PASSWORD ...\n";
    return 2;
  }
  auto accounts = SqliteAccounts::open(":memory:", argv[2]);
  if (!accounts) return 1;
  std::vector<std::string> users;
  for (int i = 3; i < argc; ++i) {
    const std::string pair = argv[i];
    Account account;
    account.user = pair.substr(0, pair.find('='));
    if (!(*accounts)->put(account, pair.substr(pair.find('=') + 1))) return 1;
    users.push_back(account.user);
  }
  boost::asio::io_context loop(1);
  auto resolver = sip::DnsResolver::create(loop, {});
  if (!resolver) return 1;
  sip::SipEngine engine(loop, **resolver);
  AuthGateOptions options;
  options.realm = argv[2];
  AuthGate gate(**accounts, engine.new_token() + engine.new_token(), options);
  Registrar registrar(**accounts);
  Desk desk(engine, gate, registrar);
  engine.set_user(desk);
  for (const auto transport : {sip::Transport::kUdp, sip::Transport::kTcp}) {
    sip::Listen listen;
    listen.transport = transport;
    listen.address = *address;
    if (const auto bound = engine.listen(listen); !bound) {
      std::cerr << bound.error().text << '\n';
      return 1;
    }
  }
  boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&](auto, auto) { loop.stop(); });
  loop.run();
  for (const auto& user : users) {
    for (const auto& b : registrar.bindings_of(user, base::MonotonicClock::now())) {
      std::printf("bound %s %s %s %s reg-id=%u %s\n", user.c_str(), b.contact.c_str(),
                  std::string(sip::via_name(b.flow.transport)).c_str(), b.flow.remote.to_string().c_str(),
                  b.reg_id, b.user_agent.c_str());
    }
  }
  const auto& g = gate.counters();
  const auto& r = registrar.counters();
  std::printf(
      "admitted=%lu challenged=%lu failed=%lu replayed=%lu accepted=%lu refused=%lu retransmissions_in=%lu "
      "cpu_us_per_request=%.1f\n",
      g.admitted, g.challenged, g.failed, g.replayed, r.accepted, r.refused,
      engine.transaction_counters().retransmissions_in,
      1e6 * cpu_seconds() /
          static_cast<double>(std::max<std::uint64_t>(1, g.admitted + g.challenged + g.failed)));
  return 0;
}
