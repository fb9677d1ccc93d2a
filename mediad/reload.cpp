#include "mediad/reload.h"

#include <utility>

namespace mediad {

std::vector<std::string> take_over(const Options& fresh, Options& running) {
  // Everything is taken, then what needs a restart is put back: a key that is added later reloads by default.
  Options next = fresh;
  std::vector<std::string> fixed;
  const auto keep = [&](const char* key, auto member) {
    if (fresh.*member != running.*member) fixed.emplace_back(key);
    next.*member = running.*member;
  };
  keep("interface", &Options::interfaces);
  keep("port", &Options::ports);
  keep("port-min", &Options::port_min);
  keep("port-max", &Options::port_max);
  keep("listen-ng", &Options::listen_ng);
  keep("listen-http", &Options::listen_http);
  keep("listen-sip", &Options::listen_sip);
  keep("sip-domain", &Options::sip_domain);
  keep("sip-database", &Options::sip_database);
  keep("sip-trusted-proxy", &Options::sip_trusted_proxies);
  keep("homer", &Options::homer);
  keep("homer-id", &Options::homer_id);
  keep("cdr-database", &Options::cdr_database);
  keep("cdr-retention", &Options::cdr_retention);
  keep("sip-certificate", &Options::sip_certificate);
  keep("sip-key", &Options::sip_key);
  keep("sip-ca", &Options::sip_ca);
  keep("admin-socket", &Options::admin_socket);
  keep("g729-engine", &Options::g729_engine);
  keep("workers", &Options::workers);
  keep("cpus", &Options::cpus);
  keep("idle", &Options::idle);
  keep("hugepages", &Options::hugepages);
  keep("mbufs", &Options::mbufs);
  keep("pidfile", &Options::pidfile);
  running = std::move(next);
  return fixed;
}

}  // namespace mediad
