#include "control/hep/hep_exporter.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "control/hep/hep_packet.h"
#include "control/sip/wire/params.h"
#include "mediad/base/native_address.h"

namespace control {
std::string_view call_id_of(std::string_view message) {
  for (auto at = message.find('\n'); at != std::string_view::npos; at = message.find('\n', at)) {
    auto line = message.substr(++at);
    line = line.substr(0, line.find('\n'));
    if (line.empty() || line == "\r") return {};
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = line.substr(0, line.find_first_of(" \t:"));
    if (!sip::equal_ignoring_case(name, "Call-ID") && !sip::equal_ignoring_case(name, "i")) continue;
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    if (begin == std::string_view::npos) return {};
    return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
  }
  return {};
}

base::Result<std::unique_ptr<HepExporter>> HepExporter::open(Options options) {
  const auto homer = base::to_native(options.homer);
  const int descriptor = ::socket(homer.storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  std::unique_ptr<HepExporter> exporter(new HepExporter(descriptor, std::move(options)));
  if (descriptor < 0 || ::connect(descriptor, homer.get(), homer.size) != 0)
    return base::Error{"homer " + exporter->options_.homer.to_string() + ": " + std::strerror(errno)};
  return exporter;
}

HepExporter::~HepExporter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void HepExporter::on_message(bool sent, const sip::FlowId& flow, std::string_view octets, base::Instant now) {
  if (flow.listener >= options_.listeners.size()) return;
  HepPacket packet{options_.listeners[flow.listener], flow.remote};
  if (!sent) std::swap(packet.source, packet.destination);
  packet.is_udp = flow.transport == sip::Transport::kUdp;
  packet.at = options_.to_wall(now);
  packet.agent_id = options_.agent_id;
  packet.correlation_id = call_id_of(octets);
  packet.payload = octets;
  const auto datagram = encode_hep(packet);
  const bool good = !datagram.empty() && ::send(descriptor_, datagram.data(), datagram.size(), 0) >= 0;
  ++(good ? sent_ : lost_);
}

}  // namespace control
