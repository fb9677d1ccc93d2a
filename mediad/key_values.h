#pragma once
/// \file
/// Readers of single configuration values: text to typed value, or an error that says what was expected.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mediad/base/result.h"
#include "mediad/options.h"

namespace mediad {

[[nodiscard]] base::Result<std::int64_t> parse_number(std::string_view text, std::int64_t min,
                                                      std::int64_t max);
/// With or without the brackets of IPv6.
[[nodiscard]] base::Result<base::IpAddress> parse_ip(std::string_view text);
/// "IP:PORT" or "[IP]:PORT".
[[nodiscard]] base::Result<base::SocketAddress> parse_socket_address(std::string_view text);
[[nodiscard]] base::Result<bool> parse_flag(std::string_view text);
/// "PORT" listens on every address of both families, "IP:PORT" and "[IP]:PORT" on that one.
[[nodiscard]] base::Result<std::vector<base::SocketAddress>> parse_listener(std::string_view text);
/// "[NAME/]LOCAL[!ADVERTISED]"; the name defaults to "default".
[[nodiscard]] base::Result<InterfaceOption> parse_interface(std::string_view text);
/// "NAME:driver=af_packet,device=veth0,address=192.0.2.2/24,gateway=192.0.2.1"; `device=` comes last for a
/// driver that takes options of its own with commas (null, ring, pcap).
[[nodiscard]] base::Result<dataplane::PortConfig> parse_port(std::string_view text);
/// "TRANSPORT:IP:PORT[!HOST]" with udp, tcp, tls, ws or wss.
[[nodiscard]] base::Result<SipListenOption> parse_sip_listener(std::string_view text);
[[nodiscard]] base::Result<dataplane::Learning> parse_learning(std::string_view text);
[[nodiscard]] base::Result<dataplane::IdleMode> parse_idle(std::string_view text);
[[nodiscard]] base::Result<std::string> parse_g729_engine(std::string_view text);
/// "2,3" or "2-5" or both.
[[nodiscard]] base::Result<std::vector<int>> parse_cpus(std::string_view text);

}  // namespace mediad
