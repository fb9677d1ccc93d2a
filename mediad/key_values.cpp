#include "mediad/key_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace mediad {
namespace {

using base::Error;
using base::IpAddress;
using base::Result;

template <typename T, std::size_t N>
Result<T> one_of(std::string_view text, const std::array<std::pair<std::string_view, T>, N>& choices) {
  std::string names;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    names += (names.empty() ? "" : ", ") + std::string{name};
  }
  return Error{fmt::format("'{}' is none of {}", text, names)};
}

/// Takes the text up to `separator` off `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

Result<void> apply_address(std::string_view value, dataplane::PortConfig& port) {
  const auto slash = value.find('/');
  const auto ip = parse_ip(value.substr(0, slash));
  if (!ip) return ip.error();
  if (slash == std::string_view::npos)
    return Error{fmt::format("address '{}' lacks its /prefix-length", value)};
  const auto length = parse_number(value.substr(slash + 1), 1, ip->is_v4() ? 32 : 128);
  if (!length) return length.error();
  port.mode = dataplane::AddressMode::kOwned;
  port.addresses.push_back(*ip);
  port.prefix_lengths.push_back(static_cast<std::uint8_t>(*length));
  return {};
}

Result<void> apply_port_part(std::string_view key, std::string_view value, dataplane::PortConfig& port) {
  using dataplane::PortDriver;
  static constexpr std::array<std::pair<std::string_view, PortDriver>, 7> kDrivers = {
      {{"af_packet", PortDriver::kAfPacket},
       {"af_xdp", PortDriver::kAfXdp},
       {"tap", PortDriver::kTap},
       {"null", PortDriver::kNull},
       {"ring", PortDriver::kRing},
       {"pcap", PortDriver::kPcap},
       {"pci", PortDriver::kPci}}};
  if (key == "driver") {
    const auto driver = one_of(value, kDrivers);
    if (!driver) return driver.error();
    port.driver = *driver;
    return {};
  }
  if (key == "address") return apply_address(value, port);
  if (key == "gateway") {
    const auto ip = parse_ip(value);
    if (!ip) return ip.error();
    (ip->is_v4() ? port.gateway_v4 : port.gateway_v6) = *ip;
    return {};
  }
  if (key == "mtu") {
    const auto mtu = parse_number(value, 576, 9216);
    if (!mtu) return mtu.error();
    port.mtu = static_cast<std::uint16_t>(*mtu);
    return {};
  }
  return Error{fmt::format("port has no '{}' (driver, device, address, gateway, mtu)", key)};
}

}  // namespace

Result<IpAddress> parse_ip(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  if (const auto ip = IpAddress::parse(text)) return *ip;
  return Error{fmt::format("'{}' is no IP address", text)};
}

Result<std::int64_t> parse_number(std::string_view text, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, ec] = std::from_chars(text.data(), end, value);
  if (ec != std::errc{} || stop != end) return Error{fmt::format("'{}' is no whole number", text)};
  if (value < min || value > max) return Error{fmt::format("{} is not in {}..{}", value, min, max)};
  return value;
}

Result<base::SocketAddress> parse_socket_address(std::string_view text) {
  if (const auto address = base::SocketAddress::parse(text)) return *address;
  return Error{fmt::format("\"{}\" is not IP:PORT", text)};
}

Result<bool> parse_flag(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, bool>, 7> kFlags = {{{"", true},
                                                                               {"yes", true},
                                                                               {"true", true},
                                                                               {"1", true},
                                                                               {"no", false},
                                                                               {"false", false},
                                                                               {"0", false}}};
  return one_of(text, kFlags);
}

Result<std::vector<base::SocketAddress>> parse_listener(std::string_view text) {
  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    const auto port = parse_number(text, 1, 65535);
    if (!port) return port.error();
    const base::UdpPort udp{static_cast<std::uint16_t>(*port)};
    return std::vector{base::SocketAddress{*IpAddress::parse("0.0.0.0"), udp},
                       base::SocketAddress{*IpAddress::parse("::"), udp}};
  }
  if (text.starts_with("localhost:")) {  // the name that rtpengine's own sample file uses
    return parse_listener("127.0.0.1:" + std::string{text.substr(10)});
  }
  const auto address = base::SocketAddress::parse(text);
  if (!address || address->port.number == 0)
    return Error{fmt::format("'{}' is no PORT, IP:PORT or [IP]:PORT", text)};
  return std::vector{*address};
}

Result<InterfaceOption> parse_interface(std::string_view text) {
  InterfaceOption option{"default", {}, {}};
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    option.name = text.substr(0, slash);
    text.remove_prefix(slash + 1);
    if (option.name.empty()) return Error{"interface name is empty"};
  }
  const auto bang = text.find('!');
  const auto local = parse_ip(text.substr(0, bang));
  if (!local) return local.error();
  option.local = option.advertised = *local;
  if (bang != std::string_view::npos) {
    const auto advertised = parse_ip(text.substr(bang + 1));
    if (!advertised) return advertised.error();
    if (advertised->family != local->family)
      return Error{"local and advertised address differ in IP version"};
    option.advertised = *advertised;
  }
  if (option.local.is_unspecified() || option.local.is_multicast()) {
    return Error{fmt::format("'{}' is no address to anchor media on", option.local.to_string())};
  }
  return option;
}

Result<dataplane::PortConfig> parse_port(std::string_view text) {
  dataplane::PortConfig port;
  auto rest = text;
  port.name = take(rest, ':');
  if (port.name.empty() || rest.empty()) return Error{fmt::format("'{}' is no NAME:key=value,...", text)};
  while (!rest.empty()) {
    if (rest.starts_with("device=") && rest.find(",address=") == std::string_view::npos &&
        rest.find(",gateway=") == std::string_view::npos && rest.find(",mtu=") == std::string_view::npos &&
        rest.find(",driver=") == std::string_view::npos) {
      port.device = rest.substr(7);
      break;
    }
    auto part = take(rest, ',');
    const auto key = take(part, '=');
    if (key == "device") {
      port.device = part;
    } else if (auto applied = apply_port_part(key, part, port); !applied) {
      return applied.error();
    }
  }
  return port;
}

Result<dataplane::Learning> parse_learning(std::string_view text) {
  using dataplane::Learning;
  static constexpr std::array<std::pair<std::string_view, Learning>, 4> kChoices = {
      {{"off", Learning::kOff},
       {"immediate", Learning::kImmediate},
       {"delayed", Learning::kDelayed},
       {"heuristic", Learning::kHeuristic}}};
  return one_of(text, kChoices);
}

Result<dataplane::IdleMode> parse_idle(std::string_view text) {
  using dataplane::IdleMode;
  static constexpr std::array<std::pair<std::string_view, IdleMode>, 2> kChoices = {
      {{"polite", IdleMode::kPolite}, {"busy", IdleMode::kBusy}}};
  return one_of(text, kChoices);
}

Result<std::string> parse_g729_engine(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kChoices = {
      {{"native", "native"}, {"bcg729", "bcg729"}}};
  const auto choice = one_of(text, kChoices);
  if (!choice) return choice.error();
  return std::string{*choice};
}

Result<std::vector<int>> parse_cpus(std::string_view text) {
  std::vector<int> cpus;
  auto rest = text;
  while (!rest.empty()) {
    auto range = take(rest, ',');
    const auto first = parse_number(take(range, '-'), 0, 1023);
    if (!first) return first.error();
    const auto last = range.empty() ? first : parse_number(range, *first, 1023);
    if (!last) return last.error();
    for (auto cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<int>(cpu));
  }
  if (cpus.empty()) return Error{"no CPU is named"};
  return cpus;
}

base::Result<SipListenOption> parse_sip_listener(std::string_view text) {
  using control::sip::Transport;
  constexpr std::pair<std::string_view, Transport> kTransports[] = {{"udp", Transport::kUdp},
                                                                    {"tcp", Transport::kTcp},
                                                                    {"tls", Transport::kTls},
                                                                    {"ws", Transport::kWs},
                                                                    {"wss", Transport::kWss}};
  const auto fail = [&] {
    return base::Error{
        fmt::format("'{}' is not TRANSPORT:IP:PORT[!HOST] with udp, tcp, tls, ws or wss", text)};
  };
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return fail();
  const auto known = std::find_if(std::begin(kTransports), std::end(kTransports),
                                  [&](const auto& each) { return each.first == text.substr(0, colon); });
  const auto bang = text.find('!');
  const auto address =
      base::SocketAddress::parse(text.substr(colon + 1, bang == text.npos ? bang : bang - colon - 1));
  if (known == std::end(kTransports) || !address) return fail();
  SipListenOption option{known->second, *address, {}};
  if (bang != std::string_view::npos) option.advertised = text.substr(bang + 1);
  if (option.address.ip.is_unspecified() && option.advertised.empty())
    return base::Error{fmt::format("'{}' wants !HOST: peers cannot be told to call every address", text)};
  return option;
}

}  // namespace mediad
