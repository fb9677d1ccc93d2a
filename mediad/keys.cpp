#include "mediad/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include "mediad/key_values.h"

namespace mediad {
namespace {

using Applied = base::Result<void>;

/// In the member's own unit, up to ten years.
template <auto Member>
Applied duration(std::string_view text, Options& options) {
  using Unit = std::remove_reference_t<decltype(options.*Member)>;
  constexpr auto kMost = std::chrono::duration_cast<Unit>(std::chrono::days{10 * 365});
  const auto value = parse_number(text, 0, kMost.count());
  if (!value) return value.error();
  options.*Member = Unit{*value};
  return {};
}

template <auto Member, std::int64_t Min, std::int64_t Max>
Applied number(std::string_view text, Options& options) {
  const auto value = parse_number(text, Min, Max);
  if (!value) return value.error();
  options.*Member = static_cast<std::remove_reference_t<decltype(options.*Member)>>(*value);
  return {};
}

template <auto Member>
Applied udp_port(std::string_view text, Options& options) {
  const auto value = parse_number(text, 1, 65535);
  if (!value) return value.error();
  options.*Member = base::UdpPort{static_cast<std::uint16_t>(*value)};
  return {};
}

template <auto Member>
Applied text_value(std::string_view text, Options& options) {
  options.*Member = std::string{text};
  return {};
}

template <auto Member>
Applied flag(std::string_view text, Options& options) {
  const auto value = parse_flag(text);
  if (!value) return value.error();
  options.*Member = *value;
  return {};
}

template <auto Member>
Applied listeners(std::string_view text, Options& options) {
  auto value = parse_listener(text);
  if (!value) return value.error();
  std::copy(value->begin(), value->end(), std::back_inserter(options.*Member));
  return {};
}

template <auto Member, auto Parse>
Applied appended(std::string_view text, Options& options) {
  auto value = Parse(text);
  if (!value) return value.error();
  (options.*Member).push_back(*std::move(value));
  return {};
}

template <auto Member, auto Parse>
Applied parsed(std::string_view text, Options& options) {
  auto value = Parse(text);
  if (!value) return value.error();
  options.*Member = *std::move(value);
  return {};
}

constexpr auto kValue = KeyKind::kValue;
constexpr auto kList = KeyKind::kList;
constexpr auto kFlag = KeyKind::kFlag;
constexpr auto kIgnored = KeyKind::kIgnored;
constexpr bool kLive = true;    // taken over by SIGHUP
constexpr bool kStart = false;  // read once

constexpr std::string_view kNoModule = "there is no kernel module to configure";
constexpr std::string_view kNoThreads = "threads follow from workers";
constexpr std::string_view kNoRedis = "call state is not kept in Redis";
constexpr std::string_view kNoRecording = "recording is not offered";
constexpr std::string_view kLogsToStderr = "logs go to standard error, which systemd keeps";

constexpr std::array kKeys = {
    // where media goes
    Key{"interface", kList, kStart, "[NAME/]LOCAL[!ADVERTISED]: an address to anchor media on",
        appended<&Options::interfaces, parse_interface>},
    Key{"port", kList, kStart,
        "NAME:driver=DRIVER,device=DEVICE[,address=IP/LEN][,gateway=IP]: a DPDK port; address= is ours alone",
        appended<&Options::ports, parse_port>},
    Key{"port-min", kValue, kStart, "lowest UDP port for media", udp_port<&Options::port_min>},
    Key{"port-max", kValue, kStart, "highest UDP port for media", udp_port<&Options::port_max>},
    Key{"tos", kValue, kLive, "TOS octet of media sent, 0..255", number<&Options::tos, 0, 255>},
    // who may control
    Key{"listen-ng", kList, kStart, "[IP:]PORT of the ng control protocol over UDP",
        listeners<&Options::listen_ng>},
    Key{"listen-http", kList, kStart, "[IP:]PORT of HTTP: /metrics and /ping",
        listeners<&Options::listen_http>},
    Key{"admin-socket", kValue, kStart,
        "Unix socket that mediactl talks to (default /run/mediad/mediad.sock)",
        text_value<&Options::admin_socket>},
    // SIP
    Key{"listen-sip", kList, kStart,
        "TRANSPORT:IP:PORT[!HOST] of SIP, with udp, tcp, tls, ws or wss; none: no SIP side",
        appended<&Options::listen_sip, parse_sip_listener>},
    Key{"sip-domain", kValue, kStart, "realm of passwords and host of users' addresses",
        text_value<&Options::sip_domain>},
    Key{"sip-database", kValue, kStart,
        "SQLite file of users, numbers, trunks and registrations (default /var/lib/mediad/mediad.db)",
        text_value<&Options::sip_database>},
    Key{"sip-trusted-proxy", kList, kStart,
        "IP address of a proxy that has authenticated its callers: its calls are anchored and sent on",
        appended<&Options::sip_trusted_proxies, parse_ip>},
    Key{"homer", kValue, kStart, "IP:PORT of a capture server that gets all SIP messages (HEP3 over UDP)",
        parsed<&Options::homer, parse_socket_address>},
    Key{"homer-id", kValue, kStart, "number by which it knows this mediad (default 2001)",
        number<&Options::homer_id, 0, 4294967295>},
    Key{"cdr-database", kValue, kStart,
        "SQLite file of call records (default calls.db beside sip-database), or none",
        text_value<&Options::cdr_database>},
    Key{"cdr-retention", kValue, kStart, "days that call records are kept, 0 for ever (default 90)",
        duration<&Options::cdr_retention>},
    Key{"sip-certificate", kValue, kStart, "PEM file with the certificate chain of TLS and WSS",
        text_value<&Options::sip_certificate>},
    Key{"sip-key", kValue, kStart, "PEM file with its private key", text_value<&Options::sip_key>},
    Key{"sip-ca", kValue, kStart,
        "PEM file of authorities that peers are verified with (default: the system's)",
        text_value<&Options::sip_ca>},
    // calls
    Key{"timeout", kValue, kLive, "seconds without media after which a call ends",
        duration<&Options::timeout>},
    Key{"silent-timeout", kValue, kLive, "the same for a call on hold", duration<&Options::silent_timeout>},
    Key{"offer-timeout", kValue, kLive, "seconds to wait for an answer", duration<&Options::offer_timeout>},
    Key{"final-timeout", kValue, kLive, "longest call in seconds, 0 for none",
        duration<&Options::final_timeout>},
    Key{"delete-delay", kValue, kLive, "seconds between delete and the release of ports",
        duration<&Options::delete_delay>},
    Key{"max-sessions", kValue, kLive, "most calls at once, 0 for no limit",
        number<&Options::max_sessions, 0, 10'000'000>},
    Key{"max-cpu", kValue, kLive, "busy percentage of a worker at which new calls are refused, 0 for none",
        number<&Options::cpu_limit, 0, 100>},
    Key{"max-load", kValue, kLive,
        "percentage of a worker that codecs may be expected to take, beyond which new transcoded calls are "
        "refused, 0 for none",
        number<&Options::load_limit, 0, 100>},
    Key{"endpoint-learning", kValue, kLive,
        "off, immediate, delayed or heuristic: how a remote address is found",
        parsed<&Options::endpoint_learning, parse_learning>},
    Key{"strict-source", kFlag, kLive, "media from other than the learned address is dropped (default yes)",
        flag<&Options::strict_source>},
    // codecs
    Key{"g729-engine", kValue, kStart, "native or bcg729", parsed<&Options::g729_engine, parse_g729_engine>},
    Key{"opus-complexity", kValue, kLive,
        "0..10, effort of the Opus encoder where it codes as speech: few bits, pauses, losses",
        number<&Options::opus_complexity, 0, 10>},
    Key{"opus-complexity-floor", kValue, kLive, "0..10, to which a busy worker sheds that effort",
        number<&Options::opus_complexity_floor, 0, 10>},
    // machine
    Key{"workers", kValue, kStart, "worker lcores", number<&Options::workers, 1, 64>},
    Key{"cpus", kValue, kStart, "CPUs of the workers, like 2,3 or 2-5", parsed<&Options::cpus, parse_cpus>},
    Key{"idle", kValue, kStart, "polite (sleep when idle) or busy (poll for ever)",
        parsed<&Options::idle, parse_idle>},
    Key{"hugepages", kFlag, kStart, "use 2 MiB pages if they can be had (default yes)",
        flag<&Options::hugepages>},
    Key{"mbufs", kValue, kStart, "packet buffers", number<&Options::mbufs, 2048, 4'194'304>},
    // process
    Key{"log-level", kValue, kLive, "0 (quiet) .. 7 (debug)", number<&Options::log_level, 0, 7>},
    Key{"pidfile", kValue, kStart, "file to write the process id to", text_value<&Options::pidfile>},
    Key{"drain-timeout", kValue, kLive, "seconds that SIGTERM waits for calls to end",
        duration<&Options::drain_timeout>},
    // rtpengine's, without meaning here
    Key{"table", kIgnored, kStart, kNoModule, nullptr},
    Key{"no-fallback", kIgnored, kStart, kNoModule, nullptr},
    Key{"nftables-chain", kIgnored, kStart, kNoModule, nullptr},
    Key{"nftables-base-chain", kIgnored, kStart, kNoModule, nullptr},
    Key{"iptables-chain", kIgnored, kStart, kNoModule, nullptr},
    Key{"num-threads", kIgnored, kStart, kNoThreads, nullptr},
    Key{"media-num-threads", kIgnored, kStart, kNoThreads, nullptr},
    Key{"thread-stack", kIgnored, kStart, kNoThreads, nullptr},
    Key{"poller-per-thread", kIgnored, kStart, kNoThreads, nullptr},
    Key{"io-uring", kIgnored, kStart, kNoThreads, nullptr},
    Key{"scheduling", kIgnored, kStart, kNoThreads, nullptr},
    Key{"priority", kIgnored, kStart, kNoThreads, nullptr},
    Key{"foreground", kIgnored, kStart, "mediad always stays in the foreground", nullptr},
    Key{"log-stderr", kIgnored, kStart, kLogsToStderr, nullptr},
    Key{"log-facility", kIgnored, kStart, kLogsToStderr, nullptr},
    Key{"log-facility-cdr", kIgnored, kStart, kLogsToStderr, nullptr},
    Key{"log-facility-rtcp", kIgnored, kStart, kLogsToStderr, nullptr},
    Key{"log-format", kIgnored, kStart, kLogsToStderr, nullptr},
    Key{"listen-cli", kIgnored, kStart, "mediactl talks to admin-socket", nullptr},
    Key{"listen-tcp", kIgnored, kStart, "the legacy protocols are not offered", nullptr},
    Key{"listen-udp", kIgnored, kStart, "the legacy protocols are not offered", nullptr},
    Key{"listen-tcp-ng", kIgnored, kStart, "ng is offered over UDP", nullptr},
    Key{"listen-https", kIgnored, kStart, "HTTP is offered in plain", nullptr},
    Key{"control-tos", kIgnored, kStart, "control replies are sent with the default TOS", nullptr},
    Key{"redis", kIgnored, kStart, kNoRedis, nullptr},
    Key{"redis-write", kIgnored, kStart, kNoRedis, nullptr},
    Key{"redis-num-threads", kIgnored, kStart, kNoRedis, nullptr},
    Key{"redis-expires", kIgnored, kStart, kNoRedis, nullptr},
    Key{"subscribe-keyspace", kIgnored, kStart, kNoRedis, nullptr},
    Key{"no-redis-required", kIgnored, kStart, kNoRedis, nullptr},
    Key{"recording-dir", kIgnored, kStart, kNoRecording, nullptr},
    Key{"recording-method", kIgnored, kStart, kNoRecording, nullptr},
    Key{"recording-format", kIgnored, kStart, kNoRecording, nullptr},
    Key{"homer-protocol", kIgnored, kStart, "HEP goes over UDP", nullptr},
    Key{"graphite", kIgnored, kStart, "figures are offered as Prometheus metrics", nullptr},
    Key{"graphite-interval", kIgnored, kStart, "figures are offered as Prometheus metrics", nullptr},
    Key{"dtls-passive", kIgnored, kStart, "DTLS is not offered", nullptr},
    Key{"jitter-buffer", kIgnored, kStart, "transcoded streams reorder within a bound of their own", nullptr},
    Key{"mos", kIgnored, kStart, "MOS is always by the E-model", nullptr},
};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto substitute = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substitute});
    }
  }
  return row.back();
}

}  // namespace

std::span<const Key> keys() {
  return kKeys;
}

const Key* find_key(std::string_view name) {
  const auto* key = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& k) { return k.name == name; });
  return key == kKeys.end() ? nullptr : key;
}

std::string_view nearest_key(std::string_view name) {
  name = name.substr(0, 64);  // bounds the work on hostile input
  const auto* best = std::min_element(kKeys.begin(), kKeys.end(), [&](const Key& a, const Key& b) {
    return edit_distance(name, a.name) < edit_distance(name, b.name);
  });
  return best->name;
}

}  // namespace mediad
