#pragma once
/// \file
/// Everything that an operator can set, as typed values with the defaults of a bare machine.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/sip/flow_id.h"
#include "dataplane/api/dataplane.h"
#include "mediad/base/ip_address.h"

namespace mediad {

/// One `interface = [name/]local[!advertised]`.
struct InterfaceOption {
  std::string name;  ///< logical name for `direction=`; several addresses may share it
  base::IpAddress local;
  base::IpAddress advertised;  ///< what session descriptions say; == local unless behind NAT

  bool operator==(const InterfaceOption&) const = default;
};

/// One `listen-sip = TRANSPORT:IP:PORT[!HOST]`.
struct SipListenOption {
  control::sip::Transport transport{control::sip::Transport::kUdp};
  base::SocketAddress address;
  std::string advertised;  ///< host that peers are told; empty: the address

  bool operator==(const SipListenOption&) const = default;
};

struct Options {
  // where media goes
  std::vector<InterfaceOption> interfaces;   ///< empty: every global address of the host, else loopback
  std::vector<dataplane::PortConfig> ports;  ///< empty: one shared af_packet port per kernel interface in use
  base::UdpPort port_min{30000}, port_max{40000};  ///< rtpengine's range
  std::uint8_t tos{184};                           ///< EF (RFC 3246)

  // who may control
  std::vector<base::SocketAddress> listen_ng;
  std::vector<base::SocketAddress> listen_http;
  std::string admin_socket{"/run/mediad/mediad.sock"};

  // SIP
  std::vector<SipListenOption> listen_sip;  ///< none: no SIP side at all
  std::string sip_domain;                   ///< empty: every host is ours
  std::string sip_database{"/var/lib/mediad/mediad.db"};
  std::vector<base::IpAddress> sip_trusted_proxies;  ///< whose calls are anchored without a password
  std::optional<base::SocketAddress> homer;          ///< copies of all SIP messages go there
  std::uint32_t homer_id{2001};
  std::string cdr_database;  ///< empty: calls.db beside sip_database; "none": calls are not recorded
  std::chrono::days cdr_retention{90};           ///< 0: for ever
  std::string sip_certificate, sip_key, sip_ca;  ///< PEM files of TLS and WSS

  // calls
  std::chrono::seconds timeout{60};
  std::chrono::seconds silent_timeout{3600};
  std::chrono::seconds offer_timeout{3600};
  std::chrono::seconds final_timeout{0};  ///< 0: none
  std::chrono::seconds delete_delay{30};
  std::uint32_t max_sessions{0};  ///< 0: none
  std::uint32_t cpu_limit{0};     ///< percent of the fullest worker's time in use, for new calls; 0: none
  std::uint32_t load_limit{0};  ///< percent that its calls are expected to use, for transcoded ones; 0: none
  dataplane::Learning endpoint_learning{dataplane::Learning::kHeuristic};
  bool strict_source{true};

  // codecs
  std::string g729_engine{"native"};
  int opus_complexity{5};
  int opus_complexity_floor{0};

  // machine
  std::uint16_t workers{1};
  std::vector<int> cpus;
  dataplane::IdleMode idle{dataplane::IdleMode::kPolite};
  bool hugepages{true};
  std::uint32_t mbufs{16384};

  // process
  int log_level{6};
  std::string pidfile;
  std::chrono::seconds drain_timeout{30};  ///< how long SIGTERM waits for calls to end
};

}  // namespace mediad
